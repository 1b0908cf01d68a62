"""What one researcher was told, for a bounded time: which sets of patients, as sketches.

    (:Researcher {key: "t|-|researcher|name"})-[:WAS_TOLD]->(:Telling {at, sketch})

Two sets that differ by a few patients tell of those few, so the second is not told. Several questions of one
researcher at once decide one after the other, since each locks its researcher first.
"""

from collections.abc import Sequence
from typing import Any

from graph.errors import Throttled
from graph.keys import researcher_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Transaction
from graph.tellings.sketches import apart

ASK = "cohort.query"
DAYS = 30  # that a telling is remembered
MOST = 512  # tellings of a researcher that are remembered; beyond, nothing more is told
_SECOND = 1_000_000
_LASTS = DAYS * 86_400 * _SECOND

_LOCK = "MERGE (r:Researcher {key: $key}) SET r.askedAt = $now"
_FORGET = """
MATCH (:Researcher {key: $key})-[:WAS_TOLD]->(t:Telling) WHERE t.at <= $now - $lasts DETACH DELETE t
"""
_TOLD = """
MATCH (:Researcher {key: $key})-[:WAS_TOLD]->(t:Telling) RETURN t.sketch AS sketch, t.at AS at ORDER BY at
"""
_TELL = """
MATCH (r:Researcher {key: $key}) UNWIND $sketches AS sketch
CREATE (r)-[:WAS_TOLD]->(:Telling {at: $now, sketch: sketch})
"""


@scoped
class TellingStore:
    """The tellings of one graph; every method takes the caller's `AccessScope` first."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def tell(self, scope: AccessScope, sketches: Sequence[bytes], least: int, now: int) -> list[bool]:
        """Which of these sets the caller may be told, in order; those are remembered from `now` (µs) on.

        A set is told where it equals each of those told before, or differs by `least` members or more. Raises
        `Throttled` where more was told than is remembered.
        """
        scope.require(ASK)
        key = researcher_key(scope.tenant, scope.subject)

        def work(transaction: Transaction) -> list[bool]:
            transaction.run(_LOCK, key=key, now=now)
            transaction.run(_FORGET, key=key, now=now, lasts=_LASTS)
            rows = transaction.run(_TOLD, key=key)
            known = [bytes(row["sketch"]) for row in rows]
            before = len(known)
            told = [_is_told(each, known, least) for each in sketches]
            if len(known) > MOST:
                raise Throttled(
                    f"at most {MOST} different answers are told in {DAYS} days",
                    retry_after=_seconds_left(rows, now),
                )
            if known[before:]:
                transaction.run(_TELL, key=key, now=now, sketches=known[before:])
            return told

        return self._graph.write_aside(work)


def _is_told(sketch: bytes, known: list[bytes], least: int) -> bool:
    """Whether a set may be told; a new one that may be is known from then on."""
    distances = [apart(sketch, each) for each in known]
    if any(0 < each < least for each in distances):
        return False
    if 0 not in distances:
        known.append(sketch)
    return True


def _seconds_left(rows: Sequence[dict[str, Any]], now: int) -> int:
    """How long until the oldest telling is forgotten."""
    oldest = min((row["at"] for row in rows), default=now)
    return max(1, (oldest + _LASTS - now) // _SECOND)
