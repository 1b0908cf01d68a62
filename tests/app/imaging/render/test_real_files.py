"""Files that pydicom ships, decoded by pydicom and drawn here, against its own reading of their headers."""

import warnings
from typing import Any

import numpy
import pytest
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.pixels import iter_pixels
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut, apply_voi_lut

from app.imaging.render.description import Frame, describe
from app.imaging.render.picture import draw
from app.imaging.render.wishes import Wish


def opened(name: str) -> tuple[Dataset, NDArray[Any], NDArray[numpy.uint8]]:
    """A file, its first frame as pydicom decodes it, and as it is drawn."""
    path = str(get_testdata_file(name, download=False))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = dcmread(path)
        values = next(iter_pixels(path, raw=True))
    described = describe(dataset, dataset.file_meta.TransferSyntaxUID)
    picture = draw(Frame(values, described.photometric), described, dataset, 1, Wish())
    return dataset, values, picture.values


@pytest.mark.parametrize("name", ["MR_small.dcm", "MR_small_bigendian.dcm", "examples_overlay.dcm"])
def test_a_window_is_that_of_pydicom(name: str) -> None:
    dataset, values, ours = opened(name)

    half = 2 ** (dataset.BitsStored - 1)
    lowest, highest = (-half, half - 1) if dataset.PixelRepresentation else (0, 2 * half - 1)
    theirs = (apply_voi_lut(values, dataset).astype(float) - lowest) / (highest - lowest) * 255
    assert numpy.abs(ours - theirs).max() <= 0.51


@pytest.mark.parametrize(
    "name", ["CT_small.dcm", "emri_small.dcm", "emri_small_big_endian.dcm", "rtdose.dcm"]
)
def test_without_a_window_the_whole_range_is_shown(name: str) -> None:
    dataset, values, ours = opened(name)

    measured = apply_modality_lut(values, dataset).astype(float)
    theirs = (measured - measured.min()) / (measured.max() - measured.min()) * 255
    assert numpy.abs(ours - theirs).max() <= 0.51


def test_palettes_are_those_of_pydicom_in_either_order_of_bytes() -> None:
    dataset, values, ours = opened("OBXXXX1A.dcm")
    theirs = apply_color_lut(values, dataset).astype(float) / 257

    assert numpy.abs(ours - theirs).max() <= 0.51
    assert numpy.array_equal(opened("OBXXXX1A_expb.dcm")[2], ours)


def test_a_supplemental_palette_is_over_its_grey_levels() -> None:
    _, values, ours = opened("eCT_Supplemental.dcm")

    assert ours.shape == (*values.shape, 3)
    coloured = (ours[..., 0] != ours[..., 1]) | (ours[..., 1] != ours[..., 2])
    assert 0 < coloured.sum() < coloured.size


@pytest.mark.parametrize("name", ["SC_rgb_small_odd.dcm", "liver_1frame.dcm", "color-pl.dcm"])
def test_others_are_drawn_in_their_size(name: str) -> None:
    _, values, ours = opened(name)

    assert ours.shape[:2] == values.shape[:2]
    assert ours.max() > 0
