"""An authored case as FHIR resources that refer to its pictures: reports and documents.

The server makes the id of an ImagingStudy when the pictures arrive, so these refer to it by its UID, with
conditional references (FHIR R4 http.html#trules), and are posted last.
"""

from base64 import b64encode
from collections.abc import Iterator
from datetime import date, timedelta

from app.samples.case import Case, Filed, Study, Via
from app.samples.codes import LOINC, JsonObject, accession_identifier, concept, study_reference
from app.samples.department import READING, READING_FROM_AFAR
from app.samples.naming import accession_of, patient_of, study_uid
from app.samples.prose import written_out
from app.samples.sets import PICTURES

_RADIOLOGY = ("http://terminology.hl7.org/CodeSystem/v2-0074", "RAD")
_REPORT = ((LOINC, "18748-4"), "Diagnostic imaging study")

_PROCESSED = "A reader's summary of the {modality} study of {day}."


def findings(case: Case, as_of: date, seed: int) -> Iterator[JsonObject]:
    """Every report and document of a case."""
    for filed in case.reports():
        yield diagnostic_report(case, filed, as_of, seed)
    for place, study in enumerate(case.studies, 1):
        if study.document:
            yield document_reference(case, place, study, as_of, seed)
    if case.borrows_accession_of:
        yield misfiled_report(case, case.borrows_accession_of, as_of)


def diagnostic_report(case: Case, filed: Filed, as_of: date, seed: int) -> JsonObject:
    """One report; what ties it to its study is one link alone, the kind that the case names."""
    links: dict[Via, JsonObject] = {
        Via.REFERENCE: {"imagingStudy": [study_reference(study_uid(seed, case.key, filed.place))]},
        Via.ORDER: {"basedOn": [{"reference": f"ServiceRequest/{case.key}-order-{filed.place}"}]},
        Via.ACCESSION: {"identifier": [accession_identifier(accession_of(case.key, filed.place))]},
    }
    day = filed.study.ago.before(as_of)
    issued = (day + timedelta(days=filed.report.days_later)).isoformat()
    interpreter = READING_FROM_AFAR if filed.report.from_afar else READING
    return {
        **_report(case, f"{case.key}-report-{filed.number}", day),
        **links[filed.report.via],
        "status": filed.report.status,
        "issued": f"{issued}T{filed.report.issued}:00Z",
        "resultsInterpreter": [{"reference": interpreter}],
        **written_out(filed.report.findings, filed.report.impression, title=_title(filed.study)),
    }


def _title(study: Study) -> str:
    return PICTURES[study.pictures].description


def misfiled_report(case: Case, other: str, as_of: date) -> JsonObject:
    """A report under another patient's accession number, which no answer may tie to that patient's study."""
    return {
        **_report(case, f"{case.key}-misfiled-1", case.studies[0].ago.before(as_of)),
        "identifier": [accession_identifier(accession_of(other, 1))],
        "status": "final",
        "conclusion": "Filed under an accession number of somebody else.",
    }


def document_reference(case: Case, place: int, study: Study, as_of: date, seed: int) -> JsonObject:
    """A document about one study."""
    day = study.ago.before(as_of).isoformat()
    text = _PROCESSED.format(modality=PICTURES[study.pictures].modality, day=day)
    return {
        "resourceType": "DocumentReference",
        "id": f"{case.key}-document-{place}",
        "status": "current",
        "docStatus": "final",
        "type": concept(*_REPORT),
        "subject": {"reference": patient_of(case)},
        "date": f"{day}T16:00:00Z",
        "author": [{"reference": READING}],
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "data": b64encode(text.encode()).decode("ascii"),
                    "title": f"{PICTURES[study.pictures].modality} {day}",
                }
            }
        ],
        "context": {"related": [study_reference(study_uid(seed, case.key, place))]},
    }


def _report(case: Case, report_id: str, day: date) -> JsonObject:
    return {
        "resourceType": "DiagnosticReport",
        "id": report_id,
        "category": [concept(_RADIOLOGY, "Radiology")],
        "code": concept(*_REPORT),
        "subject": {"reference": patient_of(case)},
        "effectiveDateTime": f"{day.isoformat()}T14:00:00Z",
        "issued": f"{day.isoformat()}T15:30:00Z",
        "resultsInterpreter": [{"reference": READING}],
    }
