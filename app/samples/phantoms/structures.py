"""Structure sets of radiotherapy: contours of lesions on the axial slices of their series (PS3.3 A.19)."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, pi, sin, sqrt

from pydicom import Dataset
from pydicom.uid import RTStructureSetStorage

from app.samples.phantoms.datasets import READ_BY, TIME, SeriesHead, head, item, part10, reference, references
from app.samples.phantoms.lesions import Lesion
from app.samples.phantoms.shapes import Ellipsoid, Spot
from app.samples.phantoms.volumes import Slices

_STUDY_CLASS = "1.2.840.10008.3.1.2.3.1"  # Detached Study Management, as the standard has it here
_CORNERS = 40
_LEAST = 0.05  # of the lesion's height: thinner caps are not drawn
_MARGIN = 15.0  # millimetres from what is seen to what is treated


@dataclass(frozen=True, slots=True)
class _Region:
    name: str
    kind: str
    colour: tuple[int, int, int]
    solid: Ellipsoid


def written_structures(slices: Slices, number: int) -> bytes:
    """Return the file with the volumes of the first lesion of a series, in a series of this number."""
    taken = slices.series.taken
    series = SeriesHead(taken, number, "RTSTRUCT", "Planned volumes", slices.volume.body_part)
    regions = _regions(slices.volume.lesions[0])
    space = slices.frame_of_reference
    dataset = head(
        series,
        1,
        RTStructureSetStorage,
        OperatorsName=READ_BY,
        StructureSetLabel="Planned volumes",
        StructureSetName="Planned volumes",
        StructureSetDate=taken.day.strftime("%Y%m%d"),
        StructureSetTime=TIME,
        ApprovalStatus="UNAPPROVED",
        FrameOfReferenceUID=space,
        PositionReferenceIndicator="",
        ReferencedFrameOfReferenceSequence=[
            item(FrameOfReferenceUID=space, RTReferencedStudySequence=[_drawn_on(slices)])
        ],
        StructureSetROISequence=[
            item(
                ROINumber=place,
                ReferencedFrameOfReferenceUID=space,
                ROIName=each.name,
                ROIGenerationAlgorithm="MANUAL",
            )
            for place, each in enumerate(regions, 1)
        ],
        ROIContourSequence=[
            item(
                ReferencedROINumber=place,
                ROIDisplayColor=list(each.colour),
                ContourSequence=list(_contours(each.solid, slices)),
            )
            for place, each in enumerate(regions, 1)
        ],
        RTROIObservationsSequence=[
            item(
                ObservationNumber=place,
                ReferencedROINumber=place,
                RTROIInterpretedType=each.kind,
                ROIInterpreter=READ_BY,
            )
            for place, each in enumerate(regions, 1)
        ],
    )
    return part10(dataset)


def _regions(lesion: Lesion) -> tuple[_Region, ...]:
    grown = Ellipsoid(lesion.centre, Spot(*(each + _MARGIN for each in lesion.radii)))
    return (
        _Region("GTV", "GTV", (220, 60, 60), lesion.solid),
        _Region("CTV", "CTV", (240, 180, 60), grown),
    )


def _drawn_on(slices: Slices) -> Dataset:
    images = references(slices.volume.sop_class_uid, slices.sop_uids)
    series = item(SeriesInstanceUID=slices.series.series_uid, ContourImageSequence=images)
    return reference(_STUDY_CLASS, slices.series.taken.study_uid, RTReferencedSeriesSequence=[series])


def _contours(solid: Ellipsoid, slices: Slices) -> Iterator[Dataset]:
    """The outline of an ellipsoid on each slice that cuts it."""
    grid = slices.volume.grid
    for place, sop_uid in enumerate(slices.sop_uids):
        z = grid.height(place)
        left = 1 - ((z - solid.centre.z) / solid.radii.z) ** 2
        if left > _LEAST:
            yield item(
                ContourImageSequence=[reference(slices.volume.sop_class_uid, sop_uid)],
                ContourGeometricType="CLOSED_PLANAR",
                NumberOfContourPoints=_CORNERS,
                ContourData=_outline(solid, sqrt(left), z),
            )


def _outline(solid: Ellipsoid, share: float, z: float) -> list[str]:
    """The corners of a cross-section as decimal strings, x, y and z in turn."""
    said: list[str] = []
    for step in range(_CORNERS):
        turn = 2 * pi * step / _CORNERS
        x = solid.centre.x + solid.radii.x * share * cos(turn)
        y = solid.centre.y + solid.radii.y * share * sin(turn)
        said.extend(f"{each:.2f}" for each in (x, y, z))
    return said
