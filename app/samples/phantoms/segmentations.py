"""Segmentations of lesions over the series that they were drawn on (PS3.3 A.51)."""

import numpy
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import SegmentationStorage

from app.samples.binding import Taken
from app.samples.naming import uid
from app.samples.phantoms.datasets import READ_BY, SeriesHead, code, head, item, part10, reference, references
from app.samples.phantoms.lesions import Lesion
from app.samples.phantoms.volumes import Slices, tracking_uid

_COLOURS = ([41662, 52736, 50176], [53199, 28784, 51657], [36408, 39321, 16962])  # CIELab as unsigned words
_SEGMENT_NUMBER, _POSITION = 0x0062000B, 0x00200032
_FRAME_CONTENT, _SEGMENT, _PLANE = 0x00209111, 0x0062000A, 0x00209113


def written_segmentation(slices: Slices, number: int) -> bytes:
    """Return the file with a segment for each lesion of a series, in a series of this number."""
    lesions = slices.volume.lesions
    masks = [slices.mask(each) for each in lesions]
    frames = [
        (segment, place)
        for segment, mask in enumerate(masks, 1)
        for place in range(len(mask))
        if mask[place].any()
    ]
    planes = numpy.stack([masks[segment - 1][place] for segment, place in frames])
    series = SeriesHead(slices.series.taken, number, "SEG", "Segmented lesions", slices.volume.body_part)
    dimensions = uid(series.series_uid, "dimensions")
    dataset = head(
        series,
        1,
        SegmentationStorage,
        ImageType=["DERIVED", "PRIMARY"],
        FrameOfReferenceUID=slices.frame_of_reference,
        PositionReferenceIndicator="",
        ContentLabel="LESIONS",
        ContentDescription="Lesions of the report",
        ContentCreatorName=READ_BY,
        SegmentationType="BINARY",
        SegmentsOverlap="NO",
        BurnedInAnnotation="NO",
        SegmentSequence=[_segment(slices.series.taken, place, each) for place, each in enumerate(lesions, 1)],
        ReferencedSeriesSequence=[
            item(
                SeriesInstanceUID=slices.series.series_uid,
                ReferencedInstanceSequence=references(slices.volume.sop_class_uid, slices.sop_uids),
            )
        ],
        DimensionOrganizationType="3D",
        DimensionOrganizationSequence=[item(DimensionOrganizationUID=dimensions)],
        DimensionIndexSequence=[
            _dimension(dimensions, _SEGMENT_NUMBER, _SEGMENT, "Segment"),
            _dimension(dimensions, _POSITION, _PLANE, "Position"),
        ],
        SharedFunctionalGroupsSequence=[_shared(slices)],
        PerFrameFunctionalGroupsSequence=[_frame(slices, *each) for each in frames],
        NumberOfFrames=len(frames),
    )
    return part10(_with_bits(dataset, planes))


def _segment(taken: Taken, number: int, lesion: Lesion) -> Dataset:
    kind = (
        code("21708004", "SCT", "Osteosarcoma")
        if lesion.material == "tumour"
        else code("27925004", "SCT", "Nodule")
    )
    return item(
        SegmentNumber=number,
        SegmentLabel=lesion.label,
        SegmentAlgorithmType="MANUAL",
        SegmentedPropertyCategoryCodeSequence=[code("49755003", "SCT", "Morphologically Abnormal Structure")],
        SegmentedPropertyTypeCodeSequence=[kind],
        TrackingID=lesion.name,
        TrackingUID=tracking_uid(taken, lesion),
        RecommendedDisplayCIELabValue=_COLOURS[(number - 1) % len(_COLOURS)],
    )


def _dimension(organization: str, pointer: int, group: int, label: str) -> Dataset:
    return item(
        DimensionOrganizationUID=organization,
        DimensionIndexPointer=pointer,
        FunctionalGroupPointer=group,
        DimensionDescriptionLabel=label,
    )


def _shared(slices: Slices) -> Dataset:
    grid = slices.volume.grid
    measures = item(
        SliceThickness=grid.gap,
        SpacingBetweenSlices=grid.gap,
        PixelSpacing=[grid.pixel, grid.pixel],
    )
    return item(
        PixelMeasuresSequence=[measures],
        PlaneOrientationSequence=[item(ImageOrientationPatient=grid.orientation)],
    )


def _frame(slices: Slices, segment: int, place: int) -> Dataset:
    """The functional groups of one frame: where it lies, of which segment, and of which slice it was made."""
    source = reference(
        slices.volume.sop_class_uid,
        slices.sop_uids[place],
        PurposeOfReferenceCodeSequence=[code("121322", "DCM", "Source image for image processing operation")],
    )
    derivation = item(
        DerivationCodeSequence=[code("113076", "DCM", "Segmentation")], SourceImageSequence=[source]
    )
    return item(
        FrameContentSequence=[item(DimensionIndexValues=[segment, place + 1])],
        PlanePositionSequence=[item(ImagePositionPatient=slices.volume.grid.position(place))],
        DerivationImageSequence=[derivation],
        SegmentIdentificationSequence=[item(ReferencedSegmentNumber=segment)],
    )


def _with_bits(dataset: Dataset, planes: NDArray[numpy.bool_]) -> Dataset:
    """Add the pixels, a bit each, the first in the lowest bit (PS3.5 8.1.1)."""
    packed = numpy.packbits(planes.ravel(), bitorder="little").tobytes()
    dataset.update(
        item(
            SamplesPerPixel=1,
            PhotometricInterpretation="MONOCHROME2",
            Rows=planes.shape[1],
            Columns=planes.shape[2],
            BitsAllocated=1,
            BitsStored=1,
            HighBit=0,
            PixelRepresentation=0,
            LossyImageCompression="00",
            PixelData=packed + b"\0" * (len(packed) % 2),
        )
    )
    dataset["PixelData"].VR = "OB"
    return dataset
