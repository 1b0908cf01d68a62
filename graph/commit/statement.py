"""The Cypher of the engine: a text that reads what units look at, and one that writes a whole commit.

Each shelf that is looked at and each part that is written is a `CALL () { … }` of its own over one list,
which may be empty. Neo4j takes seconds to compile such a text while its Java machine is cold, and compiles a
text anew for each order of magnitude of the length of a list or string parameter, but not for what is inside
a map; so there is one parameter, `$commit`, and a plan for each choice of sections (ADR 2, ADR 5). It stays
for good: rows are found by unique keys alone, so no number of nodes leads to another one.
"""

from collections.abc import Sequence
from typing import Any

from graph.commit.draft import Part
from graph.commit.shelf import Shelf

_PLANNED_ONCE = "CYPHER replan=skip"
_READ = "OPTIONAL MATCH (c:Counter {key: $commit.tenant})"
# The first SET takes the write lock before anything is read (Neo4j manual, "Lost updates").
_LOCK = "MERGE (c:Counter {key: $commit.tenant}) SET c.lockedAt = $commit.now"


def loading(shelves: Sequence[Shelf[Any]], *, locking: bool = False) -> str:
    """The text that reads the counter and rows of these shelves; `locking` keeps other committers out."""
    start = _LOCK if locking else _READ
    shown = f"RETURN properties(c) AS counter{_names(shelves)}"
    return "\n".join((_PLANNED_ONCE, start, "WITH c", *map(_load, shelves), shown))


def writing(parts: Sequence[Part[Any]], shelves: Sequence[Shelf[Any]]) -> str:
    """The text that writes a commit where its stamp still is the last one and no presumed key is there.

    Its one row says whether it `went`; where it did not, the counter and the rows say why.
    """
    names = _names(shelves)
    absent = "".join(f" AND size({shelf.name}) = 0" for shelf in shelves)
    return "\n".join(
        (
            _PLANNED_ONCE,
            _LOCK,
            "WITH c, coalesce(c.recent[0], '') = $commit.stamp AS fresh",
            *map(_load, shelves),
            f"WITH c{names}, fresh{absent} AS went",
            *map(_write, parts),
            "CALL (c, went) { WITH c WHERE went SET c += $commit.counter }",
            f"RETURN went, properties(c) AS counter{names}",
        )
    )


def _names(shelves: Sequence[Shelf[Any]]) -> str:
    return "".join(f", {shelf.name}" for shelf in shelves)


def _load(shelf: Shelf[Any]) -> str:
    keys = f"UNWIND $commit.keys.{shelf.name} AS key"
    return f"CALL () {{ {keys} {shelf.load} RETURN collect(row) AS {shelf.name} }}"


def _write(part: Part[Any]) -> str:
    rows = f"UNWIND CASE WHEN went THEN $commit.batch.{part.name} ELSE [] END AS row"
    return f"CALL (went) {{ {rows}\n{part.statement} }}"
