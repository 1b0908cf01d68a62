"""The sample question, and what its answer over the authored patients must be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.samples.case import Case, Study, Verdict, Via
from app.samples.cases import CASES
from app.samples.codes import ICD_O, SNOMED, JsonObject
from app.samples.naming import patient_of, study_uid
from app.samples.sets import PICTURES


@dataclass(frozen=True, slots=True)
class ReportLink:
    """A report and the CT study that it is of."""

    report: str
    study_uid: str
    via: Via


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be answered of one patient; the rows are those of a patient who matches, else none.

    `medications`, `documents` and the reports of `links` are references, `ct_studies` Study Instance UIDs.
    """

    patient: str
    verdict: Verdict
    reason: str
    medications: tuple[str, ...] = ()
    ct_studies: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    links: tuple[ReportLink, ...] = ()


def question(as_of: date) -> JsonObject:
    """Medications, CT scan documents and radiology reports of every patient over 45 who was diagnosed with
    osteosarcoma within the last two years, as the body of `POST /cohorts/query`."""
    osteosarcoma = ((SNOMED, "307576001"), (SNOMED, "21708004"), (ICD_O, "9180/3"))
    return {
        "version": "1",
        "asOf": as_of.isoformat(),
        "conceptSets": {
            "dx": {
                "include": [
                    {"system": system, "code": code, "descendants": True} for system, code in osteosarcoma
                ],
                "display": {"en": "Osteosarcoma", "ko": "골육종"},
            }
        },
        "events": {
            "dx": {
                "kind": "condition",
                "codes": {"set": "dx"},
                "verification": ["confirmed", "provisional"],
                "date": "recordedDate|onset",
                "period": {"within": "P2Y", "before": "asOf"},
            },
            "ct": {"kind": "imaging", "modality": ["CT"]},
        },
        "population": {
            "all": [
                {"age": {"op": "gt", "value": 45, "unit": "a", "at": "asOf"}},
                {"exists": "dx"},
                {"exists": "ct"},
            ]
        },
        "output": {
            "grain": "patient",
            "rows": [
                {"resource": "MedicationRequest", "as": "rx"},
                {"resource": "ImagingStudy", "event": "ct", "as": "ct"},
                {"resource": "DocumentReference", "linkedTo": "ct", "as": "doc"},
                {"resource": "DiagnosticReport", "linkedTo": "ct", "as": "rep"},
            ],
            "links": [{"from": "rep", "to": "ct", "via": "imagingStudy|basedOn|accession"}],
            "count": True,
        },
    }


def expected(seed: int) -> tuple[Expected, ...]:
    """The answer to `question`, patient by patient, in the order in which the sample data is loaded."""
    return tuple(_expected(case, seed) for case in CASES)


def _expected(case: Case, seed: int) -> Expected:
    if case.verdict is not Verdict.MATCHED:
        return Expected(patient_of(case), case.verdict, case.reason)
    scans = dict(_scans(case))
    return Expected(
        patient=patient_of(case),
        verdict=case.verdict,
        reason=case.reason,
        medications=tuple(
            f"MedicationRequest/{case.key}-prescription-{number}"
            for number in range(1, len(case.prescriptions) + 1)
        ),
        ct_studies=tuple(study_uid(seed, case.key, place) for place in scans),
        documents=tuple(
            f"DocumentReference/{case.key}-document-{place}"
            for place, study in scans.items()
            if study.document
        ),
        links=tuple(
            ReportLink(
                report=f"DiagnosticReport/{case.key}-report-{filed.number}",
                study_uid=study_uid(seed, case.key, filed.place),
                via=filed.report.via,
            )
            for filed in case.reports()
            if filed.place in scans
        ),
    )


def _scans(case: Case) -> Iterator[tuple[int, Study]]:
    """The CT studies of a case under their numbers."""
    for place, study in enumerate(case.studies, 1):
        if PICTURES[study.pictures].modality == "CT":
            yield place, study
