"""Code systems whose concepts are asked of the graph: those that are too large to be held whole by a process.

    (:ConceptSource {key, source, versionId, size, head})       one a CodeSystem: which version was brought in
    (:Concept {source, place, code, parents, data})-[:IS_A]->(:Concept)

`source` is the key of the version of the resource that defines a concept. Who may see the resource may see
its concepts, so every method is asked with a key that the caller's own search found.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson

from fhir_profiles.terminology.codes import CodeEntry, CodeFilter, CodeSystem, Selection, SystemTitle
from fhir_profiles.terminology.filters import CODE_NAMES, is_chosen
from fhir_profiles.terminology.parsed import entry_of, title_of
from graph.errors import Unavailable
from graph.keys import source_concept_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row

LARGEST_PARSED = 1 << 20  # bytes of the text of a code system that is held whole
_AT_ONCE = 2_000
_RETRY = 3  # seconds

_HEADS = """
UNWIND $keys AS key
MATCH (s:ConceptSource {key: key}) MATCH (r:Resource {key: key})
WHERE s.versionId = r.versionId AND s.size > $largest
RETURN s.key AS key, s.source AS source, s.head AS head, s.size AS size, r.lastUpdated AS updated
"""
_LOADED = "MATCH (s:ConceptSource {key: $key}) WHERE s.source = $source RETURN s.count AS count"
_COLUMNS = "c.code AS code, c.data AS data, c.parents AS parents"
_ENTRIES = f"UNWIND $keys AS key MATCH (c:Concept {{key: key}}) RETURN {_COLUMNS}, c.place AS place"
_CHOSEN = f"""
MATCH (c:Concept) WHERE c.source = $source AND c.place >= $start
AND (NOT $active OR c.inactive IS NULL) AND all(word IN $words WHERE c.folded CONTAINS word)
RETURN {_COLUMNS}, c.place AS place ORDER BY c.place LIMIT $limit
"""
_SIZE = """
MATCH (c:Concept) WHERE c.source = $source AND c.place >= 0
AND (NOT $active OR c.inactive IS NULL) AND all(word IN $words WHERE c.folded CONTAINS word)
RETURN count(c) AS size
"""
_BELOW = "MATCH (top:Concept {key: $key})<-[:IS_A*1..]-(c:Concept) RETURN DISTINCT c.code AS code"
_ABOVE = "MATCH (:Concept {key: $key})-[:IS_A*1..]->(c:Concept) RETURN DISTINCT c.code AS code"
_CHILDREN = """
MATCH (:Concept {key: $key})<-[:IS_A]-(c:Concept) RETURN c.code AS code ORDER BY c.place
"""


@dataclass(frozen=True, slots=True)
class LoadedHead:
    """A CodeSystem whose concepts are in the graph: what it says beside them.

    `key` is that of its version, `size` the bytes of its whole text, `updated` when it was written (µs).
    """

    key: str
    document: Mapping[str, Any]
    size: int
    updated: int


@scoped
class LoadedSystems:
    """The code systems of the graph; every method takes the caller's `AccessScope` first."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def heads(self, scope: AccessScope, keys: Sequence[str]) -> dict[str, LoadedHead]:
        """Those of some CodeSystems, by key, that are large and whose current version was brought in."""

        def find() -> dict[str, LoadedHead]:
            rows = self._graph.read(_HEADS, keys=list(keys), largest=LARGEST_PARSED)
            return {
                row["key"]: LoadedHead(row["source"], orjson.loads(row["head"]), row["size"], row["updated"])
                for row in rows
            }

        return self._graph.recalled(scope, ("heads", *keys), find, lambda found: 100 + 2_000 * len(found))

    def system(self, scope: AccessScope, source: str, head: Mapping[str, Any]) -> CodeSystem:
        """The codes of a version of a CodeSystem, by the key of the version.

        Raises `Unavailable` while they are being brought in.
        """
        key = source.rpartition("|")[0]
        found = self._graph.recalled(
            scope,
            ("loaded", source),
            lambda: self._graph.read(_LOADED, key=key, source=source),
            lambda _: 200,
        )
        if not found:
            raise Unavailable(
                "the concepts of this code system are being brought into the graph",
                code="transient",
                retry_after=_RETRY,
            )
        return _LoadedSystem(self._graph, source, title_of(head), found[0]["count"])


