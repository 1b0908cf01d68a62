"""Where pictures lie and how large they are: viewports, on pixels that may not be square."""

from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.imaging.render.faults import Unrenderable
from app.imaging.render.geometry import place, resized
from app.imaging.render.wishes import MOST_PIXELS_A_SIDE, Viewport, Wish
from graph.errors import Invalid
from tests.factories.pixels import drawn, item_of

QUARTERS = numpy.repeat(numpy.repeat(numpy.array([[10, 60], [120, 240]], numpy.uint8), 8, 0), 8, 1)


def seen(values: NDArray[Any], viewport: Viewport, **keywords: Any) -> NDArray[numpy.uint8]:
    return drawn(values, wish=Wish(viewport=viewport), **keywords)


def test_without_a_viewport_a_picture_has_the_matrix_of_its_source() -> None:
    assert drawn(numpy.zeros((5, 7), numpy.uint8), PixelSpacing=[1, 2]).shape == (5, 7)


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [(100, 100, (50, 100)), (100, 10, (10, 20)), (30, 100, (15, 30)), (500, 500, (250, 500))],
)
def test_a_picture_is_as_large_as_the_viewport_allows(
    width: int, height: int, shape: tuple[int, int]
) -> None:
    values = numpy.zeros((20, 40), numpy.uint8)

    assert seen(values, Viewport(width=width, height=height)).shape == shape
    assert seen(values, Viewport(width=width, height=height), SamplesPerPixel=1).shape == shape


def test_one_side_follows_from_the_other() -> None:
    values = numpy.zeros((20, 40), numpy.uint8)

    assert seen(values, Viewport(width=10)).shape == (5, 10)
    assert seen(values, Viewport(height=10)).shape == (10, 20)


@settings(deadline=None, max_examples=50)
@given(
    rows=st.integers(1, 9000),
    columns=st.integers(1, 9000),
    width=st.integers(1, 4000),
    height=st.integers(1, 4000),
)
def test_a_picture_fits_its_viewport_and_touches_it(rows: int, columns: int, width: int, height: int) -> None:
    placement = place(Viewport(width=width, height=height), rows, columns)

    assert placement.width <= width
    assert placement.height <= height
    assert placement.width == width or placement.height == height


def test_shrinking_averages_areas() -> None:
    values = numpy.random.default_rng(1).integers(0, 256, (64, 96), dtype=numpy.uint8)

    ours = seen(values, Viewport(width=12, height=8))

    assert numpy.abs(ours - values.reshape(8, 8, 12, 8).mean((1, 3))).max() <= 1


def test_shrinking_by_a_fraction_keeps_what_is_level_and_what_is_sloped() -> None:
    slope = numpy.repeat(numpy.linspace(0, 250, 251).astype(numpy.uint8)[None, :], 33, 0)

    for width in (101, 170, 60, 25):
        shrunk = resized(slope, width, 10)[5].astype(float)
        expected = (numpy.arange(width) + 0.5) * 251 / width - 0.5
        assert numpy.abs(shrunk - expected)[2:-2].max() <= 1.5


def test_growing_keeps_a_level() -> None:
    assert numpy.all(seen(numpy.full((3, 3), 77, numpy.uint8), Viewport(width=100, height=100)) == 77)


def test_a_region_is_cut_out_before_it_is_scaled() -> None:
    corner = Viewport(width=4, height=4, left=8, top=0, across=8, down=8)
    assert numpy.all(seen(QUARTERS, corner) == 60)

    rest = Viewport(width=8, height=8, left=8, top=8)
    assert numpy.all(seen(QUARTERS, rest) == 240)

    beyond = Viewport(width=8, height=8, left=8, top=8, across=100, down=100)
    assert numpy.all(seen(QUARTERS, beyond) == 240)

    shares = Viewport(left=0, top=0.5, across=0.5, down=0.5, relative=True)
    assert numpy.all(seen(QUARTERS, shares) == 120)
    assert seen(QUARTERS, shares).shape == (8, 8)


def test_a_region_keeps_the_window_of_the_whole() -> None:
    values = numpy.array([[0, 500, 1000]], numpy.uint16)

    assert seen(values, Viewport(width=1, height=1, left=1, across=1), BitsStored=12).tolist() == [[128]]


def test_a_region_may_begin_between_pixels() -> None:
    values = numpy.array([[0, 100, 200, 200]], numpy.uint8)

    assert seen(values, Viewport(width=1, height=1, left=0.5, across=1)).tolist() == [[50]]


def test_negative_sides_flip() -> None:
    assert seen(QUARTERS, Viewport(width=2, height=2, across=-16)).tolist() == [[60, 10], [240, 120]]
    assert seen(QUARTERS, Viewport(width=2, height=2, down=-16)).tolist() == [[120, 240], [10, 60]]


def test_pixels_that_are_not_square_are_shown_square() -> None:
    values = numpy.zeros((10, 20), numpy.uint8)
    viewport = Viewport(width=400, height=400)

    assert seen(values, viewport, PixelAspectRatio=[2, 1]).shape == (400, 400)
    assert seen(values, viewport, PixelSpacing=[0.5, 1]).shape == (100, 400)
    assert seen(values, viewport, ImagerPixelSpacing=[0.5, 1]).shape == (100, 400)
    measures = item_of(PixelMeasuresSequence=[item_of(PixelSpacing=[2, 1])])
    assert seen(values, viewport, SharedFunctionalGroupsSequence=[measures]).shape == (400, 400)
    assert seen(values, viewport, PixelAspectRatio=[0, 1]).shape == (200, 400)
    assert seen(values, viewport, PixelAspectRatio=[5000, 1]).shape == (200, 400)


def test_a_region_outside_is_told_by_its_parameter() -> None:
    with pytest.raises(Invalid) as raised:
        seen(QUARTERS, Viewport(width=4, height=4, left=16))

    assert raised.value.location == "viewport"


def test_a_picture_that_would_be_too_large_is_refused() -> None:
    with pytest.raises(Unrenderable, match="viewport"):
        place(None, MOST_PIXELS_A_SIDE + 1, MOST_PIXELS_A_SIDE)
