"""An audit entry as a FHIR AuditEvent (R4 auditevent.html), after the patterns of IHE BALP.

From the properties that the graph keeps; what an outcome line has not brought yet is an unknown outcome. The
guide has the raw query told. An auditor reads the audit and no record, so here the query names its
parameters, and a keyed digest stands for their values: it tells equal questions, and nobody's name.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from app.audit.entries import ID, named_in_path, path_of
from app.audit.patterns import (
    APPLICATION,
    BALP,
    DISCLOSE,
    DISCLOSURE,
    EXPORT,
    OWN_PROFILE,
    TOKEN_PROFILE,
    EventCode,
    EventKind,
    kind_of,
)
from graph.clock import instant

_REQUEST_ID: EventCode = (f"{BALP}/CodeSystem/BasicAuditEntityType", "XrequestId")
_PURPOSES = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_ENTITY_TYPES = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
_RESOURCE_TYPES = "http://hl7.org/fhir/resource-types"
_OBJECT_ROLES = "http://terminology.hl7.org/CodeSystem/object-role"
_SOURCE_TYPE: EventCode = ("http://terminology.hl7.org/CodeSystem/security-source-type", "4")
_ROLES = "urn:hilum:role"
_PERSON, _SYSTEM_OBJECT = "1", "2"  # of audit-entity-type
_PATIENT, _DOMAIN_RESOURCE, _QUERY = "1", "4", "24"  # of object-role
_IP_ADDRESS, _URI = "2", "5"  # of network-type
_REFUSED, _FAILED = 400, 500
_NOBODY = "-"
_TOKEN_ID = "urn:ietf:params:oauth:jti:"  # noqa: S105 - a name
_IN_PATH = re.compile(r"<(?:[a-z_]+:)?([a-z_]+)>")


def audit_event(entry: Mapping[str, Any], address: str) -> dict[str, Any]:
    """The entry as a resource whose `id` is the entry's; `address` is that of the gateway which noted it."""
    return _event(entry, kind_of(entry), concerned_of(entry), address)


def disclosure_event(entry: Mapping[str, Any], address: str, patient: str) -> dict[str, Any]:
    """The entry as a disclosure of the record of a patient (`Patient/7`), as its source notes it.

    It names nobody else, and what of the record went out where the entry is about that patient alone.
    """
    concerned = concerned_of(entry)
    alone = sum(map(_is_patient, concerned)) == 1
    whom = (patient, *(each for each in concerned if alone and not _is_patient(each)))
    kind = EventKind(EXPORT, (DISCLOSE, *kind_of(entry).subtypes), DISCLOSURE)
    shown = entry if alone else {**entry, "entities": ()}  # its path may name somebody else
    return {**_event(shown, kind, whom, address), "action": "R"}


def _event(
    entry: Mapping[str, Any], kind: EventKind, concerned: Sequence[str], address: str
) -> dict[str, Any]:
    observer = _observer(address)
    return {
        "resourceType": "AuditEvent",
        "id": entry["id"],
        "meta": {"profile": list(_profiles(entry, kind, concerned))},
        "type": coding(kind.type),
        "subtype": [coding(each) for each in kind.subtypes],
        "action": entry["action"],
        "recorded": instant(entry["at"]),
        **outcome_of(entry.get("status")),
        "purposeOfEvent": [purpose_of(entry["purpose"])],
        "agent": list(_agents(entry, kind, observer, address)),
        "source": {"observer": observer, "type": [coding(_SOURCE_TYPE)]},
        "entity": list(_entities(entry, kind, concerned)),
    }


def coding(code: EventCode) -> dict[str, str]:
    """A code as a Coding."""
    return {"system": code[0], "code": code[1]}


def outcome_of(status: int | None) -> dict[str, str]:
    """What an AuditEvent says of an outcome, by its HTTP status; None where nobody noted one."""
    if status is None:
        return {"outcomeDesc": "unknown: the gateway ended before it noted one"}
    code = "0" if status < _REFUSED else "4" if status < _FAILED else "8"
    return {"outcome": code, "outcomeDesc": str(status)}


def purpose_of(purpose: str) -> dict[str, Any]:
    """Purposes of the policy are codes of v3-PurposeOfUse; `pseudonymous` and `-` are words of ours."""
    return {"coding": [coding((_PURPOSES, purpose))]} if purpose.isupper() else {"text": purpose}


