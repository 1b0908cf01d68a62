"""What an interaction is (FHIR R4 http.html#summary): how it is asked for, what it needs, who answers it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from werkzeug.routing import BaseConverter

from app.http.fhir.exchange import Answer
from app.http.kit.fhir_formats import JSON_TYPES, XML_TYPES
from app.records.write.writing import WRITTEN_BY_HILUM, WrittenByHilum
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.patching.json_patch import JSON_PATCH
from graph.errors import NotAllowed, NotFound

JSON = JSON_TYPES
RESOURCE = (*JSON, *XML_TYPES)
PATCH = (JSON_PATCH, *RESOURCE)
FORM = ("application/x-www-form-urlencoded",)
Handler: TypeAlias = Callable[..., Answer]


class AskedByPost(NotAllowed):
    """An operation is there, and changes something or takes a body: it is asked for by POST alone."""

    allow = ("OPTIONS", "POST")


def _none(_: str | None) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Interaction:
    """One row of the table of routes; its handler gets the caller's rights, the `Call` and the path's names.

    `body` is what is accepted; `action` is the audit's where the method does not say it. `own` are the
    handlers of types that have one of their own; without a `handler` no other type has it. `operation`: it is
    asked for by a name (operations.html), and its body may be left out; `changes`: it is one that writes.
    `others` are the names of the operations that a type, or the system for None, has in its place.
    `instead` are permissions that open a part of it, as some types: the handlers look which.
    """

    code: str
    method: str
    path: str
    permission: str
    handler: Handler | None
    body: tuple[str, ...] = ()
    action: str | None = None
    own: Mapping[str, Handler] = field(default_factory=dict, compare=False)
    operation: bool = False
    changes: bool = False
    others: Callable[[str | None], Sequence[str]] = field(default=_none, compare=False)
    instead: tuple[str, ...] = ()

    def handler_of(self, kind: str | None, name: str | None = None) -> Handler:
        """Who answers for a type, of operations of no row of their own by the `name` that was asked.

        Raises `WrittenByHilum` for a write of a type that nobody else writes, `AskedByPost` for an operation
        that is no reading, `NotFound` for another interaction that it does not have.
        """
        found = self.own.get(kind or "", None if kind in WRITTEN_BY_HILUM else self.handler)
        if found is not None:
            return found
        if kind in WRITTEN_BY_HILUM and self.permission == "fhir.write":
            raise WrittenByHilum(kind)
        if name in self.others(kind):
            raise AskedByPost(f"{name} is asked for by POST", code="not-supported")
        raise NotFound(f"{kind or 'the system'} has no {self._asked_of(kind)}", code="not-supported")

    def _asked_of(self, kind: str | None) -> str:
        """What was asked for, and of operations which there are instead."""
        if not self.operation:
            return f"{self.code} here"
        name, others = self.path.rpartition("/")[2], ", ".join(self.others(kind))
        asked = "such operation" if name.startswith("<") else name
        return f"{asked} here; it has {others}" if others else f"{asked} here, nor any other operation"

    @property
    def reads(self) -> bool:
        """Whether it changes nothing: a GET, or an operation that only reads."""
        return self.method == "GET" or (self.operation and not self.changes)


class TypeConverter(BaseConverter):
    """A segment that may be the name of a type, which `_history` may not."""

    regex = "[A-Za-z][A-Za-z0-9]{0,63}"


class OperationConverter(BaseConverter):
    """A segment that names an operation; it comes before the id of a resource, which has no `$`."""

    regex = r"\$[^/]*"
    weight = 50


CONVERTERS = {"type": TypeConverter, "operation": OperationConverter}


def names_a_type(path: Mapping[str, str]) -> bool:
    """Whether the type that a path names, if it does, is one of FHIR's."""
    return path.get("kind", "Patient") in RESOURCE_TYPES
