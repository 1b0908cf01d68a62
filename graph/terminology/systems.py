"""Code systems whose concepts are asked of the graph: those that are too large to be held whole by a process.

    (:ConceptSource {key, source, versionId, size, head})       one a CodeSystem: which version was brought in
    (:Concept {source, place, code, parents, data})-[:IS_A]->(:Concept)

`source` is the key of the version of the resource that defines a concept. Who may see the resource may see
its concepts, so every method is asked with a key that the caller's own search found.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeAlias

import orjson

from fhir_profiles.terminology.codes import CodeEntry, CodeFilter, CodeSystem, Selection, SystemTitle
from fhir_profiles.terminology.decimals import document_of
from fhir_profiles.terminology.filters import CODE_NAMES, is_chosen
from fhir_profiles.terminology.parsed import entry_of, title_of
from graph.errors import Unavailable
from graph.keys import source_concept_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Row

LARGEST_PARSED = 1 << 20  # bytes of the text of a code system that is held whole
_FIRST, _AT_ONCE = 200, 2_000  # rows of a part
_RETRY = 3  # seconds

_HEADS = """
UNWIND $keys AS key
MATCH (s:ConceptSource {key: key}) MATCH (r:Resource {key: key})
WHERE s.versionId = r.versionId AND s.size > $largest
RETURN s.key AS key, s.source AS source, s.head AS head, s.size AS size, r.lastUpdated AS updated
"""
_LOADED = "MATCH (s:ConceptSource {key: $key}) WHERE s.source = $source RETURN s.count AS count"
_COLUMNS = "c.code AS code, c.data AS data, c.parents AS parents, c.place AS place"
_ENTRIES = f"UNWIND $keys AS key MATCH (c:Concept {{key: key}}) RETURN {_COLUMNS}"
_WANTED = "(NOT $active OR NOT c.inactive) AND all(word IN $words WHERE c.folded CONTAINS word)"
# By both properties of the index, in whose order they are then read: no more of them than are wanted.
_CHOSEN = f"""
MATCH (c:Concept) WHERE c.source = $source AND c.place >= $start AND {_WANTED}
RETURN {_COLUMNS} ORDER BY c.source, c.place LIMIT $limit
"""
_SIZE = f"MATCH (c:Concept) WHERE c.source = $source AND c.place >= 0 AND {_WANTED} RETURN count(c) AS size"
_BELOW = """
MATCH (top:Concept {key: $key})<-[:IS_A*0..]-(c:Concept) RETURN DISTINCT c.code AS code, c.place AS place
"""
_ABOVE = """
MATCH (:Concept {key: $key})-[:IS_A*0..]->(c:Concept) RETURN DISTINCT c.code AS code, c.place AS place
"""
_CHILDREN = "MATCH (:Concept {key: $key})<-[:IS_A]-(c:Concept) RETURN c.code AS code ORDER BY c.place"
_Places: TypeAlias = Mapping[str, int]


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
        self._reached: dict[tuple[str, str], _Places] = {}

    @property
    def title(self) -> SystemTitle:
        """What it says of itself."""
        return self._title

    def entries(self, codes: Collection[str]) -> Mapping[str, CodeEntry]:
        """Those of the codes that it defines, by the code."""
        return {row["code"]: self._entry(row) for row in self._rows_of(codes)}

    def chosen(self, asked: Selection, skip: int = 0) -> Iterator[CodeEntry]:
        """The codes that are asked for, in the order of the resource.

        Raises `UnreadableFilter`, `TooCostly`.
        """
        rest = self._rest(asked)
        places = self._narrowed(asked.filters)
        plain = rest == Selection()
        if places is not None:
            ordered = sorted(places, key=places.__getitem__)
            rows = self._listed(ordered[skip:] if plain else ordered)
        else:
            rows = self._walked(asked, start=skip if plain else 0)
        entries = map(self._entry, rows)
        yield from entries if plain else islice(filter(is_chosen(self, rest), entries), skip, None)

    def size(self, asked: Selection) -> int:
        """How many codes are asked for; raises `UnreadableFilter`, `TooCostly`."""
        if asked == Selection():
            return self._count
        if asked.filters or asked.usable_only:
            places = self._narrowed(asked.filters)
            plain = places is not None and self._rest(asked) == Selection()
            return len(places or ()) if plain else sum(1 for _ in self.chosen(asked))
        rows = self._graph.read(_SIZE, source=self._source, active=asked.active_only, words=list(asked.words))
        return int(rows[0]["size"])

    def ancestors(self, code: str) -> frozenset[str]:
        """Every code above one."""
        return frozenset(self._reach(_ABOVE, code)) - {code}

    def descendants(self, code: str) -> frozenset[str]:
        """Every code below one."""
        return frozenset(self._reach(_BELOW, code)) - {code}

    def children(self, code: str) -> Sequence[str]:
        """The codes directly below one."""
        return [row["code"] for row in self._graph.read(_CHILDREN, key=self._key(code))]

    def _key(self, code: str) -> str:
        return source_concept_key(self._source, self._title.url, code)

    def _entry(self, row: Row) -> CodeEntry:
        return entry_of(self._title, document_of(row["data"].encode()), row["parents"])

    def _reach(self, text: str, code: str) -> _Places:
        """The codes above or below one, and that one, with their places."""
        if (text, code) not in self._reached:
            rows = self._graph.read(text, key=self._key(code))
            self._reached[text, code] = {row["code"]: row["place"] for row in rows}
        return self._reached[text, code]

    def _rows_of(self, codes: Iterable[str]) -> list[Row]:
        return self._graph.read(_ENTRIES, keys=[self._key(code) for code in codes])

    def _walked(self, asked: Selection, start: int) -> Iterator[Row]:
        """The rows of the system from a place on, a part at a time, each part larger than the one before."""
        limit = _FIRST
        while True:
            rows = self._graph.read(
                _CHOSEN,
                source=self._source,
                start=start,
                active=asked.active_only,
                words=list(asked.words),
                limit=limit,
            )
            yield from rows
            if len(rows) < limit:
                return
            start, limit = rows[-1]["place"] + 1, min(2 * limit, _AT_ONCE)

    def _listed(self, codes: Sequence[str]) -> Iterator[Row]:
        """The rows of some codes in their order, a part at a time."""
        start, limit = 0, _FIRST
        while part := codes[start : start + limit]:
            yield from sorted(self._rows_of(part), key=lambda row: int(row["place"]))
            start, limit = start + limit, min(2 * limit, _AT_ONCE)

    def _narrowed(self, filters: Sequence[CodeFilter]) -> _Places | None:
        """The codes that filters by code and hierarchy leave; None where there is no such filter."""
        found = [_NARROWING[each.op](self, each.value) for each in filters if _narrows(each)]
        if not found:
            return None
        return {code: place for code, place in found[0].items() if all(code in each for each in found)}

    def _rest(self, asked: Selection) -> Selection:
        """What is left to look at in each code that was narrowed to, or walked past."""
        rest = replace(asked, filters=tuple(each for each in asked.filters if not _narrows(each)))
        walked = len(rest.filters) == len(asked.filters)
        return replace(rest, words=(), active_only=False) if walked else rest

    def of_codes(self, codes: Iterable[str]) -> _Places:
        """Those of some codes that it defines, with their places."""
        return {row["code"]: row["place"] for row in self._rows_of(codes)}

    def below(self, code: str) -> _Places:
        """A code and all below it, with their places."""
        return self._reach(_BELOW, code)

    def above(self, code: str) -> _Places:
        """A code and all above it, with their places."""
        return self._reach(_ABOVE, code)


def _narrows(asked: CodeFilter) -> bool:
    return asked.op in _NARROWING and asked.property in CODE_NAMES


def _strictly_below(system: _LoadedSystem, code: str) -> _Places:
    return {each: place for each, place in system.below(code).items() if each != code}


_NARROWING: Mapping[str, Callable[[_LoadedSystem, str], _Places]] = {
    "=": lambda system, value: system.of_codes((value,)),
    "in": lambda system, value: system.of_codes({each.strip() for each in value.split(",")}),
    "is-a": lambda system, value: system.below(value),
    "descendent-of": _strictly_below,
    "generalizes": lambda system, value: system.above(value),
}