def concerned_of(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """References to whom and what an entry is about: what its path names, and whom it turned out to touch."""
    return tuple(dict.fromkeys((*named_in_path(path_of(entry)), *entry.get("concerning", ()))))


def _profiles(entry: Mapping[str, Any], kind: EventKind, concerned: Sequence[str]) -> Iterator[str]:
    """The profiles that an event claims: the guide's are of events that succeeded."""
    yield OWN_PROFILE
    status = entry.get("status")
    if status is None or status >= _REFUSED or not entry.get("address") or not entry.get("client"):
        return
    pattern = kind.pattern
    if pattern.profile and (concerned or not pattern.needs):
        yield pattern.claimed(patients=sum(map(_is_patient, concerned)))
    if entry.get("token"):
        yield TOKEN_PROFILE


def _observer(address: str) -> dict[str, Any]:
    return {"identifier": {"system": "urn:ietf:rfc:3986", "value": address}, "display": "Hilum"}


def _agents(
    entry: Mapping[str, Any], kind: EventKind, observer: Mapping[str, Any], address: str
) -> Iterator[dict[str, Any]]:
    """Who asked, by which app, and who answered."""
    pattern, known = kind.pattern, entry["subject"] != _NOBODY
    if known:
        yield _user(entry, pattern.user)
    client, network = entry.get("client"), _network(entry)
    who = {"identifier": {"value": client}} if client else {"display": "unknown"}
    app = {"who": who, **({"name": client} if client else {}), **network}
    if network or client:
        yield {"type": _type(pattern.client), **app, "requestor": not known}
    if client and not (pattern.alone or pattern.client == APPLICATION):
        yield {"type": _type(APPLICATION), **app, "requestor": False}
    yield {
        "type": _type(pattern.server),
        "who": observer,
        "requestor": not (known or network or client),
        "network": {"address": address, "type": _URI},
    }


def _user(entry: Mapping[str, Any], kind: EventCode) -> dict[str, Any]:
    """The account, and the resource that it stands for; of a command the account of the machine, too."""
    subject, person = entry["subject"], entry.get("person")
    token = entry.get("token")
    return {
        "type": _type(kind),
        "role": [{"coding": [coding((_ROLES, entry["role"]))]}],
        "who": {**({"reference": person} if person else {}), "identifier": {"value": subject}},
        **({"altId": subject} if person else {}),
        "name": path_of(entry).get("operator", subject),
        "requestor": True,
        **({"policy": [_TOKEN_ID + quote(token, safe="-._~:")]} if token else {}),
        "purposeOfUse": [purpose_of(entry["purpose"])],
    }


def _type(code: EventCode) -> dict[str, Any]:
    return {"coding": [coding(code)]}


def _network(entry: Mapping[str, Any]) -> dict[str, Any]:
    address = entry.get("address")
    return {"network": {"address": address, "type": _IP_ADDRESS}} if address else {}


def _entities(
    entry: Mapping[str, Any], kind: EventKind, concerned: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """The request, the query, and whom and what it was about: one thing as the data, further ones by type."""
    details = list(_details(entry))
    if kind.pattern.alone:
        yield {
            **_asked(entry),
            "detail": [{"type": _REQUEST_ID[1], "valueString": entry["requestId"]}, *details],
        }
        return
    request = {"what": {"identifier": {"value": entry["requestId"]}}, "type": coding(_REQUEST_ID)}
    yield {**request, "detail": details}
    data = ""
    if kind.pattern.asks:
        yield _asked(entry)
    elif data := _data(entry, concerned, needed=kind.pattern.needs):
        yield _object(_versioned(entry, data), (_ENTITY_TYPES, _SYSTEM_OBJECT))
    for each in concerned:
        if _is_patient(each):
            yield _object(each, (_ENTITY_TYPES, _PERSON), _PATIENT)
        elif each != data:
            yield _object(each, (_RESOURCE_TYPES, each.partition("/")[0]))


def _asked(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The query: what was called, and the names of its parameters."""
    path = path_of(entry)
    called = _IN_PATH.sub(lambda named: quote(path.get(named[1], named[0])), entry["route"])
    asked = "&".join(f"{quote(each)}=" for each in entry.get("parameters", ()))
    text = f"{entry['method']} {called}{'?' if asked else ''}{asked}"
    return {
        "type": coding((_ENTITY_TYPES, _SYSTEM_OBJECT)),
        "role": coding((_OBJECT_ROLES, _QUERY)),
        "query": b64encode(text.encode()).decode("ascii"),
    }


def _data(entry: Mapping[str, Any], concerned: Sequence[str], *, needed: bool) -> str:
    """What an event was about first of all: what its path names, what is of that type, what is no patient.

    Empty where it is about nothing, or about patients alone and none is `needed`.
    """
    path = path_of(entry)
    named, kind = tuple(named_in_path(path)), f"{path.get('kind')}/"
    ranked = (
        [each for each in concerned if each in named and each.startswith(kind)],
        [each for each in concerned if each.startswith(kind)],
        [each for each in concerned if not _is_patient(each)],
        concerned if needed else (),
    )
    return next((each for rank in ranked for each in rank), "")


def _versioned(entry: Mapping[str, Any], reference: str) -> str:
    version = path_of(entry).get("version", "")
    return f"{reference}/_history/{version}" if ID.fullmatch(version) else reference


def _object(reference: str, kind: EventCode, role: str = _DOMAIN_RESOURCE) -> dict[str, Any]:
    return {
        "what": {"reference": reference},
        "type": coding(kind),
        "role": coding((_OBJECT_ROLES, role)),
    }


def _details(entry: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    told = (
        ("method", (entry["method"],)),
        ("route", (entry["route"],)),
        ("path", (f"{name}={value}" for name, value in path_of(entry).items())),
        ("parameter", entry.get("parameters", ())),
        ("query digest", filter(None, (entry.get("query"),))),
        ("counted", map(str, (entry[name] for name in ("counted",) if name in entry))),
    )
    for kind, values in told:
        yield from ({"type": kind, "valueString": each} for each in values)


def _is_patient(reference: str) -> bool:
    return reference.startswith("Patient/")
