"""Structured reports with the measurements of lesions (PS3.16 TID 1500), as a reader would sign them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydicom import Dataset
from pydicom.uid import ComprehensiveSRStorage

from app.samples.phantoms.datasets import (
    HOSPITAL,
    READ_BY,
    TIME,
    SeriesHead,
    code,
    head,
    item,
    part10,
    reference,
    references,
)
from app.samples.phantoms.lesions import Lesion
from app.samples.phantoms.shapes import Spot
from app.samples.phantoms.volumes import Slices, tracking_uid

_MILLIMETRE = ("mm", "UCUM", "millimeter")
_CUBIC = ("cm3", "UCUM", "cubic centimeter")
_LONG_AXIS = ("103339001", "SCT", "Long axis")
_VOLUME = ("118565006", "SCT", "Volume")
_CUBIC_CENTIMETRE = 1000.0  # cubic millimetres
_CORNER = 0.5  # the middle of a pixel, from its corner (PS3.3 C.18.6.1.2)


@dataclass(frozen=True, slots=True)
class ReportedFinding:
    """What a report says of a lesion beside its size, as codes: what it is, where, and the procedure."""

    finding: tuple[str, str, str]
    site: tuple[str, str, str]
    procedure: tuple[str, str, str]
    laterality: tuple[str, str, str] | None = None


def longest_axis(lesion: Lesion) -> tuple[Spot, Spot]:
    """Return the ends of the longest diameter."""
    along = lesion.radii.index(max(lesion.radii))
    ends = []
    for sign in (-1, 1):
        place = list(lesion.centre)
        place[along] += sign * lesion.radii[along]
        ends.append(Spot(*place))
    return ends[0], ends[1]


def cubic_centimetres(slices: Slices, lesion: Lesion) -> float:
    """Return the volume of a lesion as its segmentation has it, to a tenth."""
    voxel = slices.volume.grid.gap * slices.volume.grid.pixel**2
    return round(int(slices.mask(lesion).sum()) * voxel / _CUBIC_CENTIMETRE, 1)


def written_measurements(slices: Slices, said: ReportedFinding, number: int) -> bytes:
    """Return the file of the report on the lesions of a series, in a series of this number."""
    taken = slices.series.taken
    day = taken.day.strftime("%Y%m%d")
    series = SeriesHead(taken, number, "SR", "Measurements")
    evidence = item(
        SeriesInstanceUID=slices.series.series_uid,
        ReferencedSOPSequence=references(slices.volume.sop_class_uid, _measured_on(slices)),
    )
    verifier = item(
        VerifyingObserverName=READ_BY,
        VerifyingOrganization=HOSPITAL,
        VerificationDateTime=f"{day}{TIME}",
        VerifyingObserverIdentificationCodeSequence=[],
    )
    dataset = head(
        series,
        1,
        ComprehensiveSRStorage,
        ReferencedPerformedProcedureStepSequence=[],
        PerformedProcedureCodeSequence=[],
        CompletionFlag="COMPLETE",
        VerificationFlag="VERIFIED",
        VerifyingObserverSequence=[verifier],
        CurrentRequestedProcedureEvidenceSequence=[
            item(StudyInstanceUID=taken.study_uid, ReferencedSeriesSequence=[evidence])
        ],
        ValueType="CONTAINER",
        ContinuityOfContent="SEPARATE",
        ConceptNameCodeSequence=[code("126000", "DCM", "Imaging Measurement Report")],
        ContentTemplateSequence=[item(MappingResource="DCMR", TemplateIdentifier="1500")],
        ContentSequence=list(_content(slices, said)),
    )
    return part10(dataset)


def _measured_on(slices: Slices) -> list[str]:
    """The slices that the lesions were measured on, each once, in order."""
    return [
        slices.sop_uids[place] for place in sorted({_place(slices, each) for each in slices.volume.lesions})
    ]


def _place(slices: Slices, lesion: Lesion) -> int:
    return round(slices.volume.grid.index_of(lesion.centre)[0])


def _content(slices: Slices, said: ReportedFinding) -> Iterator[Dataset]:
    language = _coded(
        "HAS CONCEPT MOD",
        ("121049", "DCM", "Language of Content Item and Descendants"),
        ("en", "RFC5646", "English"),
    )
    yield language
    yield _coded("HAS OBS CONTEXT", ("121005", "DCM", "Observer Type"), ("121006", "DCM", "Person"))
    yield _content_item(
        "HAS OBS CONTEXT", "PNAME", ("121008", "DCM", "Person Observer Name"), PersonName=READ_BY
    )
    yield _coded("HAS CONCEPT MOD", ("121058", "DCM", "Procedure reported"), said.procedure)
    groups = [
        _container(
            ("125007", "DCM", "Measurement Group"),
            list(_group(slices, said, each)),
            TemplateIdentifier="1501",
        )
        for each in slices.volume.lesions
    ]
    yield _container(("126010", "DCM", "Imaging Measurements"), groups)


def _group(slices: Slices, said: ReportedFinding, lesion: Lesion) -> Iterator[Dataset]:
    """One lesion: which it is, what and where, and its size."""
    yield _content_item(
        "HAS OBS CONTEXT", "TEXT", ("112039", "DCM", "Tracking Identifier"), TextValue=lesion.label
    )
    tracked = tracking_uid(slices.series.taken, lesion)
    yield _content_item(
        "HAS OBS CONTEXT", "UIDREF", ("112040", "DCM", "Tracking Unique Identifier"), UID=tracked
    )
    yield _coded("CONTAINS", ("121071", "DCM", "Finding"), said.finding)
    site = _coded("HAS CONCEPT MOD", ("363698007", "SCT", "Finding Site"), said.site)
    if said.laterality:
        site.ContentSequence = [
            _coded("HAS CONCEPT MOD", ("272741003", "SCT", "Laterality"), said.laterality)
        ]
    yield site
    length = _measured(_LONG_AXIS, f"{lesion.diameter:g}", _MILLIMETRE)
    length.ContentSequence = [_line(slices, lesion)]
    yield length
    yield _measured(_VOLUME, f"{cubic_centimetres(slices, lesion):g}", _CUBIC)


def _line(slices: Slices, lesion: Lesion) -> Dataset:
    """The line that a length was measured along, on the slice through the middle of the lesion."""
    drawn: list[float] = []
    for end in longest_axis(lesion):
        _, row, column = slices.volume.grid.index_of(end)
        drawn.extend((round(column + _CORNER, 3), round(row + _CORNER, 3)))
    image = _content_item("SELECTED FROM", "IMAGE", None)
    image.ReferencedSOPSequence = [
        reference(slices.volume.sop_class_uid, slices.sop_uids[_place(slices, lesion)])
    ]
    return item(
        RelationshipType="INFERRED FROM",
        ValueType="SCOORD",
        ConceptNameCodeSequence=[code("121055", "DCM", "Path")],
        GraphicType="POLYLINE",
        GraphicData=drawn,
        ContentSequence=[image],
    )


def _content_item(relationship: str, kind: str, name: tuple[str, str, str] | None, **value: Any) -> Dataset:
    named = {"ConceptNameCodeSequence": [code(*name)]} if name else {}
    return item(RelationshipType=relationship, ValueType=kind, **named, **value)


def _coded(relationship: str, name: tuple[str, str, str], value: tuple[str, str, str]) -> Dataset:
    return _content_item(relationship, "CODE", name, ConceptCodeSequence=[code(*value)])


def _container(name: tuple[str, str, str], content: list[Dataset], **template: str) -> Dataset:
    told = {"ContentTemplateSequence": [item(MappingResource="DCMR", **template)]} if template else {}
    return _content_item(
        "CONTAINS", "CONTAINER", name, ContinuityOfContent="SEPARATE", **told, ContentSequence=content
    )


def _measured(name: tuple[str, str, str], value: str, unit: tuple[str, str, str]) -> Dataset:
    measured = item(NumericValue=value, MeasurementUnitsCodeSequence=[code(*unit)])
    return _content_item("CONTAINS", "NUM", name, MeasuredValueSequence=[measured])
