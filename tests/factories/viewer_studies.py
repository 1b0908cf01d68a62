"""Studies as a viewer opens them: of slices in space, and what else stands beside them."""

from io import BytesIO
from typing import Any

import highdicom
import numpy
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.sr.codedict import codes
from pydicom.uid import (
    ExplicitVRLittleEndian,
    MRImageStorage,
    RTStructureSetStorage,
    UltrasoundMultiFrameImageStorage,
    VLWholeSlideMicroscopyImageStorage,
)

from tests.factories.dicom import (
    ct_instance,
    encapsulated_pdf,
    multi_frame_instance,
    part10,
    report_instance,
    uid,
)
from tests.factories.pixels import item_of

SIDE, SLICES = 64, 4
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def slices(study: str, **keywords: Any) -> list[bytes]:
    """Slices of a ball, one millimetre apart."""
    return [_slice(study, number, **keywords) for number in range(SLICES)]


def _slice(study: str, number: int, **keywords: Any) -> bytes:
    y, x = numpy.mgrid[:SIDE, :SIDE] - SIDE // 2
    ball = numpy.clip(2000 - 4 * (x**2 + y**2 + number**2), 0, 2000).astype("<u2")
    return ct_instance(
        rows=SIDE,
        study_uid=study,
        series_uid=uid("slices", study),
        number=number + 1,
        patient_id="VIEWED",
        PixelData=ball.tobytes(),
        PixelSpacing=[1, 1],
        SliceThickness="1",
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
        ImagePositionPatient=[0, 0, number],
        FrameOfReferenceUID=uid("frame of reference", study),
        PositionReferenceIndicator="",
        WindowCenter="1000",
        WindowWidth="2000",
        **keywords,
    )


def mr_slices(study: str) -> list[bytes]:
    """The same of magnetic resonance."""
    return slices(study, SOPClassUID=MRImageStorage, Modality="MR")


def clip(study: str) -> list[bytes]:
    """An ultrasound clip in colour."""
    frames = numpy.zeros((3, SIDE, SIDE, 3), numpy.uint8)
    frames[:, 16:48, 16:48] = (200, 120, 40)
    return [
        multi_frame_instance(
            frames=3,
            study_uid=study,
            patient_id="VIEWED",
            SOPClassUID=UltrasoundMultiFrameImageStorage,
            Rows=SIDE,
            Columns=SIDE,
            SamplesPerPixel=3,
            PhotometricInterpretation="RGB",
            PlanarConfiguration=0,
            PixelData=frames.tobytes(),
        )
    ]


def segmented(study: str) -> list[bytes]:
    """Slices with a segmentation of them."""
    images = slices(study)
    sources = [dcmread(BytesIO(each)) for each in images]
    mask = numpy.zeros((SLICES, SIDE, SIDE), numpy.uint8)
    mask[:, 20:40, 20:40] = 1
    segment = highdicom.seg.SegmentDescription(
        segment_number=1,
        segment_label="Ball",
        segmented_property_category=codes.SCT.Tissue,
        segmented_property_type=codes.SCT.ConnectiveTissue,
        algorithm_type=highdicom.seg.SegmentAlgorithmTypeValues.MANUAL,
    )
    made = highdicom.seg.Segmentation(
        source_images=sources,
        pixel_array=mask,
        segmentation_type=highdicom.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[segment],
        series_instance_uid=uid("segmentation", study),
        series_number=2,
        sop_instance_uid=uid("segmentation instance", study),
        instance_number=1,
        manufacturer="Hilum",
        manufacturer_model_name="Tests",
        software_versions="1",
        device_serial_number="1",
        omit_empty_frames=False,
    )
    return [*images, part10(made)]


def contoured(study: str) -> list[bytes]:
    """Slices with a structure set of them (PS3.3 A.19.3)."""
    images = slices(study)
    sources = [dcmread(BytesIO(each), stop_before_pixels=True) for each in images]
    return [*images, _structure_set(study, sources)]


def _structure_set(study: str, sources: list[Dataset]) -> bytes:
    frame_of_reference = sources[0].FrameOfReferenceUID
    named = [
        item_of(ReferencedSOPClassUID=each.SOPClassUID, ReferencedSOPInstanceUID=each.SOPInstanceUID)
        for each in sources
    ]
    dataset = item_of(
        SOPClassUID=RTStructureSetStorage,
        SOPInstanceUID=uid("structures", study),
        StudyInstanceUID=study,
        SeriesInstanceUID=uid("series of structures", study),
        PatientID="VIEWED",
        PatientName="Test^Patient",
        Modality="RTSTRUCT",
        SeriesNumber=3,
        SeriesDescription="Structures",
        InstanceNumber=1,
        StructureSetLabel="Structures",
        StructureSetName="Structures",
        StructureSetDate="20260102",
        StructureSetTime="101500",
        FrameOfReferenceUID=frame_of_reference,
        ReferencedFrameOfReferenceSequence=[
            item_of(
                FrameOfReferenceUID=frame_of_reference,
                RTReferencedStudySequence=[_drawn_on(study, sources[0].SeriesInstanceUID, named)],
            )
        ],
        **_region(frame_of_reference, named),
    )
    return part10(dataset)


