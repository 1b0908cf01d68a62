"""What an audit entry says: who, what, when, why, with which outcome. Values of a query are not in it.

An access leaves two lines in the spool, its beginning and its outcome. The beginning, which says who asked
for what, is on the disk before the answer leaves; the outcome follows within a second. Where there is none,
the process ended before it could write it, and the outcome is unknown: the answer may have been seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.keys import ABSENT, join

ACCESS, OUTCOME = "access", "outcome"
_CHANGING = frozenset("CUD")
_LONGEST_VALUE = 200
_MOST_REFERENCES = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """The beginning of an access. `at` in µs since the epoch; `query` is a keyed digest."""

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

    @property
    def changes(self) -> bool:
        """Whether the access may change anything."""
        return self.action in _CHANGING

    def line(self) -> dict[str, Any]:
        """The entry as it stands in the spool."""
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
        }


@dataclass(frozen=True, slots=True)
class AccessOutcome:
    """The end of an access: its HTTP status, and whom it concerned beyond what the path says."""

    status: int
    concerning: tuple[str, ...] = ()

    def line(self) -> dict[str, Any]:
        """The outcome as it stands in the spool, within a line or beside the entry's id in one of its own."""
        return {
            "status": self.status,
            "concerning": list(self.concerning[:_MOST_REFERENCES]),
            "concerned": len(self.concerning),
        }


def entry_key(tenant: str, entry_id: str) -> str:
    """The key of an entry in the graph; one entry, however often it is moved there."""
    return join(tenant, ABSENT, "audit", entry_id)


def properties(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line of either kind as properties of its node in the graph."""
    shown = {name: value for name, value in line.items() if name not in ("kind", "entities")}
    if "entities" in line:
        shown["entities"] = [f"{name}={value}" for name, value in sorted(line["entities"].items())]
    return shown
