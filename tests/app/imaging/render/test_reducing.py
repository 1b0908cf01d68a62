"""Small pictures cut from codestreams: much the same as those of the whole, and sooner."""

from typing import Any

import numpy
import pytest
from numpy.typing import NDArray
from pydicom import Dataset

from app.imaging.render.decoders import decode
from app.imaging.render.description import Frame, PixelDescription
from app.imaging.render.encoders import after, encode
from app.imaging.render.picture import draw
from app.imaging.render.reducing import levels_to_leave_out, reduced
from app.imaging.render.windows import GreyWindow
from app.imaging.render.wishes import Viewport, Wish
from tests.factories.pixels import described_by, header_of

WAVELETS = (
    "1.2.840.10008.1.2.4.90",
    "1.2.840.10008.1.2.4.91",
    "1.2.840.10008.1.2.4.201",
    "1.2.840.10008.1.2.4.202",
)
SIDES = (512, 640)


def smooth(dtype: str, bits: int, samples: int = 1) -> NDArray[Any]:
    rows, columns = numpy.mgrid[: SIDES[0], : SIDES[1]]
    low = -(1 << (bits - 1)) if dtype.startswith("i") else 0
    wave = (numpy.sin(rows / 60) + numpy.cos(columns / 80) + 2) / 4
    values = (low + wave * ((1 << bits) - 1)).astype(dtype)
    return values if samples == 1 else numpy.stack([values] * samples, -1)


def coded(values: NDArray[Any], uid: str, bits: int) -> tuple[bytes, PixelDescription, Dataset]:
    header = header_of(
        values, BitsStored=bits, WindowCenter=float(values.mean()), WindowWidth=float(1 << bits)
    )
    described = described_by(header)
    frame = Frame(values, described.photometric)
    return encode(frame, described, uid), after(frame, described, uid), header


@pytest.mark.parametrize("uid", WAVELETS)
@pytest.mark.parametrize(
    ("dtype", "bits", "samples"),
    [
        ("uint8", 8, 1),
        ("uint16", 12, 1),
        ("int16", 12, 1),
        ("int16", 16, 1),
        ("uint16", 16, 1),
        ("uint8", 8, 3),
    ],
)
def test_a_smaller_picture_is_that_of_the_whole(uid: str, dtype: str, bits: int, samples: int) -> None:
    data, described, header = coded(smooth(dtype, bits, samples), uid, bits)
    wish = Wish(viewport=Viewport(width=60, height=60))
    levels = levels_to_leave_out(wish, described, header)

    cut = reduced(data, described, levels)

    assert levels == 2
    assert cut is not None
    assert cut[0].values.shape[:2] == (SIDES[0] // 4, SIDES[1] // 4)
    small = draw(*cut, header, 1, wish).values.astype(int)
    whole = draw(decode(data, described), described, header, 1, wish).values.astype(int)
    assert small.shape == whole.shape
    assert numpy.abs(small - whole).mean() < 2  # a cut picture lies half a pixel beside an averaged one


@pytest.mark.parametrize(
    "wish",
    [
        Wish(),
        Wish(viewport=Viewport(width=600)),
        Wish(viewport=Viewport(width=10, left=5, across=100, down=100)),
        Wish(viewport=Viewport(width=10), overlays=True),
        Wish(viewport=Viewport(width=10), presentation=Dataset()),
    ],
)
def test_what_needs_every_pixel_gets_it(wish: Wish) -> None:
    _, described, header = coded(smooth("uint16", 12), WAVELETS[0], 12)

    assert levels_to_leave_out(wish, described, header) == 0


def test_the_range_of_all_values_is_not_guessed_from_some() -> None:
    _, described, header = coded(smooth("uint16", 12), WAVELETS[0], 12)
    del header.WindowCenter
    small = Viewport(width=10, height=10)

    assert levels_to_leave_out(Wish(viewport=small), described, header) == 0
    assert levels_to_leave_out(Wish(viewport=small, window=GreyWindow(100, 200)), described, header) > 0


def test_labels_are_not_averaged() -> None:
    _, _, header = coded(smooth("uint8", 8), WAVELETS[2], 8)
    palette = described_by(header_of(smooth("uint8", 8), PhotometricInterpretation="PALETTE COLOR"))

    assert levels_to_leave_out(Wish(viewport=Viewport(width=10, height=10)), palette, header) == 0


def test_other_codestreams_are_not_cut() -> None:
    data, described, _ = coded(smooth("uint16", 12), "1.2.840.10008.1.2.4.80", 12)

    assert reduced(data, described, 2) is None
