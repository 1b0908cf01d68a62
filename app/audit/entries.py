"""What an audit entry says: who, what, when, why, with which outcome. Values of a query are not in it.

An access leaves its beginning in the spool, which says who asked for what; then whose record it touched, in
as many lines as that takes; then its outcome. All are written before the answer leaves, so that a process
may die; the beginning is on the disk by then, the rest within a second. Where there is no outcome, process or
machine ended before, and it is unknown: the answer may have been seen.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fhir_profiles.definitions.registry import RESOURCE_TYPES
from graph.keys import ABSENT, join, resource_key

ACCESS, CONCERNING, OUTCOME = "access", "concerning", "outcome"
_CHANGING = frozenset("CUD")
_LONGEST_VALUE = 200
REFERENCES_IN_A_LINE = 250
_LONGEST_CLIENT = 64
ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
"""The id of a resource (FHIR R4 datatypes.html#id)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The beginning of an access. `at` in µs since the epoch; `query` is a keyed digest.

    `client` is the app that asks, `token` the id of the token that it shows, `person` the resource that the
    account stands for, as `Practitioner/7`; empty where nobody said so.
    """

    id: str
    at: int
    tenant: str
    subject: str
    role: str
    purpose: str
    request_id: str
    method: str
    route: str
    action: str
    interaction: str
    entities: Mapping[str, str]
    parameters: tuple[str, ...]
    query: str
    address: str
    client: str = ""
    token: str = ""
    person: str = ""

    @property
    def changes(self) -> bool:
        """Whether the access may change anything."""
        return self.action in _CHANGING

    def line(self) -> dict[str, Any]:
        """The entry as it stands in the spool."""
        said = {"client": self.client, "token": self.token, "person": self.person}
        return {
            "kind": ACCESS,
            "id": self.id,
            "at": self.at,
            "tenant": self.tenant,
            "subject": self.subject,
            "role": self.role,
            "purpose": self.purpose,
            "requestId": self.request_id,
            "method": self.method,
            "route": self.route,
            "action": self.action,
            "interaction": self.interaction,
            "entities": {name: value[:_LONGEST_VALUE] for name, value in self.entities.items()},
            "parameters": list(self.parameters),
            "query": self.query,
            "address": self.address,
            **{name: value for name, value in said.items() if value},
        }


@dataclass(frozen=True, slots=True)
class AccessOutcome:
    """The end of an access: its HTTP status, and whom it concerned beyond what the path says.

    `counted` is how many rows its answer told the number of, `client` who said to be asking where nobody was
    recognised; None where there is nothing to say.
    """

    status: int
    concerning: Sequence[str] = ()
    counted: int | None = None
    client: str | None = None

    def lines(self) -> Iterator[dict[str, Any]]:
        """The lines of the spool, without the name of the entry: no line is long, and none is left out."""
        names = self.concerning
        last = max(len(names) - 1, 0) // REFERENCES_IN_A_LINE * REFERENCES_IN_A_LINE
        for start in range(0, last, REFERENCES_IN_A_LINE):
            yield {"kind": CONCERNING, "concerning": list(names[start : start + REFERENCES_IN_A_LINE])}
        line = {
            "kind": OUTCOME,
            "status": self.status,
            "concerning": list(names[last:]),
            "concerned": len(names),
            "counted": self.counted,
            "client": self.client[:_LONGEST_CLIENT] if self.client else None,
        }
        yield {name: value for name, value in line.items() if value is not None}


def entry_key(tenant: str, entry_id: str) -> str:
    """The key of an entry in the graph; one entry, however often it is moved there."""
    return join(tenant, ABSENT, "audit", entry_id)


def properties(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line of either kind as properties of its node in the graph."""
    shown = {name: value for name, value in line.items() if name not in _NOT_PROPERTIES}
    if "entities" in line:
        shown["entities"] = [f"{name}={value}" for name, value in sorted(line["entities"].items())]
    return shown


_NOT_PROPERTIES = frozenset({"kind", "entities", "concerning"})


def concerned_keys(line: Mapping[str, Any]) -> list[str]:
    """The keys of the resources that a line says the access concerned, or that its path names."""
    named = (*named_in_path(path_of(line)), *line.get("concerning", ()))
    names = (name.partition("/") for name in dict.fromkeys(named))
    return [resource_key(line["tenant"], kind, resource_id) for kind, _, resource_id in names]


def path_of(entry: Mapping[str, Any]) -> dict[str, str]:
    """What the path of an entry names: a mapping in the spool, and texts `name=value` in the graph."""
    kept = entry.get("entities", ())
    return dict(kept) if isinstance(kept, Mapping) else dict(each.split("=", 1) for each in kept)


def named_in_path(path: Mapping[str, str]) -> Iterator[str]:
    """References to the resources that a path names: the one that is asked for, or whose compartment."""
    named = ((path.get("kind", ""), path.get("resource_id", "")), ("Patient", path.get("patient_id", "")))
    yield from (f"{kind}/{name}" for kind, name in named if kind in RESOURCE_TYPES and ID.fullmatch(name))
