"""The pictures of a study as DICOM files (PS3.10): all that a machine would say, beside their pixels."""

from collections.abc import Iterator
from typing import Any

from bench.population.part10 import Elements, part10
from bench.population.people import Person
from bench.population.studies import Series, Study

_SIDE = 16  # rows and columns
_SEXES = {"male": "M", "female": "F"}


def files(who: Person, study: Study) -> Iterator[bytes]:
    """The files of a study, series after series, each in the order of its pictures."""
    for series in study.series:
        for number in range(1, series.pictures + 1):
            yield picture(who, study, series, number)


def picture(who: Person, study: Study, series: Series, number: int) -> bytes:
    """One picture as a file."""
    return part10(
        {
            **_of_person(who),
            **_of_study(study),
            **_of_series(study, series),
            "SOPClassUID": study.protocol.sop_class,
            "SOPInstanceUID": sop_uid(who, study, series, number),
            "InstanceNumber": number,
            "PixelData": bytes(2 * _SIDE * _SIDE),
        }
    )


def sop_uid(who: Person, study: Study, series: Series, number: int) -> str:
    """The SOP Instance UID of a picture; all have one length."""
    return who.uid(study.number, series.number, number)


def _of_person(who: Person) -> dict[str, Any]:
    names = [f"{who.family}^{who.given}", "^".join(who.hangul) if who.hangul[0] else ""]
    return {
        "SpecificCharacterSet": "ISO_IR 192",
        "PatientName": "=".join(filter(None, names)),
        "PatientID": who.mrn,
        "PatientBirthDate": who.birth.replace("-", "") if len(who.birth) == len("YYYY-MM-DD") else "",
        "PatientSex": _SEXES.get(who.sex, ""),
    }


def _of_study(study: Study) -> dict[str, Any]:
    protocol, day = study.protocol, f"{study.day:%Y%m%d}"
    return {
        "StudyInstanceUID": study.uid,
        "StudyID": str(study.number),
        "StudyDate": day,
        "StudyTime": study.time,
        "SeriesDate": day,
        "ContentDate": day,
        "AccessionNumber": study.accession,
        "StudyDescription": protocol.title,
        "ReferringPhysicianName": "Doctor^Referring",
        "InstitutionName": "General Hospital",
        "ProcedureCodeSequence": [_code(protocol.loinc, "LN", protocol.title)],
        "AnatomicRegionSequence": [_code(protocol.site[0], "SCT", protocol.site[1])],
        "BodyPartExamined": protocol.body_part,
        "Modality": protocol.modality,
        "ProtocolName": protocol.title,
        "Manufacturer": study.machine.manufacturer,
        "ManufacturerModelName": study.machine.model,
        "StationName": study.machine.station,
        **study.machine.says,
    }


def _of_series(study: Study, series: Series) -> dict[str, Any]:
    return {
        "SeriesInstanceUID": series.uid,
        "SeriesNumber": series.number,
        "SeriesDescription": series.plan.description,
        "PerformedProcedureStepStartDate": f"{study.day:%Y%m%d}",
        "PerformedProcedureStepStartTime": study.time,
        **series.plan.says,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": _SIDE,
        "Columns": _SIDE,
        "PixelRepresentation": 0,
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
    }


def _code(value: str, scheme: str, meaning: str) -> Elements:
    return {"CodeValue": value, "CodingSchemeDesignator": scheme, "CodeMeaning": meaning}
