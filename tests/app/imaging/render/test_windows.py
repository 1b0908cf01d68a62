"""Windows: the formulas of PS3.3 C.11.2.1, and pydicom's reading of them."""

import math

import numpy
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.pixels.processing import apply_windowing

from app.imaging.render.windows import LINEAR, LINEAR_EXACT, SIGMOID, GreyWindow, window_over
from tests.factories.pixels import header_of, item_of

VALUES = numpy.arange(-2048, 4096, 7, dtype=numpy.int16)


def levels(window: GreyWindow, *values: float) -> list[float]:
    return [round(float(share) * 255, 3) for share in window.shares(numpy.array(values))]


def test_a_linear_window_is_that_of_the_standard() -> None:
    """The example of C.11.2.1.2.1: c=2048, w=4096 is the identity of 12 bits, spread over the output."""
    assert levels(GreyWindow(2048, 4096), -1, 0, 4095, 4096) == [0, 0, 255, 255]
    assert levels(GreyWindow(2048, 1), 2047, 2048) == [0, 255]
    assert levels(GreyWindow(0, 100), -50, 49) == [0, 255]
    assert levels(GreyWindow(0, 100), -49) == [round(255 / 99, 3)]


def test_a_linear_exact_window_is_half_at_its_center() -> None:
    assert levels(GreyWindow(128, 256, LINEAR_EXACT), 0, 128, 256) == [0, 127.5, 255]
    assert levels(GreyWindow(128, 0.5, LINEAR_EXACT), 127, 128, 129) == [0, 127.5, 255]


def test_a_sigmoid_never_reaches_its_ends() -> None:
    assert levels(GreyWindow(10, 4, SIGMOID), 10, 11) == [127.5, round(255 / (1 + math.exp(-1)), 3)]
    assert levels(GreyWindow(0, 1, SIGMOID), -1e6, 1e6) == [0, 255]


def test_a_width_under_one_is_read_as_exact() -> None:
    assert levels(GreyWindow(0.5, 0.5), 0.25, 0.5, 0.75) == [0, 127.5, 255]


def test_a_window_over_a_range_shows_its_ends_black_and_white() -> None:
    assert levels(window_over(-3, 17), -3, 7, 17) == [0, 127.5, 255]
    assert levels(window_over(5, 5), 5) == [0]


@settings(deadline=None, max_examples=50)
@given(
    center=st.floats(-3000, 3000),
    width=st.floats(1, 6000),
    function=st.sampled_from((LINEAR, LINEAR_EXACT, SIGMOID)),
)
def test_windows_are_read_as_pydicom_reads_them(center: float, width: float, function: str) -> None:
    header = header_of(VALUES.reshape(1, -1), BitsStored=16)
    header.update(item_of(WindowCenter=f"{center:.6f}", WindowWidth=f"{width:.6f}"))
    header.VOILUTFunction = function
    with numpy.errstate(over="ignore"):
        theirs = (apply_windowing(VALUES, header) + 32768) / 65535

    ours = GreyWindow(float(header.WindowCenter), float(header.WindowWidth), function).shares(VALUES)

    assert numpy.abs(ours - theirs).max() * 255 < 0.01
