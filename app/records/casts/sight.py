"""What a subscriber is shown of a message: what they are granted, and whom they may see, and nothing else.

A Patient and an ImagingStudy of a context are those of the record, and are shown to who may read them now. A
report need not be stored yet: it goes with its patient.
"""

from collections.abc import Collection, Iterator

from app.records.casts.messages import KEYS, OPEN, CastJson, anchor_at, resource_at
from app.records.read import RecordReader
from graph.allowances import Deed
from graph.errors import Forbidden
from graph.scope import AccessScope

_OF_RECORD = ("Patient", "ImagingStudy")
_IMPLIED = (("ImagingStudy", ("study", "patient")), ("Patient", ("patient",)))
_RECORD = "fhir.read"


class CastSight:
    """Looks at contexts with the eyes of a caller."""

    def __init__(self, reader: RecordReader) -> None:
        self._reader = reader

    def require(self, scope: AccessScope, context: Collection[CastJson]) -> None:
        """Require that the caller sees all of a context; raises `Forbidden`, also for what is not there."""
        if len(self.shown(scope, context)) != len(context):
            raise Forbidden(
                "a context names what you may see: a Patient and an ImagingStudy of the record, by id",
                location="event.context",
                code="forbidden",
            )

    def shown(self, scope: AccessScope, context: Collection[CastJson]) -> list[CastJson]:
        """Those members of a context that the caller may see."""
        names = {
            (str(resource["resourceType"]), str(resource.get("id", "")))
            for each in context
            if (resource := each.get("resource")) and resource.get("resourceType") in _OF_RECORD
        }
        seen: Collection[tuple[str, str]] = ()
        if names and _RECORD in scope.permissions:
            allowed = [each for each in names if scope.may(Deed.READ, each[0])]
            seen = self._reader.named(scope, allowed).keys() if allowed else ()
        return [each for each in context if _is_shown(scope, each, seen)]

    def message(self, scope: AccessScope, message: CastJson, granted: Collection[str]) -> Iterator[CastJson]:
        """A message as a subscriber with these events is told it: itself, what it implies, or nothing.

        An opened report or study also opens what it is of, to who is not granted the event itself (FHIRcast
        3.0.0, 2.5).
        """
        name = message["event"]["hub.event"]
        anchor, _, deed = name.partition("-")
        shown = self.shown(scope, message["event"]["context"])
        if name in granted:
            key = KEYS.get(anchor)
            if key is None or anchor_at(shown, anchor) is not None:
                yield _with(message, shown)
            return
        if deed != OPEN:
            return
        for implied, keys in _IMPLIED:
            opened = f"{implied}-{OPEN}"
            if implied != anchor and opened in granted and resource_at(shown, keys[0]) is not None:
                told = _with(message, [each for each in shown if each["key"] in keys])
                yield {
                    **told,
                    "id": f"{message['id']}-{keys[0]}",
                    "event": {**told["event"], "hub.event": opened},
                }


def _with(message: CastJson, context: list[CastJson]) -> CastJson:
    return {**message, "event": {**message["event"], "context": context}}


def _is_shown(scope: AccessScope, member: CastJson, seen: Collection[tuple[str, str]]) -> bool:
    resource = member.get("resource")
    if not resource:
        return True
    kind = str(resource["resourceType"])
    if kind in _OF_RECORD:
        return (kind, str(resource.get("id", ""))) in seen
    if kind == "Bundle":
        inside = (entry.get("resource") or {} for entry in resource.get("entry", ()))
        return all(scope.may(Deed.READ, str(each["resourceType"])) for each in inside if each)
    return kind == "OperationOutcome" or scope.may(Deed.READ, kind)
