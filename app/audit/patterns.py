"""What kind of event an entry is: the patterns of IHE BALP (ITI Basic Audit Log Patterns 1.1.4), as a table.

The client of a reading is the destination of what flows, that of a search or a write the source of what is
sent; so says the guide, for every one of its patterns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

EventCode: TypeAlias = tuple[str, str]
"""A system and a code of it."""

BALP = "https://profiles.ihe.net/ITI/BALP"
PROFILES = f"{BALP}/StructureDefinition"
OWN_PROFILE = "urn:hilum:StructureDefinition:audit-event"
TOKEN_PROFILE = f"{PROFILES}/IHE.BasicAudit.OAUTHaccessTokenUse.Comprehensive"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
RESTFUL = "http://hl7.org/fhir/restful-interaction"
INTERACTIONS = "urn:hilum:interaction"
_PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
REST: EventCode = ("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest")
DISCLOSE: EventCode = ("http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "disclose")
EXPORT: EventCode = (DCM, "110106")
APPLICATION: EventCode = (DCM, "110150")
DESTINATION: EventCode = (DCM, "110152")
SOURCE: EventCode = (DCM, "110153")
_RECIPIENT, _AUTHOR, _CUSTODIAN = ((_PARTICIPATION, each) for each in ("IRCP", "AUT", "CST"))


@dataclass(frozen=True, slots=True)
class EventPattern:
    """How an event is told: the types of its client, server and user, and the profile of one that succeeded.

    `profile` is empty where the guide has no pattern; `of_patient`: there is another one for an event of one
    patient. `asks`: it tells a query; `alone`: and nothing else. `needs`: it is about something.
    """

    profile: str = ""
    client: EventCode = SOURCE
    server: EventCode = DESTINATION
    user: EventCode = _RECIPIENT
    of_patient: bool = True
    asks: bool = False
    alone: bool = False
    needs: bool = False

    def claimed(self, *, patients: int) -> str:
        """The canonical of the profile that an event of so many patients claims."""
        middle = "Patient" if self.of_patient and patients == 1 else ""
        return f"{PROFILES}/{self.profile.format(patient=middle)}"


_READ = EventPattern("IHE.BasicAudit.{patient}Read", DESTINATION, SOURCE, needs=True)
_QUERY = EventPattern("IHE.BasicAudit.{patient}Query", asks=True)
_CREATE = EventPattern("IHE.BasicAudit.{patient}Create", user=_AUTHOR, needs=True)
_UPDATE = EventPattern("IHE.BasicAudit.{patient}Update", user=_AUTHOR, needs=True)
_DELETE = EventPattern(
    "IHE.BasicAudit.{patient}Delete",
    APPLICATION,
    ("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "custodian"),
    _CUSTODIAN,
    needs=True,
)
_TOKEN = EventPattern(
    "IHE.IUA.71",
    APPLICATION,
    (f"{BALP}/CodeSystem/UserAgentTypes", "AuthzOauthService"),
    of_patient=False,
    asks=True,
    alone=True,
)
_OTHER = EventPattern()
DISCLOSURE = EventPattern(
    "IHE.BasicAudit.PrivacyDisclosure.Source", DESTINATION, SOURCE, of_patient=False, needs=True
)

_OF_RESTFUL: Mapping[str, EventPattern] = {
    **dict.fromkeys(("read", "vread"), _READ),
    **dict.fromkeys(("search", "search-type", "search-system"), _QUERY),
    "create": _CREATE,
    **dict.fromkeys(("update", "patch"), _UPDATE),
    "delete": _DELETE,
}
_RESTFUL_OF: Mapping[str, str] = {  # ours under the names of FHIR's (valueset-type-restful-interaction)
    **{
        each: each
        for each in (
            *("read", "vread", "create", "update", "patch", "delete", "search-type", "search-system"),
            *("history-instance", "history-type", "history-system", "batch"),
        )
    },
    **dict.fromkeys(("search-type-post", "search-compartment", "search-compartment-post"), "search-type"),
    **dict.fromkeys(("search-system-post", "search-members"), "search-system"),
    **{f"{each}-conditional": each for each in ("update", "patch", "delete")},
}
_RESTFUL_OF_PICTURES: Mapping[str, str] = {
    "R": "read",
    "E": "search",
    "C": "create",
    "U": "update",
    "D": "delete",
}  # DICOMweb has no names of its own for what is done

_JOBS: Mapping[str, EventCode] = {"export": EXPORT, "import": (DCM, "110107")}
_SECURITY_ALERT: EventCode = (DCM, "110113")
_OF_ROUTES: tuple[tuple[str, str, tuple[EventCode, ...]], ...] = (
    ("/auth/token", "CRUDE", ((DCM, "110114"), ("urn:ihe:event-type-code", "ITI-71"))),
    ("/auth/authorize", "CRUDE", ((DCM, "110114"), (DCM, "110122"))),
    ("/auth/sign-out", "CRUDE", ((DCM, "110114"), (DCM, "110123"))),
    ("/auth/sign-in", "CRUDE", ((DCM, "110114"), (DCM, "110122"))),
    ("/auth/second-factor", "CRUDE", ((DCM, "110114"), (DCM, "110122"))),
    ("/auth/providers/", "CRUDE", ((DCM, "110114"), (DCM, "110122"))),
    ("/auth/", "CRUDE", ((DCM, "110114"),)),
    ("/account/sessions/", "D", ((DCM, "110114"), (DCM, "110123"))),
    ("/account/", "CUD", (_SECURITY_ALERT, (DCM, "110137"))),
    ("/administration/roles", "CUD", (_SECURITY_ALERT, (DCM, "110136"))),
    ("/administration/users", "CUD", (_SECURITY_ALERT, (DCM, "110137"))),
    ("/administration/grants", "CUD", (_SECURITY_ALERT, (DCM, "110137"))),
    ("/administration/", "CUD", (_SECURITY_ALERT, (DCM, "110129"))),
    ("/break-glass", "C", (_SECURITY_ALERT, (DCM, "110127"))),
    ("/break-glass", "D", (_SECURITY_ALERT, (DCM, "110138"))),
)
"""What begins like this, with one of these actions, is of that type and subtypes (DICOM PS3.15 A.5)."""


@dataclass(frozen=True, slots=True)
class EventKind:
    """What an entry is as an event: its type, its subtypes, and the pattern that it is told by."""

    type: EventCode
    subtypes: tuple[EventCode, ...]
    pattern: EventPattern


def kind_of(entry: Mapping[str, Any]) -> EventKind:
    """The kind of an entry, by its properties."""
    method, route, action = entry["method"], entry["route"], entry["action"]
    own: EventCode = (INTERACTIONS, entry["interaction"])
    if method == "COMMAND":
        return EventKind((DCM, "110100"), (own,), _OTHER)
    if method == "JOB":
        return EventKind(_JOBS.get(entry["interaction"], REST), (own,), _OTHER)
    for beginning, actions, (kind, *subtypes) in _OF_ROUTES:
        if route.startswith(beginning) and action in actions:
            alone = route == "/auth/token"
            return EventKind(
                kind, tuple(subtypes) if alone else (*subtypes, own), _TOKEN if alone else _OTHER
            )
    restful = _restful(route, entry["interaction"], action)
    named = ((RESTFUL, restful),) if restful else ()
    return EventKind(REST, (*named, own), _OF_RESTFUL.get(restful, _OTHER))


def _restful(route: str, interaction: str, action: str) -> str:
    """The name that FHIR has for an interaction; empty where it has none."""
    if route.startswith("/dicom-web"):
        return _RESTFUL_OF_PICTURES.get(action, "")
    if not route.startswith("/fhir"):
        return ""
    return "operation" if interaction.startswith("operation-") else _RESTFUL_OF.get(interaction, "")
