"""What somebody saw when they last read a patient: the resources of the chart and their versions.

    (:ReadMark {key: "t|-|read-mark|name|patient", at, seen})

A mark says nothing but what its reader was shown, so what is compared with it tells nothing else either: no
number of the feed is in it, and what was hidden then or is hidden now changes none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

import orjson

from graph.keys import read_mark_key
from graph.packing import packed, unpacked
from graph.scope import AccessScope, scoped
from graph.session import Graph

_READ = "MATCH (m:ReadMark {key: $key}) RETURN m.at AS at, m.seen AS seen"
_SET = "MERGE (m:ReadMark {key: $key}) SET m.at = $at, m.seen = $seen"


@dataclass(frozen=True, slots=True)
class ReadMark:
    """What was seen: the versions by `Type/id`; `at` in µs since the epoch."""

    at: int
    seen: Mapping[str, int]


@scoped
class ReadMarkStore:
    """The marks of one graph; each caller has those of their own."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def last(self, scope: AccessScope, patient_id: str) -> ReadMark | None:
        """What the caller saw when they last read a patient; None where they never did."""
        rows = self._graph.read(_READ, key=read_mark_key(scope.tenant, scope.subject, patient_id))
        return ReadMark(rows[0]["at"], orjson.loads(unpacked(bytes(rows[0]["seen"])))) if rows else None

    def put(self, scope: AccessScope, patient_id: str, mark: ReadMark) -> None:
        """Keep what the caller saw of a patient in place of what they saw before."""
        key = read_mark_key(scope.tenant, scope.subject, patient_id)
        seen = packed(orjson.dumps(dict(mark.seen)))
        self._graph.write_aside(lambda transaction: transaction.run(_SET, key=key, at=mark.at, seen=seen))


def state_of(seen: Mapping[str, int]) -> str:
    """A name for what is seen, which is another one whenever that is; it tells nothing beside."""
    return sha256(orjson.dumps(dict(sorted(seen.items())))).hexdigest()
