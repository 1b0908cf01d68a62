"""Messages of FHIRcast: an event with what it is about, read from what an application sends."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from app.security.cast_scopes import CAST_EVENTS, cast_event
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from graph.errors import Invalid

CastJson: TypeAlias = dict[str, Any]
OPEN, CLOSE, UPDATE, SELECT = "open", "close", "update", "select"
SYNC_ERROR, HEARTBEAT = "syncerror", "heartbeat"
KEYS: Mapping[str, str] = {"Patient": "patient", "ImagingStudy": "study", "DiagnosticReport": "report"}
"""The key of the context of each anchor type (FHIRcast 3.0.0, 3.3 to 3.6)."""
_LONGEST_ID, _MOST_CONTEXTS, _MOST_ENTRIES = 64, 20, 100
_VERSION = "context.versionId"
_METHODS = ("PUT", "DELETE")


@dataclass(frozen=True, slots=True)
class CastMessage:
    """An event of an application, checked; `version` is the `context.versionId` that it names, or ""."""

    id: str
    timestamp: str
    name: str
    context: tuple[CastJson, ...]
    version: str = ""

    @property
    def anchor_type(self) -> str:
        """The type of what is opened, closed or changed; of an event of the infrastructure its name."""
        return self.name.partition("-")[0]

    @property
    def deed(self) -> str:
        """What becomes of it; empty for an event of the infrastructure."""
        return self.name.partition("-")[2]

    @property
    def anchor(self) -> CastJson:
        """The resource that it is about."""
        return anchor_at(self.context, self.anchor_type) or {}

    def told(self, topic: str, **more: Any) -> CastJson:
        """The message as it is sent; `more` are further members of the event, `_` in their names for `.`."""
        added = {name.replace("_", "."): value for name, value in more.items() if value is not None}
        event = {"hub.topic": topic, "hub.event": self.name, **added, "context": list(self.context)}
        return {"timestamp": self.timestamp, "id": self.id, "event": event}


def cast_message(raw: Any, topic: str, now: str) -> CastMessage:
    """The message that an application sends to a topic; `now` is the moment where it says none.

    Raises `Invalid` with the place of what is wrong.
    """
    if not isinstance(raw, dict):
        raise Invalid("a message is a JSON object with timestamp, id and event", location="$")
    event = raw.get("event")
    if not isinstance(event, dict):
        raise Invalid("event is an object with hub.topic, hub.event and context", location="event")
    if event.get("hub.topic") != topic:
        raise Invalid("the message names another topic than its address", location="event.hub.topic")
    name = cast_event(_text(event, "hub.event", "event.hub.event"))
    if name is None or name == HEARTBEAT:
        sent = ", ".join(each for each in CAST_EVENTS if each != HEARTBEAT)
        raise Invalid("an application sends one of: %(sent)s", location="event.hub.event", sent=sent)
    message = CastMessage(
        _text(raw, "id", "id"),
        _moment(_text(raw, "timestamp", "timestamp", default=now)),
        name,
        tuple(_contexts(event.get("context"))),
        _text(event, _VERSION, f"event.{_VERSION}", default=""),
    )
    _check(message)
    return message


def _check(message: CastMessage) -> None:
    """Require what the event needs in its context; raises `Invalid`."""
    if message.name == SYNC_ERROR:
        if resource_at(message.context, "operationoutcome", "OperationOutcome") is None:
            raise Invalid("a syncerror has an OperationOutcome", location="event.context")
        return
    key = KEYS[message.anchor_type]
    named = message.deed in (UPDATE, SELECT)
    anchor = message.anchor if named else resource_at(message.context, key, message.anchor_type)
    if anchor is None or not isinstance(anchor.get("id"), str):
        raise Invalid(
            "%(name)s has a %(type)s with an id, under the key %(key)s",
            location="event.context",
            name=message.name,
            type=message.anchor_type,
            key=key,
        )
    if message.deed == UPDATE:
        _check_updates(resource_at(message.context, "updates", "Bundle"))


def _check_updates(bundle: CastJson | None) -> None:
    """Require entries that each put or delete one resource (FHIRcast 3.0.0, 2.10)."""
    entries = bundle.get("entry", []) if bundle else None
    if not isinstance(entries, list) or len(entries) > _MOST_ENTRIES:
        raise Invalid(
            "an update has one Bundle under the key updates, of %(most)s entries at most",
            location="event.context.updates",
            most=_MOST_ENTRIES,
        )
    seen = set[str]()
    for entry in entries:
        request = entry.get("request") if isinstance(entry, dict) else None
        method = request.get("method") if isinstance(request, dict) else None
        name = name_of(entry) if isinstance(entry, dict) else None
        if method not in _METHODS or name is None or name in seen:
            raise Invalid(
                "each entry of an update has a request.method of PUT or DELETE and names another resource",
                location="event.context.updates",
            )
        seen.add(name)


def name_of(entry: Mapping[str, Any]) -> str | None:
    """`Type/id` of what an entry of an update is about: its resource, else its fullUrl."""
    resource = entry.get("resource")
    if isinstance(resource, dict) and isinstance(resource.get("id"), str):
        return f"{resource.get('resourceType')}/{resource['id']}"
    url = entry.get("fullUrl")
    return "/".join(url.split("/")[-2:]) if isinstance(url, str) and "/" in url else None


def resource_at(
    context: tuple[CastJson, ...] | list[CastJson], key: str, resource_type: str = ""
) -> CastJson | None:
    """The resource under a key of a context, of that type where one is named; None where there is none."""
    found = (each["resource"] for each in context if each["key"] == key and "resource" in each)
    wanted = (each for each in found if resource_type in ("", each.get("resourceType")))
    return next(wanted, None)


def anchor_at(context: tuple[CastJson, ...] | list[CastJson], anchor_type: str) -> CastJson | None:
    """What an event of a type is about: its resource, or what a reference names; None where neither is there.

    Updates and selections name the report by a reference (FHIRcast 3.0.0, 3.6.3 and 3.6.4).
    """
    key = KEYS[anchor_type]
    if (found := resource_at(context, key, anchor_type)) is not None:
        return found
    for each in context:
        named = each.get("reference")
        text = named.get("reference") if isinstance(named, dict) else None
        if each["key"] == key and isinstance(text, str):
            kind, _, name = text.rpartition("/")
            if kind.rpartition("/")[2] == anchor_type and name:
                return {"resourceType": anchor_type, "id": name}
    return None


def _is_bundle_sound(resource: CastJson) -> bool:
    """Whether it is no Bundle, or one whose entries hold resources or none."""
    if resource["resourceType"] != "Bundle":
        return True
    entries = resource.get("entry", [])
    return isinstance(entries, list) and all(
        isinstance(each, dict)
        and (
            "resource" not in each
            or (isinstance(each["resource"], dict) and each["resource"].get("resourceType") in RESOURCE_TYPES)
        )
        for each in entries
    )


def _contexts(raw: Any) -> Iterator[CastJson]:
    if not isinstance(raw, list) or len(raw) > _MOST_CONTEXTS:
        raise Invalid("context is a list of %(most)s at most", location="event.context", most=_MOST_CONTEXTS)
    for at, each in enumerate(raw):
        place = f"event.context[{at}]"
        if not isinstance(each, dict) or not isinstance(each.get("key"), str):
            raise Invalid("each context has a key", location=place)
        resource = each.get("resource")
        known = isinstance(resource, dict) and resource.get("resourceType") in RESOURCE_TYPES
        if "resource" in each and not known:
            raise Invalid("this is no resource of FHIR R4", location=f"{place}.resource")
        if isinstance(resource, dict) and known and not _is_bundle_sound(resource):
            raise Invalid("each entry of a Bundle is an object with a resource", location=f"{place}.resource")
        yield each


def _moment(text: str) -> str:
    """The text of a moment (ISO 8601); raises `Invalid` for what is none."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("timestamp is a moment of ISO 8601", location="timestamp") from None
    return text


def _text(holder: Mapping[str, Any], name: str, place: str, default: str | None = None) -> str:
    found = holder.get(name, default)
    if not isinstance(found, str) or (default is None and not 0 < len(found) <= _LONGEST_ID):
        raise Invalid(
            "%(name)s is a text of 1 to %(most)s characters", location=place, name=name, most=_LONGEST_ID
        )
    return found[:_LONGEST_ID]
