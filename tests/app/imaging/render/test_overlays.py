"""Overlays: burnt in where somebody asks, at their origin, in their frame, from data or from the cells."""

from typing import Any

import numpy
import pytest
from numpy.typing import NDArray
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, RLELossless

from app.imaging.render.description import PIXEL_DATA, Frame
from app.imaging.render.picture import draw
from app.imaging.render.source import OpenInstance, ReadHeader
from app.imaging.render.wishes import Viewport, Wish
from tests.factories.pixels import add_overlay, described_by, drawn, header_of

BLANK = numpy.zeros((6, 8), numpy.uint8)
CROSS = numpy.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], numpy.uint8)
BURNT = Wish(overlays=True)


def marked(origin: tuple[int, int]) -> NDArray[numpy.uint8]:
    """The blank picture with the cross at a place, counted from 0, as far as it lies in it."""
    large = numpy.zeros((30, 30), numpy.uint8)
    large[origin[0] + 10 : origin[0] + 13, origin[1] + 10 : origin[1] + 13] = CROSS * 255
    return large[10:16, 10:18]


def test_overlays_are_burnt_in_only_where_somebody_asks() -> None:
    header = header_of(BLANK)
    add_overlay(header, CROSS)

    assert numpy.array_equal(drawn(BLANK, header), BLANK)
    assert numpy.array_equal(drawn(BLANK, header, wish=BURNT), marked((0, 0)))


@pytest.mark.parametrize("kind", ["G", "R"])
@pytest.mark.parametrize("origin", [(1, 1), (2, 4), (-1, 0), (5, 7), (100, 100), (-100, 1)])
def test_an_overlay_lies_at_its_origin(origin: tuple[int, int], kind: str) -> None:
    header = header_of(BLANK)
    add_overlay(header, CROSS, origin=list(origin), kind=kind)
    top, left = (min(max(each - 1, -10), 15) for each in origin)

    assert numpy.array_equal(drawn(BLANK, header, wish=BURNT), marked((top, left)))


def test_several_overlays_are_burnt_in() -> None:
    header = header_of(BLANK)
    add_overlay(header, CROSS)
    add_overlay(header, CROSS, group=0x601E, origin=[4, 6])

    assert numpy.array_equal(drawn(BLANK, header, wish=BURNT), marked((0, 0)) | marked((3, 5)))


def test_frames_of_an_overlay_follow_one_another_without_a_gap() -> None:
    frames = numpy.stack([CROSS, 1 - CROSS, numpy.eye(3, dtype=numpy.uint8)])
    header = header_of(BLANK, NumberOfFrames=5)
    add_overlay(header, frames, first_frame=2)

    shown = [drawn(BLANK, header, number=number, wish=BURNT)[:3, :3] // 255 for number in range(1, 6)]

    expected = [numpy.zeros((3, 3)), *frames, numpy.zeros((3, 3))]
    assert all(numpy.array_equal(ours, theirs) for ours, theirs in zip(shown, expected, strict=True))


def test_one_overlay_is_on_every_frame() -> None:
    header = header_of(BLANK, NumberOfFrames=2)
    add_overlay(header, CROSS)

    assert numpy.array_equal(drawn(BLANK, header, number=2, wish=BURNT), marked((0, 0)))


def test_an_overlay_of_old_is_in_a_bit_of_the_cells() -> None:
    cells = numpy.array([[0x8005, 0x0005], [0x0FFF, 0x8000]], numpy.uint16)
    header = header_of(cells, BitsStored=12, WindowCenter=2048, WindowWidth=4096)
    header.add_new((0x6002, 0x0010), "US", 2)
    header.add_new((0x6002, 0x0011), "US", 2)
    header.add_new((0x6002, 0x0100), "US", 16)
    header.add_new((0x6002, 0x0102), "US", 15)
    frame = Frame(cells & 0x0FFF, "MONOCHROME2")

    def shown(**more: Any) -> list[list[int]]:
        levels: list[list[int]] = draw(frame, described_by(header), header, 1, BURNT, **more).values.tolist()
        return levels

    assert shown(cells=cells) == [[255, 0], [255, 255]]
    assert shown() == [[0, 0], [255, 0]]


def test_whole_cells_are_read_of_a_frame_that_does_not_fill_them() -> None:
    cells = numpy.array([[0x8005, 0x0005], [0x0FFF, 0x8000]], numpy.uint16)
    place = (0).to_bytes(8, "little") + cells.nbytes.to_bytes(8, "little")

    def source(transfer_syntax: str, **keywords: Any) -> OpenInstance:
        header = ReadHeader(header_of(cells, **keywords), PIXEL_DATA, "OW")
        stored = cells.astype(">u2" if transfer_syntax == ExplicitVRBigEndian else "<u2")
        return OpenInstance(stored.tobytes(), header, transfer_syntax, place)

    for transfer_syntax in (ExplicitVRLittleEndian, ExplicitVRBigEndian):
        whole = source(transfer_syntax, BitsStored=12, PixelRepresentation=1).cells(1)
        assert whole is not None
        assert numpy.array_equal(whole, cells)
    assert source(ExplicitVRLittleEndian, BitsStored=16).cells(1) is None
    assert source(RLELossless, BitsStored=12).cells(1) is None


def test_an_overlay_is_cut_and_scaled_with_its_picture() -> None:
    header = header_of(BLANK)
    add_overlay(header, numpy.ones((3, 4), numpy.uint8), origin=[4, 5])
    corner = Viewport(width=8, height=6, left=4, top=3)

    assert numpy.all(drawn(BLANK, header, wish=Wish(overlays=True, viewport=corner)) == 255)


def test_an_overlay_on_colours_is_white() -> None:
    values = numpy.full((4, 4, 3), 90, numpy.uint8)
    header = header_of(values)
    add_overlay(header, CROSS)

    shown = drawn(values, header, wish=BURNT)

    assert shown[0, :2].tolist() == [[90, 90, 90], [255, 255, 255]]
    assert numpy.all(values == 90)


@pytest.mark.parametrize(
    ("element", "vr", "value"),
    [(0x0010, "US", 0), (0x0011, "US", 60000), (0x3000, "OW", b"\1"), (0x0050, "SS", [1])],
)
def test_an_overlay_that_cannot_be_read_is_left_out(element: int, vr: str, value: Any) -> None:
    header = header_of(BLANK)
    add_overlay(header, CROSS)
    header.add_new((0x6000, element), vr, value)

    assert drawn(BLANK, header, wish=BURNT).shape == BLANK.shape
