"""Each phantom study is whole: readable, consistent in space, stored without a warning, and worth a look."""

import numpy
import pytest

from app.imaging.render.description import Frame, describe
from app.imaging.render.picture import draw
from app.imaging.render.wishes import Wish
from app.samples.phantoms import volumes as making
from app.samples.phantoms.studies import RECIPES
from app.samples.phantoms.table import PHANTOMS
from tests.app.samples.phantoms.conftest import taken_by
from tests.app.samples.phantoms.reading import Made, series_of, volumes
from tests.factories.elements import reading_of


def test_the_table_knows_every_study_and_how_many_files_it_has(made: Made) -> None:
    assert {each.recipe: each.count for each in PHANTOMS.values()} == {
        name: len(files) for name, files in made.items()
    }
    assert len({each.said.SOPInstanceUID for files in made.values() for each in files}) == sum(
        len(files) for files in made.values()
    )


def test_a_study_is_ordered_as_what_it_begins_with(made: Made) -> None:
    assert {each.recipe: each.modality for each in PHANTOMS.values()} == {
        name: files[0].said.Modality for name, files in made.items()
    }


def test_every_file_is_stored_without_a_warning(made: Made) -> None:
    warned = {
        (name, each.said.Modality): found
        for name, files in made.items()
        for each in files
        if (found := reading_of(each.raw, today="20261122").warnings)
    }

    assert warned == {}


def test_the_slices_of_a_series_are_equally_far_apart_and_right_handed(made: Made) -> None:
    for name, series in volumes(made):
        right, down = numpy.array(series[0].ImageOrientationPatient, float).reshape(2, 3)
        normal = numpy.cross(right, down)
        places = numpy.array([each.ImagePositionPatient for each in series], float)
        steps = numpy.diff(places, axis=0)

        assert [each.InstanceNumber for each in series] == list(range(1, len(series) + 1)), name
        assert numpy.allclose(steps, normal * float(series[0].SpacingBetweenSlices)), name
        assert float(right @ down) == 0, name
        assert numpy.allclose([right @ right, down @ down], 1), name


def test_the_series_of_a_study_lie_in_one_space_and_say_the_same_of_all_their_slices(made: Made) -> None:
    constant = (
        "PixelSpacing",
        "SliceThickness",
        "ImageOrientationPatient",
        "Rows",
        "Columns",
        "WindowCenter",
    )
    for name, series in volumes(made):
        for keyword in constant:
            assert len({str(each[keyword].value) for each in series}) == 1, (name, keyword)
    for name, files in made.items():
        spaces = {each.said.FrameOfReferenceUID for each in files if "FrameOfReferenceUID" in each.said}
        assert len(spaces) <= 1, name


def test_the_middle_of_every_series_is_a_picture_and_not_saturated(made: Made) -> None:
    for name, files in made.items():
        for series in series_of(files):
            shown = series[len(series) // 2]
            if "PixelData" not in shown or shown.Modality == "SEG":
                continue
            described = describe(shown, shown.file_meta.TransferSyntaxUID)
            values = shown.pixel_array if described.frames == 1 else shown.pixel_array[0]
            picture = draw(Frame(values, described.photometric), described, shown, 1, Wish()).values

            white, black = (float((picture == level).mean()) for level in (255, 0))
            assert white < 0.2, (name, shown.SeriesDescription)
            assert black < 0.8, (name, shown.SeriesDescription)
            assert len(numpy.unique(picture)) > 60, (name, shown.SeriesDescription)


def test_a_computed_tomogram_has_the_values_of_air_fat_muscle_and_bone(made: Made) -> None:
    for name, series in volumes(made):
        if series[0].Modality != "CT" or series[0].BodyPartExamined == "HEAD":
            continue
        measured = numpy.stack([each.pixel_array for each in series[::4]]).astype(int) - 1024
        counted = {
            tissue: int(((measured > low) & (measured < high)).sum())
            for tissue, low, high in (
                ("air", -1025, -900),
                ("fat", -130, -70),
                ("muscle", 30, 80),
                ("bone", 700, 1400),
            )
        }
        assert min(counted.values()) > 100, (name, counted)


@pytest.mark.parametrize("name", RECIPES)
def test_making_a_study_again_gives_the_same_bytes(name: str, made: Made) -> None:
    making.healthy.cache_clear()

    again = list(RECIPES[name].files(taken_by(name)))

    assert again == [each.raw for each in made[name]]


def test_all_of_them_together_are_small(made: Made) -> None:
    assert sum(len(each.raw) for files in made.values() for each in files) < 20_000_000
