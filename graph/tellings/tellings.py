"""What one researcher was told, for a bounded time: which sets of patients, as cells.

    (:Researcher {key: "t|-|researcher|name", patients})-[:WAS_TOLD]->(:Telling {at, cell})

Two or three sets that differ by a few patients tell of those few, so the last is not told. Several questions
of one researcher at once decide one after the other, since each locks its researcher first.
"""

from collections.abc import Collection, Sequence
from typing import Any

from graph.errors import Throttled
from graph.keys import researcher_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Transaction
from graph.tellings.cells import Patients, packed, tells_of_few, unpacked

ASK, COUNT = "cohort.query", "cohort.count"
DAYS = 30  # that a telling is remembered
MOST = 256  # tellings of a researcher that are remembered, each two compared; beyond, no more is told
_SECOND = 1_000_000
_LASTS = DAYS * 86_400 * _SECOND

_LOCK = "MERGE (r:Researcher {key: $key}) SET r.askedAt = $now RETURN r.patients AS patients"
_FORGET = """
MATCH (:Researcher {key: $key})-[:WAS_TOLD]->(t:Telling) WHERE t.at <= $now - $lasts DETACH DELETE t
"""
_TOLD = """
MATCH (:Researcher {key: $key})-[:WAS_TOLD]->(t:Telling) RETURN t.cell AS cell, t.at AS at ORDER BY at
"""
_TELL = """
MATCH (r:Researcher {key: $key}) SET r.patients = $patients WITH r UNWIND $cells AS cell
CREATE (r)-[:WAS_TOLD]->(:Telling {at: $now, cell: cell})
"""


@scoped
class TellingStore:
    """The tellings of one graph; every method takes the caller's `AccessScope` first."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def tell(
        self, scope: AccessScope, groups: Sequence[Sequence[Collection[bytes]]], least: int, now: int
    ) -> list[bool]:
        """Which of these groups the caller may be told, in order; those are remembered from `now` (µs) on.

        A group is one or more sets of patients, by keyed digests, that are told together or not at all. It is
        told where none of them tells of fewer than `least` beside one or two that were told before. Raises
        `Throttled` where more was told than is remembered.
        """
        scope.require(ASK, COUNT)
        key = researcher_key(scope.tenant, scope.subject)

        def work(transaction: Transaction) -> list[bool]:
            (researcher,) = transaction.run(_LOCK, key=key, now=now)
            transaction.run(_FORGET, key=key, now=now, lasts=_LASTS)
            rows = transaction.run(_TOLD, key=key)
            patients = Patients(bytes(researcher["patients"] or b"") if rows else b"")
            known = [unpacked(bytes(row["cell"])) for row in rows]
            before = len(known)
            told = [_is_told([patients.cell(each) for each in group], known, least) for group in groups]
            if len(known) > MOST:
                raise Throttled(
                    "at most %(most)s different answers are told in %(days)s days",
                    retry_after=_seconds_left(rows, now),
                    most=MOST,
                    days=DAYS,
                )
            if cells := [packed(each) for each in known[before:]]:
                transaction.run(_TELL, key=key, now=now, patients=patients.packed(), cells=cells)
            return told

        return self._graph.write_aside(work)


def _is_told(group: Sequence[int], known: list[int], least: int) -> bool:
    """Whether the cells of a group may be told; those that may be are known from then on."""
    before = len(known)
    for cell in group:
        if tells_of_few(cell, known, least):
            del known[before:]
            return False
        if cell not in known:
            known.append(cell)
    return True


def _seconds_left(rows: Sequence[dict[str, Any]], now: int) -> int:
    """How long until the oldest telling is forgotten."""
    oldest = min((row["at"] for row in rows), default=now)
    return max(1, (oldest + _LASTS - now) // _SECOND)
