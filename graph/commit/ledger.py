"""The counters of one tenant, and the only place that counts.

They stand on the tenant's `(:Counter)` node together with the ids of its last commits. Whoever commits has
read them as some commit left them (the stamp), numbers what it writes from there, and its writing statement
goes through only where that commit still is the last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

REMEMBERED = 16  # commit ids on the counter, to settle a commit whose outcome was lost
_STEP = 1  # microsecond: the clock of a tenant never stands still nor goes back


class Counter(StrEnum):
    """What is counted, by the property of the node that holds it."""

    SERIAL = "serial"  # creations: the order of every page
    SEQUENCE = "sequence"  # entries of the change feed, without gaps in commit order
    VERSION = "versionSequence"  # versions of resources: the order of every history
    EVENT = "eventSequence"  # events of workitems, without gaps in commit order


REWRITTEN = "rewritten"
"""The property of the node that counts how often rows of resources were written without a version of them."""
REWRITING = f"SET {{counter}}.{REWRITTEN} = coalesce({{counter}}.{REWRITTEN}, 0) + 1"
"""What such a statement says of the node, so that whoever holds rows reads them anew (`graph/columns`)."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What one drafted item was given; 0 of what it does not draw. `now` is the commit's moment in µs."""

    now: int
    serial: int = 0
    sequence: int = 0
    version: int = 0
    event: int = 0


@dataclass(slots=True)
class Ledger:
    """The counters as the last commit in `recent` left them, and what has been drawn since."""

    tenant: str
    clock: int = 0
    counts: dict[Counter, int] = field(default_factory=lambda: dict.fromkeys(Counter, 0))
    recent: tuple[str, ...] = ()

    @classmethod
    def read(cls, tenant: str, node: Mapping[str, Any]) -> "Ledger":
        """The ledger on a Counter node; an empty map is a tenant that has never committed."""
        counts = {counter: int(node.get(counter, 0)) for counter in Counter}
        return cls(tenant, int(node.get("clock", 0)), counts, tuple(node.get("recent", ())))

    @property
    def stamp(self) -> str:
        """The id of the last commit; empty before the first."""
        return self.recent[0] if self.recent else ""

    def opened(self, now: int) -> "Ledger":
        """A copy to draw from at a moment (µs), which is later than every moment before."""
        return Ledger(self.tenant, max(now, self.clock + _STEP), dict(self.counts), self.recent)

    def draw(self, counters: Iterable[Counter]) -> Numbers:
        """The next number of each of the counters."""
        drawn = dict.fromkeys(Counter, 0)
        for counter in counters:
            self.counts[counter] += 1
            drawn[counter] = self.counts[counter]
        return Numbers(self.clock, *drawn.values())

    def closed(self, commit_id: str) -> "Ledger":
        """The ledger as this commit leaves it."""
        recent = (commit_id, *self.recent[: REMEMBERED - 1])
        return Ledger(self.tenant, self.clock, dict(self.counts), recent)

    def properties(self) -> dict[str, Any]:
        """What the Counter node holds of it."""
        counts = {str(counter): count for counter, count in self.counts.items()}
        return {**counts, "clock": self.clock, "recent": list(self.recent)}
