"""How far each one is from what a rule asks for, as this process knows: what cannot be there is not counted.

After a count that lacks some accesses (or patients) nothing can be found until that many more have come. So
the graph counts once in many segments, however often somebody asks. What other machines move is not seen
here: it may be three times what is.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from app.audit.rules import AlertRule

_MACHINES = 4
_MOST = 10_000  # of which it is known: the longest known goes, and is counted anew
_MICROSECONDS = 1_000_000


@dataclass(slots=True)
class _Shortfall:
    since: int
    latest: int
    lacking: float = 0.0
    patients: set[str] = field(default_factory=set)


class Shortfalls:
    """What each one lacks, by rule, tenant and who."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], _Shortfall] = {}

    def come(self, rule: AlertRule, tenant: str, who: str, at: int, came: Collection[str]) -> int | None:
        """Note accesses by their ids, or the patients whom they concern; `at` is the last moment in µs.

        Says until which moment is to be counted now; None where a count could not find enough.
        """
        key = (rule.name, tenant, who)
        known = self._known.get(key)
        if known is None or at - known.since > rule.seconds * _MICROSECONDS:
            self._known.pop(key, None)
            known = self._known[key] = _Shortfall(at, at)
            if len(self._known) > _MOST:
                del self._known[next(iter(self._known))]
        known.latest = max(known.latest, at)
        fresh = set(came) - known.patients
        if rule.patients:
            known.patients |= fresh
        known.lacking -= len(fresh)
        return known.latest if known.lacking <= 0 else None

    def counted(self, rule: AlertRule, tenant: str, who: str, count: int) -> None:
        """Note what the graph has counted just now."""
        known = self._known.get((rule.name, tenant, who))
        if known is not None:
            known.lacking = (rule.least - count) / _MACHINES
