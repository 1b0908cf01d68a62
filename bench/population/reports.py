"""What is written of pictures: reports and documents, tied to their study in the ways that hospitals do."""

from datetime import timedelta

from bench.population.imaging_protocols import FINDINGS
from bench.population.laboratory_codes import LOINC, UCUM
from bench.population.people import Person, Resource
from bench.population.records import accession, concept, status
from bench.population.studies import Study

_DICOM_UID = "urn:dicom:uid"
_DCM = "http://dicom.nema.org/resources/ontology/DCM"
_RADIOLOGY = "v2-0074"


def documents(who: Person, taken: Study, study_id: str) -> list[Resource]:
    """The report, for most studies, a document for half of them, and the dose of a CT."""
    made = []
    if taken.told < 92:
        made.append(_report(who, taken, study_id))
    if taken.told % 2:
        made.append(_document(who, taken, study_id))
    if taken.protocol.modality == "CT":
        made.append(_dose(who, taken, study_id))
    return made


def _report(who: Person, taken: Study, study_id: str) -> Resource:
    findings, impression = FINDINGS[taken.told % len(FINDINGS)]
    written = f"<p>FINDINGS: {findings}</p><p>IMPRESSION: {impression}</p>"
    day = taken.day.isoformat()
    return {
        "resourceType": "DiagnosticReport",
        "id": who.id(11, taken.number),
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{written}</div>'},
        **_tied(taken, study_id),
        "status": "final" if taken.told % 20 else "preliminary",
        "category": [status(_RADIOLOGY, "RAD")],
        "code": concept(LOINC, taken.protocol.loinc, taken.protocol.title),
        "subject": who.subject,
        **({"effectiveDateTime": day} if taken.told % 25 else {}),
        "issued": f"{(taken.day + timedelta(days=1)).isoformat()}T09:00:00+09:00",
        "conclusion": impression,
    }


def _tied(taken: Study, study_id: str) -> Resource:
    """How a report names its study: outright, by its UID, by the order, by the number, or not at all."""
    way = taken.told % 10
    if way >= 4 or not (taken.order and taken.accession):
        return {"imagingStudy": [{"reference": f"ImagingStudy/{study_id}"}]}
    named: tuple[Resource, ...] = (
        {"imagingStudy": [{"identifier": {"system": _DICOM_UID, "value": f"urn:oid:{taken.uid}"}}]},
        {"basedOn": [{"reference": f"ServiceRequest/{taken.order}"}]},
        {"identifier": [accession(taken)]},
        {"identifier": [accession(taken)], "basedOn": [{"reference": f"ServiceRequest/{taken.order}"}]},
    )
    return named[way]


def _document(who: Person, taken: Study, study_id: str) -> Resource:
    return {
        "resourceType": "DocumentReference",
        "id": who.id(12, taken.number),
        "status": "current",
        "type": concept(LOINC, "18748-4", "Diagnostic imaging study"),
        "subject": who.subject,
        "date": f"{taken.day.isoformat()}T12:00:00+09:00",
        "content": [{"attachment": {"contentType": "application/pdf", "title": taken.protocol.title}}],
        "context": {"related": [{"reference": f"ImagingStudy/{study_id}"}]},
    }


def _dose(who: Person, taken: Study, study_id: str) -> Resource:
    return {
        "resourceType": "Observation",
        "id": who.id(13, taken.number),
        "status": "final",
        "category": [status("observation-category", "imaging")],
        "code": concept(_DCM, "113813", "CT Dose Length Product Total"),
        "subject": who.subject,
        "effectiveDateTime": taken.day.isoformat(),
        "valueQuantity": {"value": 120 + 9 * taken.told, "unit": "mGy.cm", "system": UCUM, "code": "mGy.cm"},
        "derivedFrom": [{"reference": f"ImagingStudy/{study_id}"}],
    }
