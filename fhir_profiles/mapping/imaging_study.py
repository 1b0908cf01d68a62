"""The ImagingStudy of a DICOM study (PS3.3 C.7.2 and C.7.3 to FHIR R4 imagingstudy.html).

Rendered at each read, so plain dicts are built; that they are valid is held by tests through fhir.resources.
Series and instances stand by their numbers, those of one number as they are given.
"""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any, TypeAlias

import orjson

from fhir_profiles.mapping.dicom_values import DCM, code, moment, text, uid, unsigned, values
from fhir_profiles.mapping.person_names import display
from fhir_profiles.mapping.study_overlay import laid_over, overlay_of, owned_differences
from fhir_profiles.mapping.study_particulars import (
    ACCESSION,
    EQUIPMENT,
    device_of,
    series_elements,
    study_elements,
)

__all__ = ["imaging_study", "overlay_of", "owned_differences"]

UID_SYSTEM = "urn:dicom:uid"
_OID = "urn:ietf:rfc:3986"
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
    equipment = _Equipment()
    shown = [found for each in series if (found := _series(each, study, zone, equipment))]
    shown.sort(key=_place)
    modalities = [each["modality"]["code"] for each in shown] or [*values(study.get("ModalitiesInStudy"))]
    elements = {
        "resourceType": "ImagingStudy",
        "id": id,
        "contained": equipment.devices(),
        "identifier": [*_identifiers(study)],
        "status": "available",
        "modality": [_modality(each) for each in dict.fromkeys(modalities) if code(each)],
        "subject": {"reference": patient_reference},
        "started": _started(study, "Study", study, zone),
        "referrer": _named(study.get("ReferringPhysicianName")),
        **study_elements(study),
        "endpoint": [{"reference": endpoint_reference}],
        "numberOfSeries": len(shown) or unsigned(study.get("NumberOfStudyRelatedSeries")),
        "numberOfInstances": sum(each.get("numberOfInstances", 0) for each in shown)
        or unsigned(study.get("NumberOfStudyRelatedInstances")),
        "description": text(study.get("StudyDescription")),
        "series": shown,
    }
    return laid_over(_filled(elements), overlay or {})


class _Equipment:
    """The Devices of a study, each once, with ids that the order of its series does not change."""

    def __init__(self) -> None:
        self._by_text: dict[bytes, dict[str, Any]] = {}

    def named(self, series: DicomFacts) -> str | None:
        """The id of the Device of a series; None where nothing is said of it."""
        device = device_of(series)
        if device is None:
            return None
        told = orjson.dumps(device, option=orjson.OPT_SORT_KEYS)
        serial = f"{zlib.crc32(told):08x}"
        self._by_text[told] = {"resourceType": "Device", "id": f"{EQUIPMENT}{serial}", **device}
        return f"{EQUIPMENT}{serial}"

    def devices(self) -> list[dict[str, Any]]:
        """All of them."""
        return sorted(self._by_text.values(), key=lambda device: str(device["id"]))


def _filled(elements: Mapping[str, Any]) -> dict[str, Any]:
    """The elements that say something; 0 does."""
    return {name: value for name, value in elements.items() if value or value == 0}


def _place(shown: Mapping[str, Any]) -> tuple[bool, int]:
    """Where a series or an instance stands: by its number, those without one last."""
    number = shown.get("number")
    return number is None, number or 0


def _identifiers(study: DicomFacts) -> Iterator[dict[str, Any]]:
    if found := uid(study.get("StudyInstanceUID")):
        yield {"system": UID_SYSTEM, "value": f"urn:oid:{found}"}
    if accession := text(study.get("AccessionNumber")):
        yield {"type": ACCESSION, "value": accession}


def _modality(value: object) -> dict[str, str]:
    return {"system": DCM, "code": code(value) or _OTHER}


def _named(name: object) -> dict[str, str] | None:
    found = display(name)
    return {"display": found} if found else None


def _started(facts: DicomFacts, level: str, study: DicomFacts, zone: tzinfo | None) -> str | None:
    offset = facts.get("TimezoneOffsetFromUTC") or study.get("TimezoneOffsetFromUTC")
    return moment(facts.get(f"{level}Date"), facts.get(f"{level}Time"), offset, zone)


def _series(
    facts: DicomFacts, study: DicomFacts, zone: tzinfo | None, equipment: _Equipment
) -> dict[str, Any] | None:
    found = uid(facts.get("SeriesInstanceUID"))
    if found is None:
        return None
    instances = [each for instance in facts.get("instances", ()) if (each := _instance(instance))]
    instances.sort(key=_place)
    elements = {
        "uid": found,
        "number": unsigned(facts.get("SeriesNumber")),
        "modality": _modality(facts.get("Modality")),
        "description": text(facts.get("SeriesDescription")),
        "numberOfInstances": len(instances)
        if "instances" in facts
        else unsigned(facts.get("NumberOfSeriesRelatedInstances")),
        **series_elements(facts, equipment.named(facts)),
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
    if title := text(facts.get("title")):
        instance["title"] = title
    return instance
