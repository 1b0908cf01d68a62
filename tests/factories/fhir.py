"""FHIR R4 resources as plain dicts, each valid with its defaults and changed by keyword.

Extra keywords are elements: a value replaces the default, None leaves the element out:
`condition("Patient/1", code="307576001", onsetDateTime="2026-01-02")`.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Resource: TypeAlias = dict[str, Any]

MRN = "urn:hilum:mrn"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"
ACCESSION = "urn:hilum:accession"
DICOM_UID = "urn:dicom:uid"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def patient(mrn: str | None = "P1", **elements: Any) -> Resource:
    """A patient, born 1970-02-03, with a medical record number unless `mrn` is None."""
    return _resource(
        "Patient",
        elements,
        identifier=[{"system": MRN, "value": mrn}] if mrn is not None else None,
        name=[{"family": "Patient", "given": ["Test"]}],
        gender="female",
        birthDate="1970-02-03",
    )


def practitioner(**elements: Any) -> Resource:
    """A practitioner with a name."""
    return _resource("Practitioner", elements, name=[{"family": "Referrer", "given": ["One"]}])


def organization(name: str = "Clinic", **elements: Any) -> Resource:
    """An organization with a name."""
    return _resource("Organization", elements, name=name)


def encounter(subject: str, **elements: Any) -> Resource:
    """A finished ambulatory encounter."""
    return _resource(
        "Encounter",
        elements,
        status="finished",
        **{"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"}},
        subject=reference(subject),
        period={"start": "2026-01-02T09:00:00Z", "end": "2026-01-02T10:00:00Z"},
    )


def condition(
    subject: str,
    code: str = "307576001",
    *,
    system: str = SNOMED,
    verification: str | None = "confirmed",
    clinical: str | None = "active",
    **elements: Any,
) -> Resource:
    """A diagnosis (SNOMED CT 307576001 is osteosarcoma of bone), recorded on 2026-01-02."""
    return _resource(
        "Condition",
        elements,
        clinicalStatus=concept(clinical, CLINICAL) if clinical else None,
        verificationStatus=concept(verification, VERIFICATION) if verification else None,
        code=concept(code, system),
        subject=reference(subject),
        recordedDate="2026-01-02",
    )


def observation(
    subject: str,
    code: str = "718-7",
    value: float | None = 13.5,
    unit: str = "g/dL",
    *,
    system: str = LOINC,
    **elements: Any,
) -> Resource:
    """A laboratory value (LOINC 718-7 is haemoglobin)."""
    quantity = {"value": value, "unit": unit, "system": UCUM, "code": unit}
    return _resource(
        "Observation",
        elements,
        status="final",
        code=concept(code, system),
        subject=reference(subject),
        effectiveDateTime="2026-01-02T08:30:00Z",
        valueQuantity=quantity if value is not None else None,
    )


def blood_pressure(subject: str, systolic: float, diastolic: float, **elements: Any) -> Resource:
    """A blood pressure: one Observation with two components."""
    parts = (("8480-6", systolic), ("8462-4", diastolic))
    return _resource(
        "Observation",
        elements,
        status="final",
        code=concept("85354-9", LOINC),
        subject=reference(subject),
        effectiveDateTime="2026-01-02T08:30:00Z",
        component=[
            {"code": concept(code, LOINC), "valueQuantity": {"value": value, "unit": "mmHg"}}
            for code, value in parts
        ],
    )


def medication_request(subject: str, code: str = "6851", **elements: Any) -> Resource:
    """An order for a drug (RxNorm 6851 is methotrexate)."""
    return _resource(
        "MedicationRequest",
        elements,
        status="active",
        intent="order",
        medicationCodeableConcept=concept(code, RXNORM),
        subject=reference(subject),
        authoredOn="2026-01-03",
    )


def service_request(subject: str, accession: str | None = "A1", **elements: Any) -> Resource:
    """An order for a CT, with its accession number unless that is None."""
    return _resource(
        "ServiceRequest",
        elements,
        identifier=[accession_identifier(accession)] if accession is not None else None,
        status="active",
        intent="order",
        code=concept("77477000", SNOMED),
        subject=reference(subject),
        authoredOn="2026-01-02",
    )


def diagnostic_report(
    subject: str,
    *,
    study: str | None = None,
    order: str | None = None,
    accession: str | None = None,
    **elements: Any,
) -> Resource:
    """A radiology report, linked to its study by reference, by order, by accession number, or not at all."""
    return _resource(
        "DiagnosticReport",
        elements,
        identifier=[accession_identifier(accession)] if accession is not None else None,
        basedOn=[reference(order)] if order is not None else None,
        status="final",
        category=[concept("LP29684-5", LOINC)],
        code=concept("18748-4", LOINC),
        subject=reference(subject),
        effectiveDateTime="2026-01-02T11:00:00Z",
        imagingStudy=[reference(study)] if study is not None else None,
        conclusion="No metastasis.",
    )


def document_reference(subject: str, related: Iterable[str] = (), **elements: Any) -> Resource:
    """A document about the resources of `related`."""
    links = [reference(each) for each in related]
    return _resource(
        "DocumentReference",
        elements,
        status="current",
        subject=reference(subject),
        date="2026-01-02T12:00:00Z",
        content=[{"attachment": {"contentType": "text/plain", "data": "bm8gbWV0YXN0YXNpcw=="}}],
        context={"related": links} if links else None,
    )


def imaging_study(subject: str, study_uid: str = "1.2.3", modality: str = "CT", **elements: Any) -> Resource:
    """An imaging study that a FHIR client announces before its pictures arrive."""
    scheme = "http://dicom.nema.org/resources/ontology/DCM"
    return _resource(
        "ImagingStudy",
        elements,
        identifier=[{"system": DICOM_UID, "value": f"urn:oid:{study_uid}"}],
        status="available",
        modality=[{"system": scheme, "code": modality}],
        subject=reference(subject),
        started="2026-01-02T10:15:00Z",
    )


def bundle(*entries: Mapping[str, Any], kind: str = "transaction") -> Resource:
    """A Bundle of the entries of `entry`."""
    return {"resourceType": "Bundle", "type": kind, "entry": [dict(each) for each in entries]}


def entry(
    resource: Resource | None = None,
    method: str = "POST",
    url: str | None = None,
    full_url: str | None = None,
    **request: str,
) -> Resource:
    """One Bundle entry; `request` may give ifMatch, ifNoneExist and the like."""
    target = url if url is not None else (resource or {})["resourceType"]
    made: Resource = {"request": {"method": method, "url": target, **request}}
    return made | ({"resource": resource} if resource else {}) | ({"fullUrl": full_url} if full_url else {})


def concept(code: str, system: str, display: str | None = None) -> Resource:
    """A CodeableConcept of one coding."""
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]}


def reference(target: str) -> Resource:
    """A literal reference."""
    return {"reference": target}


def accession_identifier(accession: str) -> Resource:
    """An accession number as an Identifier (type ACSN)."""
    return {
        "type": concept("ACSN", "http://terminology.hl7.org/CodeSystem/v2-0203"),
        "system": ACCESSION,
        "value": accession,
    }


def encode(resource: Mapping[str, Any]) -> bytes:
    """The JSON text that a client would send."""
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()


def _resource(kind: str, elements: Mapping[str, Any], **defaults: Any) -> Resource:
    merged = {"resourceType": kind, **defaults, **elements}
    return {name: value for name, value in merged.items() if value is not None}
