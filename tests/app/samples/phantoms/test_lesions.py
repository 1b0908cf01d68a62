"""A lesion is as long in the pixels as its report, its segmentation, its contours and its chart say."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import highdicom
import numpy
import pytest
from pydicom import Dataset, dcmread

from app.samples.cases import CASES
from app.samples.phantoms.lesions import Lesion
from app.samples.phantoms.studies import GRANULOMA, RECIPES
from app.samples.phantoms.table import PHANTOMS
from app.samples.stories import STORIES
from tests.app.samples.phantoms.reading import (
    Made,
    only,
    place_of,
    run_through,
    series_of,
    values_of,
)

CHESTS = ("chest with nodules", "chest after chemotherapy", "chest with progress")
KNEES = {"knee with tumour": 58, "knee after chemotherapy": 40}
(TOLD,) = (each for each in CASES if each.key == "osteo-01")


def lesions(name: str) -> tuple[Lesion, ...]:
    return RECIPES[name].volumes[0].lesions


def report_on(name: str) -> str:
    """Everything that the reports of a study of the told patient say."""
    (study,) = [
        each for each in TOLD.studies if each.pictures in PHANTOMS and PHANTOMS[each.pictures].recipe == name
    ]
    return " ".join(f"{each.findings} {each.impression}" for each in study.reports)


def numbers(report: Dataset) -> Iterator[tuple[str, float, Any]]:
    """Every measured number of a structured report, with its name and its item."""
    for item in report.get("ContentSequence", ()):
        if item.ValueType == "NUM":
            (measured,) = item.MeasuredValueSequence
            yield item.ConceptNameCodeSequence[0].CodeMeaning, float(measured.NumericValue), item
        yield from numbers(item)


@pytest.mark.parametrize("name", CHESTS)
def test_each_nodule_of_the_lung_is_as_wide_as_the_report_says(name: str, made: Made) -> None:
    series = series_of(made[name])[0]
    measured, spacing = values_of(series), float(series[0].PixelSpacing[0])

    for lesion in lesions(name):
        place, row, column = place_of(series, lesion.centre)
        width = spacing * run_through(measured[place, row] > -400, column)

        assert abs(width - lesion.diameter) <= spacing, lesion.label
        assert f"{lesion.diameter:g} mm" in report_on(name), lesion.label


def test_nodules_grow_and_shrink_as_the_chart_tells() -> None:
    largest = [max(each.diameter for each in lesions(name) if each is not GRANULOMA) for name in CHESTS]

    assert largest == [7, 4, 9]
    assert lesions("chest, years before") == lesions("chest at diagnosis") == (GRANULOMA,)


@pytest.mark.parametrize(("name", "length"), KNEES.items())
def test_the_tumour_is_as_long_in_the_pixels_as_in_the_report(name: str, length: int, made: Made) -> None:
    series = series_of(made[name])[0]
    (lesion,) = lesions(name)
    place, row, column = place_of(series, lesion.centre)

    dark = values_of(series)[place, :, column] < 365  # what is around it is brighter in T1
    long = float(series[0].PixelSpacing[0]) * run_through(dark, row)

    assert abs(long - length) <= 2 * float(series[0].PixelSpacing[0])
    assert f"{length} mm" in report_on(name)


@pytest.mark.parametrize(("name", "length"), KNEES.items())
def test_the_structured_report_measures_that_length_on_that_slice(name: str, length: int, made: Made) -> None:
    series, report = series_of(made[name])[0], only(made[name], "SR")
    found = {meaning: (value, item) for meaning, value, item in numbers(report)}

    value, item = found["Long axis"]
    (line,) = item.ContentSequence
    (image,) = line.ContentSequence
    x, y, to_x, to_y = line.GraphicData
    (drawn_on,) = [
        each
        for each in series
        if each.SOPInstanceUID == image.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
    ]

    assert value == length
    drawn = numpy.hypot(to_x - x, to_y - y) * float(drawn_on.PixelSpacing[0])
    assert drawn == pytest.approx(length, abs=0.01)
    assert drawn_on is series[place_of(series, lesions(name)[0].centre)[0]]


@pytest.mark.parametrize("name", KNEES)
def test_its_volume_is_that_of_the_segmentation(name: str, made: Made) -> None:
    segmented, report = only(made[name], "SEG"), only(made[name], "SR")
    found = {meaning: value for meaning, value, _ in numbers(report)}
    (shared,) = segmented.SharedFunctionalGroupsSequence
    measures = shared.PixelMeasuresSequence[0]
    voxel = float(measures.PixelSpacing[0]) ** 2 * float(measures.SpacingBetweenSlices)

    assert found["Volume"] == pytest.approx(int(segmented.pixel_array.sum()) * voxel / 1000, abs=0.05)


@pytest.mark.parametrize("name", KNEES)
def test_others_read_the_report_by_its_template(name: str, made: Made) -> None:
    report = highdicom.sr.srread(BytesIO(next(each.raw for each in made[name] if each.said.Modality == "SR")))

    groups = report.content.get_image_measurement_groups()

    assert [each.tracking_identifier for each in groups] == ["Osteosarcoma of the left distal femur"]
    assert next(each.value for each in groups[0].get_measurements()) == KNEES[name]


@pytest.mark.parametrize("name", ["chest with nodules", "chest with progress", *KNEES])
def test_each_segment_lies_on_its_lesion_in_the_series_that_it_names(name: str, made: Made) -> None:
    series, segmented = series_of(made[name])[0], only(made[name], "SEG")
    by_uid = {each.SOPInstanceUID: number for number, each in enumerate(series)}
    measured = values_of(series)

    assert segmented.ReferencedSeriesSequence[0].SeriesInstanceUID == series[0].SeriesInstanceUID
    assert segmented.FrameOfReferenceUID == series[0].FrameOfReferenceUID
    filled: dict[int, list[float]] = {}
    for frame, groups in zip(segmented.pixel_array, segmented.PerFrameFunctionalGroupsSequence, strict=True):
        source = groups.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        slice_of = series[by_uid[source]]
        position = groups.PlanePositionSequence[0].ImagePositionPatient
        assert list(position) == list(slice_of.ImagePositionPatient)
        segment = groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        filled.setdefault(segment, []).extend(measured[by_uid[source]][frame == 1])

    outside = -700 if name.startswith("chest") else 560
    for number, lesion in enumerate(lesions(name), 1):
        inside = numpy.median(filled[number])
        assert inside > outside if name.startswith("chest") else inside < outside, lesion.label


def test_others_read_the_segmentation(made: Made) -> None:
    raw = next(each.raw for each in made["chest with nodules"] if each.said.Modality == "SEG")

    segmented = highdicom.seg.Segmentation.from_dataset(dcmread(BytesIO(raw)))

    labels = [segmented.get_segment_description(number).segment_label for number in segmented.segment_numbers]
    assert labels == [each.label for each in lesions("chest with nodules")]
    assert segmented.get_volume(combine_segments=False).array.any()


def test_the_contours_are_as_long_and_wide_as_the_tumour_on_its_slices(made: Made) -> None:
    series, structures = series_of(made["thigh with tumour"])[0], only(made["thigh with tumour"], "RTSTRUCT")
    heights = {each.SOPInstanceUID: float(each.ImagePositionPatient[2]) for each in series}
    (lesion,) = lesions("thigh with tumour")
    gross, planned = structures.ROIContourSequence

    corners = numpy.concatenate(
        [numpy.array(each.ContourData, float).reshape(-1, 3) for each in gross.ContourSequence]
    )
    for contour in gross.ContourSequence:
        (image,) = contour.ContourImageSequence
        assert {heights[image.ReferencedSOPInstanceUID]} == set(
            numpy.array(contour.ContourData, float).reshape(-1, 3)[:, 2]
        )
    extents = numpy.ptp(corners, axis=0)
    assert extents[:2] == pytest.approx([2 * lesion.radii.x, 2 * lesion.radii.y], abs=0.1)
    assert 0 <= lesion.diameter - extents[2] <= 2 * float(series[0].SpacingBetweenSlices)
    assert len(planned.ContourSequence) > len(gross.ContourSequence)
    assert structures.FrameOfReferenceUID == series[0].FrameOfReferenceUID
    measured = values_of(series)
    place, row, column = place_of(series, lesion.centre)
    assert 30 < measured[place, row - 2 : row + 3, column - 2 : column + 3].mean() < 700


def test_a_lesion_is_followed_under_one_uid(made: Made) -> None:
    def tracked(name: str) -> dict[str, str]:
        return {each.TrackingID: each.TrackingUID for each in only(made[name], "SEG").SegmentSequence}

    before, after = tracked("chest with nodules"), tracked("chest with progress")
    shared = before.keys() & after.keys()
    assert shared == {"right lower lobe", "left upper lobe", "granuloma"}
    assert all(before[each] == after[each] for each in shared)
    (tumour,) = tracked("knee with tumour").values()
    assert tumour in str(only(made["knee after chemotherapy"], "SR"))


def test_pathology_measured_what_the_last_picture_showed() -> None:
    story = STORIES["osteo-01"]

    assert any("40 mm" in each.findings for each in story.pathology)


def test_every_study_of_the_told_patient_is_reported_with_findings() -> None:
    assert all(report.findings for study in TOLD.studies for report in study.reports)
    assert {each.pictures for each in TOLD.studies} <= PHANTOMS.keys()
