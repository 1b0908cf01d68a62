"""An audit entry as a FHIR AuditEvent (R4 auditevent.html), after IHE BALP's RESTful profiles.

From the properties that the graph keeps; what an outcome line has not brought yet is an unknown outcome.
"""

from collections.abc import Mapping
from typing import Any

from graph.clock import instant

_TYPE = {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest"}
_REQUEST_ID = {
    "system": "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType",
    "code": "XrequestId",
}
_PURPOSES = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_ENTITY_TYPES = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_OBJECT_ROLES = "http://terminology.hl7.org/CodeSystem/object-role"
_PERSON, _SYSTEM_OBJECT = "1", "2"  # of audit-entity-type
_PATIENT, _DOMAIN_RESOURCE = "1", "4"  # of object-role
_REFUSED, _FAILED = 400, 500


def audit_event(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The entry as a resource without an id of its own kind: `id` is the entry's."""
    return {
        "resourceType": "AuditEvent",
        "id": entry["id"],
        "type": _TYPE,
        "subtype": [{"display": entry["interaction"]}],
        "action": entry["action"],
        "recorded": instant(entry["at"]),
        **_outcome(entry.get("status")),
        "purposeOfEvent": [_purpose(entry["purpose"])],
        "agent": [_agent(entry)],
        "source": {"observer": {"display": "Hilum"}},
        "entity": list(_entities(entry)),
    }


def _outcome(status: int | None) -> dict[str, str]:
    if status is None:
        return {"outcomeDesc": "unknown: the gateway ended before it noted one"}
    code = "0" if status < _REFUSED else "4" if status < _FAILED else "8"
    return {"outcome": code, "outcomeDesc": str(status)}


def _purpose(purpose: str) -> dict[str, Any]:
    """Purposes of the policy are codes of v3-PurposeOfUse; `pseudonymous` and `-` are words of ours."""
    return {"coding": [{"system": _PURPOSES, "code": purpose}]} if purpose.isupper() else {"text": purpose}


def _agent(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Who asked; at the token endpoint, who says so."""
    return {
        "who": {"identifier": {"value": entry.get("client") or entry["subject"]}},
        "role": [{"text": entry["role"]}],
        "requestor": True,
        **({"network": {"address": entry["address"], "type": "2"}} if entry.get("address") else {}),
    }


def _entities(entry: Mapping[str, Any]) -> list[dict[str, Any]]:
    route = [
        {"type": "method", "valueString": entry["method"]},
        {"type": "route", "valueString": entry["route"]},
    ]
    path = [{"type": "path", "valueString": each} for each in entry.get("entities", ())]
    asked = [{"type": "parameter", "valueString": each} for each in entry.get("parameters", ())]
    query = [{"type": "query digest", "valueString": entry["query"]}] if entry.get("query") else []
    counted = [{"type": "counted", "valueString": str(entry["counted"])}] if "counted" in entry else []
    whom = map(_concerned, entry.get("concerning", ()))
    request = {"what": {"identifier": {"value": entry["requestId"]}}, "type": _REQUEST_ID}
    return [request, {"detail": [*route, *path, *asked, *query, *counted]}, *whom]


def _concerned(reference: str) -> dict[str, Any]:
    """Whose record was touched, a patient, a study or a resource, in the codes of BALP's profiles."""
    of_patient = reference.startswith("Patient/")
    kind, role = (_PERSON, _PATIENT) if of_patient else (_SYSTEM_OBJECT, _DOMAIN_RESOURCE)
    return {
        "what": {"reference": reference},
        "type": {"system": _ENTITY_TYPES, "code": kind},
        "role": {"system": _OBJECT_ROLES, "code": role},
    }
