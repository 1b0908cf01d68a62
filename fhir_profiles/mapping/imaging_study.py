"""The ImagingStudy of a DICOM study (PS3.3 C.7.2 and C.7.3 to FHIR R4 imagingstudy.html).

Rendered at each read, so plain dicts are built; that they are valid is held by tests through fhir.resources.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any, TypeAlias

from fhir_profiles.mapping.body_parts import BODY_PARTS, LATERALITIES, coding
from fhir_profiles.mapping.dicom_values import DCM, code, first, moment, text, uid, unsigned, values
from fhir_profiles.mapping.person_names import display
from fhir_profiles.mapping.study_overlay import laid_over, overlay_of, owned_differences

__all__ = ["imaging_study", "overlay_of", "owned_differences"]

UID_SYSTEM = "urn:dicom:uid"
_OID = "urn:ietf:rfc:3986"
_ACCESSION = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}]}
_OTHER = "OT"

DicomFacts: TypeAlias = Mapping[str, Any]


def imaging_study(
    study: DicomFacts,
    series: Sequence[DicomFacts],
    *,
    id: str,
    patient_reference: str,
    endpoint_reference: str,
    overlay: Mapping[str, Any] | None = None,
    zone: tzinfo | None = None,
) -> dict[str, Any]:
    """The ImagingStudy of a study's facts, its series' and (in each, under `instances`) its instances'.

    `overlay` holds the users' elements (`overlay_of`). `zone` is where times without an offset were
    taken; without it they are left out of `started`, which then is a date. Series and instances whose UID is
    no UID are left out; an instance given without a SOP Instance UID stands for a SOP class.
    """
    shown = [found for each in series if (found := _series(each, study, zone))]
    modalities = [each["modality"]["code"] for each in shown] or [*values(study.get("ModalitiesInStudy"))]
    elements = {
        "resourceType": "ImagingStudy",
        "id": id,
        "identifier": [*_identifiers(study)],
        "status": "available",
        "modality": [_modality(each) for each in dict.fromkeys(modalities) if code(each)],
        "subject": {"reference": patient_reference},
        "started": _started(study, "Study", study, zone),
        "referrer": _named(study.get("ReferringPhysicianName")),
        "endpoint": [{"reference": endpoint_reference}],
        "numberOfSeries": len(shown) or unsigned(study.get("NumberOfStudyRelatedSeries")),
        "numberOfInstances": sum(each.get("numberOfInstances", 0) for each in shown)
        or unsigned(study.get("NumberOfStudyRelatedInstances")),
        "description": text(study.get("StudyDescription")),
        "series": shown,
    }
    return laid_over(_filled(elements), overlay or {})


def _filled(elements: Mapping[str, Any]) -> dict[str, Any]:
    """The elements that say something; 0 does."""
    return {name: value for name, value in elements.items() if value or value == 0}


def _identifiers(study: DicomFacts) -> Iterator[dict[str, Any]]:
    if found := uid(study.get("StudyInstanceUID")):
        yield {"system": UID_SYSTEM, "value": f"urn:oid:{found}"}
    if accession := text(study.get("AccessionNumber")):
        yield {"type": _ACCESSION, "value": accession}


def _modality(value: object) -> dict[str, str]:
    return {"system": DCM, "code": code(value) or _OTHER}


def _named(name: object) -> dict[str, str] | None:
    found = display(name)
    return {"display": found} if found else None


def _started(facts: DicomFacts, level: str, study: DicomFacts, zone: tzinfo | None) -> str | None:
    offset = facts.get("TimezoneOffsetFromUTC") or study.get("TimezoneOffsetFromUTC")
    return moment(facts.get(f"{level}Date"), facts.get(f"{level}Time"), offset, zone)


def _series(facts: DicomFacts, study: DicomFacts, zone: tzinfo | None) -> dict[str, Any] | None:
    found = uid(facts.get("SeriesInstanceUID"))
    if found is None:
        return None
    instances = [each for instance in facts.get("instances", ()) if (each := _instance(instance))]
    elements = {
        "uid": found,
        "number": unsigned(facts.get("SeriesNumber")),
        "modality": _modality(facts.get("Modality")),
        "description": text(facts.get("SeriesDescription")),
        "numberOfInstances": len(instances)
        if "instances" in facts
        else unsigned(facts.get("NumberOfSeriesRelatedInstances")),
        "bodySite": coding(text(facts.get("BodyPartExamined")), BODY_PARTS),
        "laterality": coding(text(first(facts.get("Laterality"))), LATERALITIES),
        "started": _started(facts, "Series", study, zone),
        "instance": instances,
    }
    return _filled(elements)


def _instance(facts: DicomFacts) -> dict[str, Any] | None:
    sop_class = uid(facts.get("SOPClassUID"))
    found = uid(facts.get("SOPInstanceUID"))
    if sop_class is None or (found is None and "SOPInstanceUID" in facts):
        return None
    instance: dict[str, Any] = {"uid": found} if found else {}
    instance["sopClass"] = {"system": _OID, "code": f"urn:oid:{sop_class}"}
    number = unsigned(facts.get("InstanceNumber"))
    if number is not None:
        instance["number"] = number
    return instance
