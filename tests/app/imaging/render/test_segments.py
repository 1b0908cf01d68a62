"""Segmentations and parametric maps that highdicom authored, and supplemental palettes over grey levels."""

from typing import Any

import numpy
import pytest
from highdicom.color import CIELabColor
from highdicom.content import AlgorithmIdentificationSequence, VOILUTTransformation
from highdicom.pm import ParametricMap, RealWorldValueMapping
from highdicom.seg import Segmentation, SegmentDescription
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.sr.codedict import codes

from app.imaging.render.description import Frame
from app.imaging.render.lab import to_srgb
from app.imaging.render.picture import draw
from app.imaging.render.wishes import Wish
from tests.factories.dicom import uid
from tests.factories.pixels import COLOURS, described_by, drawn, header_of, item_of, source_slice

COLOURS_OF_SEGMENTS = ("red", "turquoise")
LABELS = numpy.array([[0, 1, 1, 0], [2, 2, 0, 1], [0, 0, 2, 2]], numpy.uint8)


def segmentation(kind: str, pixels: NDArray[Any], **keywords: Any) -> Dataset:
    """A segmentation of two segments, authored by highdicom."""
    algorithm = AlgorithmIdentificationSequence("a", codes.DCM.ArtificialIntelligence, "1")
    segments = [
        SegmentDescription(
            segment_number=number,
            segment_label=str(number),
            segmented_property_category=codes.SCT.Tissue,
            segmented_property_type=codes.SCT.Bone,
            algorithm_type="AUTOMATIC",
            algorithm_identification=algorithm,
            display_color=CIELabColor.from_string(colour),
        )
        for number, colour in enumerate(COLOURS_OF_SEGMENTS, 1)
    ]
    return Segmentation(
        source_images=[source_slice(LABELS.astype(numpy.uint16))],
        pixel_array=pixels,
        segmentation_type=kind,
        segment_descriptions=segments,
        series_instance_uid=uid("segmentations"),
        series_number=2,
        sop_instance_uid=uid("segmentation", kind),
        instance_number=1,
        manufacturer="A",
        manufacturer_model_name="B",
        software_versions="1",
        device_serial_number="1",
        **keywords,
    )


def shown(instance: Dataset, number: int = 1) -> NDArray[numpy.uint8]:
    """A frame of an instance of highdicom, decoded by pydicom and drawn here."""
    described = described_by(instance)
    values = instance.pixel_array
    values = values if values.ndim == 2 else values[number - 1]
    return draw(Frame(values, described.photometric), described, instance, number, Wish()).values


def test_a_binary_segmentation_is_white_in_its_segment() -> None:
    instance = segmentation("BINARY", LABELS)

    assert numpy.array_equal(shown(instance), (LABELS == 1) * 255)
    assert numpy.array_equal(shown(instance, 2), (LABELS == 2) * 255)


def test_a_fractional_segmentation_is_as_bright_as_its_share() -> None:
    shares = numpy.zeros((1, 3, 4, 2), float)
    shares[0, :, :, 0] = numpy.linspace(0, 1, 12).reshape(3, 4)
    shares[0, 0, 0, 1] = 1

    ours = shown(segmentation("FRACTIONAL", shares, max_fractional_value=50))

    assert numpy.abs(ours - shares[0, :, :, 0] * 255).max() <= 255 / 50 / 2 + 0.51


def test_a_label_map_has_the_colours_of_its_segments() -> None:
    ours = shown(segmentation("LABELMAP", LABELS))

    expected = numpy.array([(0, 0, 0), (255, 0, 0), (64, 224, 208)])[LABELS]
    assert numpy.abs(ours.astype(int) - expected).max() <= 2


def test_labels_without_a_colour_are_told_apart() -> None:
    segments = [item_of(SegmentNumber=number) for number in (1, 2)]
    segments.append(item_of(SegmentNumber=7, RecommendedDisplayGrayscaleValue=32768))
    values = numpy.array([[0, 1, 2, 7, 9]], numpy.uint8)

    ours = drawn(values, SegmentationType="LABELMAP", SegmentSequence=segments)[0].tolist()

    assert ours[0] == ours[4] == [0, 0, 0]
    assert ours[3] == [128, 128, 128]
    assert len({tuple(each) for each in ours}) == 4


@pytest.mark.parametrize("kind", [numpy.float32, numpy.float64, numpy.uint16])
def test_a_parametric_map_is_windowed_over_its_values(kind: type) -> None:
    values = numpy.linspace(0, 40, 12).reshape(3, 4).astype(kind)
    whole = not issubclass(kind, numpy.floating)
    mapping = RealWorldValueMapping(
        lut_label="A",
        lut_explanation="A",
        unit=codes.UCUM.NoUnits,
        value_range=(0, 100) if whole else (0.0, 100.0),
        slope=1,
        intercept=0,
    )
    instance = ParametricMap(
        source_images=[source_slice(LABELS.astype(numpy.uint16))],
        pixel_array=values,
        series_instance_uid=uid("maps"),
        series_number=3,
        sop_instance_uid=uid("map"),
        instance_number=1,
        manufacturer="A",
        manufacturer_model_name="B",
        software_versions="1",
        device_serial_number="1",
        contains_recognizable_visual_features=False,
        real_world_value_mappings=[mapping],
        voi_lut_transformations=[VOILUTTransformation(20, 20, voi_lut_function="LINEAR_EXACT")],
    )

    expected = ((values.astype(float) - 10) / 20).clip(0, 1) * 255
    assert numpy.abs(shown(instance) - expected).max() <= 0.51


def test_recommended_colours_are_read_as_highdicom_reads_them() -> None:
    for name in ("red", "turquoise", "orange", "navy", "white", "black", "gray", "olive", "indigo"):
        color = CIELabColor.from_string(name)
        ours = to_srgb(color.value)
        assert ours is not None
        assert max(abs(a - b) for a, b in zip(ours, color.to_rgb(clip=True), strict=True)) <= 1, name


@pytest.mark.parametrize("encoded", [[], [1, 2], [1, 2, 70000]])
def test_what_is_no_colour_is_none(encoded: list[float]) -> None:
    assert to_srgb(encoded) is None


def test_a_supplemental_palette_colours_the_values_that_it_has() -> None:
    values = numpy.array([[0, 100, 200, 201, 202]], numpy.uint16)
    header = header_of(values, BitsStored=12, PixelPresentation="COLOR")
    header.update(item_of(WindowCenter=100, WindowWidth=200, VOILUTFunction="LINEAR_EXACT"))
    for channel, colour in enumerate(COLOURS):
        header.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [2, 200, 8])
        header.add_new(f"{colour}PaletteColorLookupTableData", "OW", bytes([channel, 90 + channel]))

    assert drawn(values, header)[0].tolist() == [
        [0, 0, 0],
        [128, 128, 128],
        [0, 1, 2],
        [90, 91, 92],
        [255, 255, 255],
    ]
