"""Colours: read as pydicom reads them, or as the equations of PS3.3 C.7.6.3.1.2 say."""

from typing import Any

import numpy
import pytest
from numpy.typing import NDArray
from pydicom.pixels.processing import convert_color_space

from app.imaging.render.faults import Unrenderable
from tests.factories.pixels import drawn

SAMPLES = numpy.random.default_rng(3).integers(0, 256, (31, 17, 3), dtype=numpy.uint8)
RGB = numpy.array([[[0, 0, 0], [255, 255, 255], [200, 30, 90], [16, 128, 240]]], numpy.uint8)


def far(ours: NDArray[Any], theirs: NDArray[Any]) -> float:
    """The largest difference in levels of a colour."""
    return float(numpy.abs(ours.astype(float) - theirs).max())


@pytest.mark.parametrize("photometric", ["YBR_FULL", "YBR_FULL_422"])
def test_full_range_is_read_as_pydicom_reads_it(photometric: str) -> None:
    ours = drawn(SAMPLES, PhotometricInterpretation=photometric)

    assert far(ours, convert_color_space(SAMPLES, "YBR_FULL", "RGB")) <= 1


@pytest.mark.parametrize("photometric", ["YBR_PARTIAL_444", "YBR_PARTIAL_422", "YBR_PARTIAL_420"])
def test_partial_range_is_that_of_the_equations(photometric: str) -> None:
    red, green, blue = numpy.moveaxis(RGB.astype(float), -1, 0)
    luminance = 0.2568 * red + 0.5041 * green + 0.0979 * blue + 16
    to_blue = -0.1482 * red - 0.2910 * green + 0.4392 * blue + 128
    to_red = 0.4392 * red - 0.3678 * green - 0.0714 * blue + 128
    written = numpy.rint(numpy.stack([luminance, to_blue, to_red], axis=-1)).astype(numpy.uint8)

    assert (
        far(drawn(written, PhotometricInterpretation=photometric), RGB) <= 2
    )  # it was rounded to be written


@pytest.mark.parametrize("photometric", ["RGB", "YBR_RCT", "YBR_ICT", "XYB", "MONOCHROME2"])
def test_decoded_colours_are_shown_as_they_are(photometric: str) -> None:
    assert numpy.array_equal(drawn(RGB, PhotometricInterpretation=photometric), RGB)


def test_deep_colours_are_shown_over_the_bits_that_are_stored() -> None:
    values = numpy.array([[[0, 2048, 4095], [4095, 0, 1]]], numpy.uint16)

    assert drawn(values, BitsStored=12).tolist() == [[[0, 128, 255], [255, 0, 0]]]
    assert drawn(values | 0xF000, BitsStored=12).tolist() == [[[0, 128, 255], [255, 0, 0]]]


def test_retired_colours_are_shown() -> None:
    cmyk = numpy.array([[[0, 0, 0, 0], [255, 0, 0, 0], [0, 0, 0, 255], [0, 255, 0, 128]]], numpy.uint8)
    assert drawn(cmyk, PhotometricInterpretation="CMYK").tolist() == [
        [[255, 255, 255], [0, 255, 255], [0, 0, 0], [127, 0, 127]]
    ]

    argb = numpy.array([[[9, 10, 20, 30]]], numpy.uint8)
    assert drawn(argb, PhotometricInterpretation="ARGB").tolist() == [[[10, 20, 30]]]

    hsv = numpy.array([[[0, 0, 200], [0, 255, 255]]], numpy.uint8)
    assert drawn(hsv, PhotometricInterpretation="HSV").tolist() == [[[200, 200, 200], [255, 0, 0]]]


def test_two_samples_are_no_colour() -> None:
    with pytest.raises(Unrenderable, match="no colour"):
        drawn(SAMPLES[:, :, :2])


def test_the_deepest_colours_are_shown() -> None:
    whole = numpy.array([[[0, 1 << 31, (1 << 32) - 1]]], numpy.uint32)
    shares = numpy.array([[[0, 0.5, numpy.nan]]], numpy.float32)

    assert drawn(whole).tolist() == [[[0, 128, 255]]]
    assert drawn(shares, PhotometricInterpretation="RGB").tolist() == [[[0, 128, 0]]]


def test_inks_of_three_samples_darken() -> None:
    assert drawn(RGB, PhotometricInterpretation="CMYK")[0, 2].tolist() == [55, 225, 165]
