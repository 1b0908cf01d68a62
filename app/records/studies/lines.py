"""A study and a series in a line each, of what the graph keeps of their attributes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.imaging.search import ImagingMatch
from app.records.people import names_of_dicom
from graph.keys import resource_of

_WITHOUT_PICTURES = frozenset({"SR", "PR", "KO", "AU", "RTPLAN", "RTRECORD", "REG", "FID", "ECG"})
"""Modalities of series that have words or lines, and no picture of their own to show."""


@dataclass(frozen=True, slots=True)
class StudyLine:
    """A study: empty is what its files do not say; `patient_id` is that of its Patient, where it has one."""

    uid: str
    study_id: str
    patient_id: str
    patient_names: tuple[str, ...]
    patient_number: str
    birth_date: str
    date: str
    time: str
    description: str
    modalities: tuple[str, ...]
    accession: str
    series: int
    instances: int

    @property
    def reference(self) -> str:
        """The reference to its ImagingStudy."""
        return f"ImagingStudy/{self.study_id}"


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """A series of a study."""

    uid: str
    number: str
    modality: str
    description: str
    body_part: str
    instances: int

    @property
    def is_pictured(self) -> bool:
        """Whether it has pictures that can be drawn."""
        return self.modality not in _WITHOUT_PICTURES


def study_line(match: ImagingMatch) -> StudyLine:
    """The line of a study of a match."""
    study = match.study
    patients = (resource_of(key).partition("/")[2] for key in study["compartment"])
    return StudyLine(
        uid=_text(study, "StudyInstanceUID"),
        study_id=resource_of(study["key"]).partition("/")[2],
        patient_id=next(patients, ""),
        patient_names=names_of_dicom(study.get("PatientName")),
        patient_number=_text(study, "PatientID"),
        birth_date=_text(study, "PatientBirthDate"),
        date=_text(study, "StudyDate"),
        time=_text(study, "StudyTime"),
        description=_text(study, "StudyDescription"),
        modalities=tuple(filter(None, _listed(study.get("ModalitiesInStudy")))),
        accession=_text(study, "AccessionNumber"),
        series=int(study.get("NumberOfStudyRelatedSeries") or 0),
        instances=int(study.get("NumberOfStudyRelatedInstances") or 0),
    )


def series_line(match: ImagingMatch) -> SeriesLine:
    """The line of a series of a match."""
    series = match.series or {}
    return SeriesLine(
        uid=_text(series, "SeriesInstanceUID"),
        number=_text(series, "SeriesNumber"),
        modality=_text(series, "Modality"),
        description=_text(series, "SeriesDescription"),
        body_part=_text(series, "BodyPartExamined"),
        instances=int(series.get("NumberOfSeriesRelatedInstances") or 0),
    )


def _text(row: Mapping[str, Any], keyword: str) -> str:
    found = _listed(row.get(keyword))
    return found[0] if found else ""


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