def _drawn_on(study: str, series: str, images: list[Dataset]) -> Dataset:
    """The study, series and images that a structure set was drawn on."""
    drawn = item_of(SeriesInstanceUID=series, ContourImageSequence=images)
    return item_of(
        ReferencedSOPClassUID="1.2.840.10008.3.1.2.3.1",
        ReferencedSOPInstanceUID=study,
        RTReferencedSeriesSequence=[drawn],
    )


def _region(frame_of_reference: str, images: list[Dataset]) -> dict[str, list[Dataset]]:
    """One region: what it is called, a square on each image, and what it is."""
    named = item_of(
        ROINumber=1,
        ReferencedFrameOfReferenceUID=frame_of_reference,
        ROIName="Ball",
        ROIGenerationAlgorithm="MANUAL",
    )
    contours = [
        item_of(
            ContourImageSequence=[image],
            ContourGeometricType="CLOSED_PLANAR",
            NumberOfContourPoints=4,
            ContourData=[20, 20, z, 40, 20, z, 40, 40, z, 20, 40, z],
        )
        for z, image in enumerate(images)
    ]
    drawn = item_of(ReferencedROINumber=1, ROIDisplayColor=[255, 0, 0], ContourSequence=contours)
    told = item_of(
        ObservationNumber=1, ReferencedROINumber=1, RTROIInterpretedType="ORGAN", ROIInterpreter=""
    )
    return {
        "StructureSetROISequence": [named],
        "ROIContourSequence": [drawn],
        "RTROIObservationsSequence": [told],
    }


def reported(study: str) -> list[bytes]:
    """A report alone."""
    return [report_instance("No fracture is seen.", study_uid=study, patient_id="VIEWED")]


def printed(study: str) -> list[bytes]:
    """A document alone."""
    return [encapsulated_pdf(PDF, study_uid=study, patient_id="VIEWED")]


def slide(study: str) -> list[bytes]:
    """A whole slide of two levels, tiled full (PS3.3 C.7.6.17.3)."""
    y, x = numpy.mgrid[: 4 * SIDE, : 4 * SIDE]
    tissue = numpy.stack([128 + 64 * numpy.sin(x / 20), 80 + 60 * numpy.cos(y / 30), 0 * x + 160], axis=-1)
    base = tissue.astype(numpy.uint8)
    return [_level(study, 1, base, "NONE"), _level(study, 2, base[::4, ::4].copy(), "RESAMPLED")]


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    return item_of(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def _level(study: str, number: int, pixels: NDArray[numpy.uint8], kind: str) -> bytes:
    height, width = pixels.shape[:2]
    return part10(
        item_of(
            SOPClassUID=VLWholeSlideMicroscopyImageStorage,
            SOPInstanceUID=uid("slide", study, number),
            StudyInstanceUID=study,
            SeriesInstanceUID=uid("series of slide", study),
            PatientID="VIEWED",
            PatientName="Test^Patient",
            Modality="SM",
            SeriesNumber=1,
            InstanceNumber=number,
            ImageType=["DERIVED" if number > 1 else "ORIGINAL", "PRIMARY", "VOLUME", kind],
            FrameOfReferenceUID=uid("slide space", study),
            ContainerIdentifier="S1",
            **_matrix(width, height),
            **_tiles(pixels),
        ),
        ExplicitVRLittleEndian,
    )


def _matrix(width: int, height: int) -> dict[str, Any]:
    """Where a level lies on the slide, and how it is lit."""
    spacing = 0.001 * 4 * SIDE / height
    plane = item_of(PixelSpacing=[spacing, spacing], SliceThickness=0.001)
    path = item_of(
        OpticalPathIdentifier="1",
        IlluminationTypeCodeSequence=[_code("111744", "DCM", "Brightfield")],
        IlluminationColorCodeSequence=[_code("414298005", "SCT", "Full Spectrum")],
    )
    origin = item_of(XOffsetInSlideCoordinateSystem=20, YOffsetInSlideCoordinateSystem=40)
    return {
        "ImagedVolumeWidth": 0.256,
        "ImagedVolumeHeight": 0.256,
        "ImagedVolumeDepth": 0.001,
        "TotalPixelMatrixColumns": width,
        "TotalPixelMatrixRows": height,
        "TotalPixelMatrixOriginSequence": [origin],
        "ImageOrientationSlide": [0, -1, 0, -1, 0, 0],
        "DimensionOrganizationType": "TILED_FULL",
        "NumberOfOpticalPaths": 1,
        "TotalPixelMatrixFocalPlanes": 1,
        "OpticalPathSequence": [path],
        "SharedFunctionalGroupsSequence": [item_of(PixelMeasuresSequence=[plane])],
    }


def _tiles(pixels: NDArray[numpy.uint8]) -> dict[str, Any]:
    """The pixels of a level, tile by tile, and their form."""
    height, width = pixels.shape[:2]
    tiles = pixels.reshape(height // SIDE, SIDE, width // SIDE, SIDE, 3).transpose(0, 2, 1, 3, 4)
    return {
        "Rows": SIDE,
        "Columns": SIDE,
        "NumberOfFrames": tiles.shape[0] * tiles.shape[1],
        "SamplesPerPixel": 3,
        "PhotometricInterpretation": "RGB",
        "PlanarConfiguration": 0,
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
        "LossyImageCompression": "00",
        "PixelData": numpy.ascontiguousarray(tiles).tobytes(),
    }
