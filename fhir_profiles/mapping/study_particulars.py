"""What files say of a study beside its searched attributes: orders, procedures, reasons, people, equipment.

The particulars of a level are JSON by DICOM keyword, each a list of values (`graph/studies/particulars.py`).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import orjson

from fhir_profiles.mapping.body_parts import BODY_PARTS, LATERALITIES, coding
from fhir_profiles.mapping.coded_concepts import coding_of, concepts_of
from fhir_profiles.mapping.dicom_values import first, text
from fhir_profiles.mapping.person_names import display

Particulars: TypeAlias = Mapping[str, Sequence[Any]]

ACCESSION = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "ACSN"}]}
"""The type of an identifier that is an accession number."""
EQUIPMENT = "equipment-"
"""What the ids of contained Devices begin with."""
_PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
# Of whom the value set of series-performer-function has a word, and equipment, of which the system has one.
_PEOPLE = (("PerformingPhysicianName", "PRF", "Performing physician"), ("OperatorsName", "SPRF", "Operator"))
_DEVICE_NAMES = (("ManufacturerModelName", "model-name"), ("StationName", "user-friendly-name"))


def particulars_of(facts: Mapping[str, Any]) -> Particulars:
    """The particulars among the facts of a level."""
    found: Particulars = orjson.loads(facts.get("particulars") or b"{}")
    return found


def study_elements(study: Mapping[str, Any]) -> dict[str, Any]:
    """The elements of an ImagingStudy that say why and for whom the study was made."""
    said = particulars_of(study)
    procedures = [*said.get("ProcedureCodeSequence", ()), *said.get("RequestedProcedureCodeSequence", ())]
    reasons = concepts_of(said.get("ReasonForRequestedProcedureCodeSequence", ()))
    told = map(text, said.get("ReasonForTheRequestedProcedure", ()))
    reasons += [{"text": each} for each in told if each]
    return {
        "basedOn": _based_on(study),
        "interpreter": _people(said.get("NameOfPhysiciansReadingStudy", ())),
        "procedureCode": concepts_of(procedures),
        "reasonCode": reasons,
    }


def _based_on(study: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The order by its number, and by a reference where one ServiceRequest of the patient carries it."""
    accession = text(study.get("AccessionNumber"))
    if accession is None:
        return []
    known = {"reference": study["order"]} if study.get("order") else {}
    return [
        {**known, "type": "ServiceRequest", "identifier": {"type": ACCESSION, "value": accession}},
    ]


def is_by_accession(reference: object) -> bool:
    """Whether a reference to an order is one that the accession number of the pictures makes."""
    return isinstance(reference, dict) and reference.get("identifier", {}).get("type") == ACCESSION


def series_elements(series: Mapping[str, Any], equipment: str | None) -> dict[str, Any]:
    """The elements of a series that say where on the body, of what and by whom it is.

    `equipment` is the id of its contained Device, None where it has none.
    """
    said = particulars_of(series)
    regions = (found for each in said.get("AnatomicRegionSequence", ()) if (found := coding_of(each)))
    sides = {first(each) for each in said.get("ImageLaterality", ())}
    side = text(first(series.get("Laterality"))) or (sides.pop() if len(sides) == 1 else None)
    return {
        "bodySite": next(regions, None) or coding(text(series.get("BodyPartExamined")), BODY_PARTS),
        "laterality": coding(side, LATERALITIES),
        "specimen": [*_specimens(said.get("SpecimenDescriptionSequence", ()))],
        "performer": [*_performers(said, equipment)],
    }


def _people(names: Iterable[object]) -> list[dict[str, str]]:
    return [{"display": found} for name in names if (found := display(name))]


def _performers(said: Particulars, equipment: str | None) -> Iterable[dict[str, Any]]:
    for keyword, function, spoken in _PEOPLE:
        for actor in _people(said.get(keyword, ())):
            yield {"function": _function(function, spoken), "actor": actor}
    if equipment:
        yield {"function": _function("DEV", "Equipment"), "actor": {"reference": f"#{equipment}"}}


def _function(code: str, spoken: str) -> dict[str, Any]:
    return {"coding": [{"system": _PARTICIPATION, "code": code}], "text": spoken}


def _specimens(described: Iterable[Sequence[str]]) -> Iterable[dict[str, Any]]:
    for each in described:
        identifier, uid, description = map(text, each)
        by_uid = {"system": "urn:ietf:rfc:3986", "value": f"urn:oid:{uid}"}
        named = {"value": identifier} if identifier else by_uid
        reference: dict[str, Any] = {"type": "Specimen"}
        if identifier or uid:
            reference["identifier"] = named
        if description:
            reference["display"] = description
        yield reference


def device_of(series: Mapping[str, Any]) -> dict[str, Any] | None:
    """The equipment that made a series as a Device without an id; None where nothing is said of it."""
    said = particulars_of(series)
    maker, serial, software = (
        text(next(iter(said.get(keyword, ())), None))
        for keyword in ("Manufacturer", "DeviceSerialNumber", "SoftwareVersions")
    )
    spoken = {"ManufacturerModelName": text(series.get("ManufacturerModelName"))}
    spoken["StationName"] = text(next(iter(said.get("StationName", ())), None))
    names = [{"name": spoken[keyword], "type": kind} for keyword, kind in _DEVICE_NAMES if spoken[keyword]]
    elements = {
        "manufacturer": maker,
        "serialNumber": serial,
        "deviceName": names,
        "version": [{"value": software}] if software else None,
    }
    found = {name: each for name, each in elements.items() if each}
    return {"resourceType": "Device", **found} if found else None