class _LoadedSystem:
    """The codes of one version of one CodeSystem."""

    def __init__(self, graph: Graph, source: str, title: SystemTitle, count: int) -> None:
        self._graph = graph
        self._source = source
        self._title = title
        self._count = count

    @property
    def title(self) -> SystemTitle:
        """What it says of itself."""
        return self._title

    def entries(self, codes: Collection[str]) -> Mapping[str, CodeEntry]:
        """Those of the codes that it defines, by the code."""
        rows = self._graph.read(_ENTRIES, keys=[self._key(code) for code in codes])
        return {row["code"]: self._entry(row) for row in rows}

    def chosen(self, asked: Selection, skip: int = 0) -> Iterator[CodeEntry]:
        """The codes that are asked for, in the order of the resource.

        Raises `UnreadableFilter`, `TooCostly`.
        """
        if not asked.filters and not asked.usable_only:
            plain = not asked.words and not asked.active_only
            rows = self._rows(asked, start=skip if plain else 0)
            yield from map(self._entry, islice(rows, 0 if plain else skip, None))
            return
        holds = is_chosen(self, asked)
        yield from islice(filter(holds, map(self._entry, self._narrowed(asked))), skip, None)

    def size(self, asked: Selection) -> int:
        """How many codes are asked for; raises `UnreadableFilter`, `TooCostly`."""
        if asked == Selection():
            return self._count
        if asked.filters or asked.usable_only:
            return sum(1 for _ in self.chosen(asked))
        rows = self._graph.read(_SIZE, source=self._source, active=asked.active_only, words=list(asked.words))
        return int(rows[0]["size"])

    def ancestors(self, code: str) -> frozenset[str]:
        """Every code above one."""
        return self._codes(_ABOVE, code)

    def descendants(self, code: str) -> frozenset[str]:
        """Every code below one."""
        return self._codes(_BELOW, code)

    def children(self, code: str) -> Sequence[str]:
        """The codes directly below one."""
        return [row["code"] for row in self._graph.read(_CHILDREN, key=self._key(code))]

    def _codes(self, text: str, code: str) -> frozenset[str]:
        return frozenset(row["code"] for row in self._graph.read(text, key=self._key(code)))

    def _key(self, code: str) -> str:
        return source_concept_key(self._source, self._title.url, code)

    def _entry(self, row: Row) -> CodeEntry:
        return entry_of(self._title, orjson.loads(row["data"]), row["parents"])

    def _rows(self, asked: Selection, start: int = 0) -> Iterator[Row]:
        """The rows of the system from a place on, a part at a time."""
        while True:
            rows = self._graph.read(
                _CHOSEN,
                source=self._source,
                start=start,
                active=asked.active_only,
                words=list(asked.words),
                limit=_AT_ONCE,
            )
            yield from rows
            if len(rows) < _AT_ONCE:
                return
            start = rows[-1]["place"] + 1

    def _narrowed(self, asked: Selection) -> Iterator[Row]:
        """The rows that filters by the hierarchy leave, where there is one; else all of the system."""
        narrowing = [_NARROWING[each.op](self, each) for each in asked.filters if _narrows(each)]
        if not narrowing:
            yield from self._rows(asked)
            return
        keys = [self._key(code) for code in frozenset.intersection(*narrowing)]
        rows: list[Row] = []
        for start in range(0, len(keys), _AT_ONCE):
            rows += self._graph.read(_ENTRIES, keys=keys[start : start + _AT_ONCE])
        yield from sorted(rows, key=lambda row: int(row["place"]))


def _narrows(asked: CodeFilter) -> bool:
    return asked.op in _NARROWING and asked.property in CODE_NAMES


_NARROWING: Mapping[str, Callable[[CodeSystem, CodeFilter], frozenset[str]]] = {
    "=": lambda system, asked: frozenset({asked.value}),
    "in": lambda system, asked: frozenset(each.strip() for each in asked.value.split(",")),
    "is-a": lambda system, asked: system.descendants(asked.value) | {asked.value},
    "descendent-of": lambda system, asked: system.descendants(asked.value),
    "generalizes": lambda system, asked: system.ancestors(asked.value) | {asked.value},
}
