"""The smallest valid resource of each R4 type, about whom one says: made from the definitions."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from fhir_profiles.definitions.registry import compartment_parameters, search_parameter, search_parameters
from fhir_profiles.validation.structure import PRIMITIVES, ElementDefinition, elements, value_set
from tests.factories.fhir import Resource, reference

PATIENT = "Patient"
_DOMAIN = "extension"  # what every resource has but Binary, Bundle and Parameters
_PRIMITIVES: Mapping[str, Any] = {
    "base64Binary": "AAAA",
    "boolean": True,
    "date": "2026-01-02",
    "dateTime": "2026-01-02",
    "decimal": 1,
    "instant": "2026-01-02T09:00:00Z",
    "integer": 1,
    "oid": "urn:oid:1.2",
    "positiveInt": 1,
    "time": "09:00:00",
    "unsignedInt": 1,
    "uuid": "urn:uuid:3b9f2a52-4d3c-4f5e-8a51-0c5f0e6f7a11",
    "xhtml": '<div xmlns="http://www.w3.org/1999/xhtml">x</div>',
}
_SOFTWARE: Resource = {"software": {"name": "x"}}
_INVARIANTS: Mapping[str, Resource] = {
    "AllergyIntolerance": {
        "clinicalStatus": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
                    "code": "active",
                }
            ]
        }
    },
    "Appointment": {"status": "proposed", "participant": [{"status": "accepted", "type": [{"text": "x"}]}]},
    "AppointmentResponse": {"participantType": [{"text": "x"}]},
    "CapabilityStatement": {**_SOFTWARE, "rest": [{"mode": "server"}]},
    "Consent": {"policyRule": {"text": "x"}},
    "EventDefinition": {"trigger": [{"type": "named-event", "name": "x"}]},
    "ImmunizationRecommendation": {
        "recommendation": [{"forecastStatus": {"text": "x"}, "targetDisease": {"text": "x"}}]
    },
    "InsurancePlan": {"name": "x"},
    "Linkage": {"item": [{"type": kind, "resource": {"display": "x"}} for kind in ("source", "alternate")]},
    "Organization": {"name": "x"},
    "StructureDefinition": {"differential": {"element": [{"id": "x", "path": "x"}]}},
    "TerminologyCapabilities": _SOFTWARE,
}
"""What a type must have by its invariants, beside what its elements demand one by one."""

_WORDS: Mapping[str, Resource] = {"CodeableConcept": {"text": "x"}, "Reference": {"display": "x"}}


def minimal(resource_type: str, about: str = "", **elements: Any) -> Resource:
    """A resource of the type, with what it must have; `about` names a Patient or an ImagingStudy.

    A Patient is named where R4's compartment looks for one, or at an element that may hold one; a study in an
    extension. A Patient itself is about nobody but itself.
    """
    demanded = deepcopy(_INVARIANTS.get(resource_type, {}))
    resource: Resource = {"resourceType": resource_type, **_required(resource_type), **demanded}
    if about and resource_type != PATIENT:
        _name(resource, resource_type, about)
    return resource | elements


def naming(about: str) -> Resource:
    """An extension that names a resource."""
    return {"url": "https://e.example/about", "valueReference": reference(about)}


def _name(resource: Resource, resource_type: str, about: str) -> None:
    way = _way(resource_type) if about.startswith(f"{PATIENT}/") else None
    if way:
        _put(resource, resource_type, way.split("."), about)
    elif _DOMAIN in elements(resource_type):
        resource[_DOMAIN] = [naming(about)]
    else:
        resource["_language"] = {_DOMAIN: [naming(about)]}


def _way(resource_type: str) -> str | None:
    """The path of an element that may name a patient; None where no search parameter knows one."""
    names = compartment_parameters(resource_type) or [
        each.name for each in search_parameters(resource_type).values() if PATIENT in each.targets
    ]
    found = search_parameter(resource_type, names[0]) if names else None
    return found.paths[0] if found else None


def _put(value: Resource, kind: str, way: list[str], about: str) -> None:
    element = elements(kind)[way[0]]
    last = len(way) == 1
    key, inner = next(
        (key, inner)
        for key, inner in element.properties()
        if (inner == "Reference" if last else inner not in PRIMITIVES)
    )
    made: Resource = reference(about) if last else _required(inner)
    if not last:
        _put(made, inner, way[1:], about)
    value[key] = [made] if element.many else made


def _required(kind: str) -> Resource:
    return dict(_property(each) for each in elements(kind).values() if each.required)


def _property(element: ElementDefinition) -> tuple[str, Any]:
    key, kind = element.properties()[0]
    value = _value(element, kind)
    return key, [value] if element.many else value


def _value(element: ElementDefinition, kind: str) -> Any:
    if kind in PRIMITIVES:
        return _code(element)[1] if element.value_set else _PRIMITIVES.get(kind, "x")
    if element.value_set:
        coding = dict(zip(("system", "code"), _code(element), strict=True))
        return coding if kind == "Coding" else {"coding": [coding]}
    return _WORDS.get(kind) or _required(kind) or _anything(kind)


def _code(element: ElementDefinition) -> tuple[str, str]:
    """A code that the element may have, and its system."""
    system, codes = min(value_set(str(element.value_set)).items())
    return system, min(codes)


def _anything(kind: str) -> Resource:
    """An object of a type that demands nothing, but that it is not empty."""
    own = (each for name, each in elements(kind).items() if name not in ("id", _DOMAIN, "modifierExtension"))
    return dict([_property(next(own))])
