"""The clip beats as its report says, and the mass of the mammogram is as wide as its report says."""

import numpy
import pytest

from app.samples.phantoms.clips import LEFT_VENTRICLE, ejection_fraction
from app.samples.phantoms.mammograms import MASS, VIEWS
from tests.app.samples.phantoms.reading import Made, run_through


def test_the_ventricle_of_the_clip_empties_by_the_ejection_fraction(made: Made) -> None:
    (clip,) = (each.said for each in made["heart"])
    dark = clip.pixel_array < 30
    row, column = int(LEFT_VENTRICLE.row), int(LEFT_VENTRICLE.column)
    wide = [run_through(frame[row], column) for frame in dark]

    full, empty = max(wide), min(wide)
    volume = (empty / full) ** 2 * 0.86  # the axes across, and that along

    assert abs(wide.index(empty) - len(wide) // 2) <= 1
    assert 100 * (1 - volume) == pytest.approx(ejection_fraction(), abs=4)
    assert round(ejection_fraction()) == 65


def test_the_clip_says_how_fast_and_how_large_it_is(made: Made) -> None:
    (clip,) = (each.said for each in made["heart"])
    (region,) = clip.SequenceOfUltrasoundRegions

    assert clip.NumberOfFrames == len(clip.pixel_array)
    assert clip[clip.FrameIncrementPointer].keyword == "FrameTime"
    assert region.PhysicalDeltaX == region.PhysicalDeltaY > 0


def test_the_mass_is_as_wide_in_both_views_of_the_left_breast(made: Made) -> None:
    by_view = {(each.said.ImageLaterality, each.said.ViewPosition): each.said for each in made["breasts"]}

    for view in VIEWS:
        if view.mass is None:
            continue
        picture = by_view[view.side, view.name]
        row, column = map(int, view.mass)
        line = picture.pixel_array[row].astype(float)
        edge = (line[column - 5 : column + 5].mean() + line[column + 30 : column + 36].mean()) / 2

        wide = run_through(line > edge, column) * float(picture.PixelSpacing[0])

        assert wide == pytest.approx(MASS, abs=2 * float(picture.PixelSpacing[0]))


def test_the_four_views_are_those_of_a_screening(made: Made) -> None:
    views = {(each.said.ImageLaterality, each.said.ViewPosition) for each in made["breasts"]}

    assert views == {("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO")}
    for each in made["breasts"]:
        chest_wall = each.said.pixel_array[:, 0 if each.said.ImageLaterality == "L" else -1]
        assert numpy.count_nonzero(chest_wall) > 100
