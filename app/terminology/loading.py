"""Brings stored CodeSystems and ConceptMaps into the graph, so that questions walk one tree with what ships.

The commit of such a resource writes it alone, whatever its size; this follows it, part by part, and
what it has written already changes nothing when it is written again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from fhir_profiles.folding import fold
from fhir_profiles.terminology import Coding
from fhir_profiles.terminology.codes import CodeEntry
from fhir_profiles.terminology.decimals import document_of
from fhir_profiles.terminology.naming import SpokenName, namings
from fhir_profiles.terminology.parsed import entry_of, hierarchy, placed_concepts, subsumes, title_of
from graph.errors import Gone, NotFound
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.terminology.loading import AT_ONCE, BehindSystem, ConceptRow, ConceptSourceStore, MapRow
from graph.terminology.names import language_of

Row = TypeVar("Row")
Steps: TypeAlias = Iterator[int]
"""How many concepts were written, after each step of the work."""

_INSIDE, MAP = "concept", "ConceptMap"
_SAME = frozenset({"equal", "equivalent"})
_UP, _DOWN = frozenset({"wider", "subsumes"}), frozenset({"narrower", "specializes"})  # said of the target


class ConceptLoader:
    """Brings in what is behind."""

    def __init__(self, resources: ResourceStore, store: ConceptSourceStore) -> None:
        self._resources = resources
        self._store = store

    def behind(self, scope: AccessScope) -> list[BehindSystem]:
        """The CodeSystems and ConceptMaps that were not brought in as they are now."""
        return self._store.behind(scope)

    def catch_up(self, scope: AccessScope) -> Steps:
        """Bring in everything that is behind, a step at a time; who stops goes on with what is left later."""
        done: set[str] = set()
        while found := [each for each in self._store.behind(scope) if each.source not in done]:
            for each in found:
                done.add(each.source)
                yield from self._leave(scope, each) if each.leaves else self._bring(scope, each)

    def _leave(self, scope: AccessScope, behind: BehindSystem) -> Steps:
        self._store.forget(scope, behind)
        yield from self._sweep(scope, behind)

    def _bring(self, scope: AccessScope, behind: BehindSystem) -> Steps:
        try:
            version = self._resources.read(scope, behind.kind, behind.resource_id)
        except (NotFound, Gone):
            return  # it is behind in another way by now
        if version.version_id != behind.version:
            return
        document = document_of(version.body)
        size = len(version.body)
        if behind.kind == MAP:
            yield from self._bring_map(scope, behind, document, size)
        elif document.get("content") == "not-present":
            self._store.keep(scope, behind)
        else:
            yield from self._bring_system(scope, behind, document, size)

    def _bring_map(
        self, scope: AccessScope, behind: BehindSystem, document: Mapping[str, Any], size: int
    ) -> Steps:
        rows = list(map_rows(document))
        for part in in_parts(rows):
            self._store.write_maps(scope, behind.source, part)
            yield len(part)
        self._store.finish(scope, behind, {}, size, len(rows))
        yield from self._sweep(scope, behind)

    def _bring_system(
        self, scope: AccessScope, behind: BehindSystem, document: Mapping[str, Any], size: int
    ) -> Steps:
        rows = concept_rows(document)
        url = title_of(document).url
        for part in in_parts(rows):
            self._store.write(scope, behind.source, url, part)
            yield len(part)
        for part in in_parts(rows) if subsumes(document) else ():
            self._store.link(scope, behind.source, url, part)
            yield 0
        head = {name: value for name, value in document.items() if name not in (_INSIDE, "text")}
        self._store.finish(scope, behind, head, size, len(rows))
        yield from self._sweep(scope, behind)

    def _sweep(self, scope: AccessScope, behind: BehindSystem) -> Steps:
        while self._store.sweep(scope, behind):
            yield 0


def concept_rows(document: Mapping[str, Any]) -> list[ConceptRow]:
    """The concepts of a CodeSystem as they stand in the graph, each code once, in the resource's order."""
    title = title_of(document)
    placed = list(placed_concepts(document.get(_INSIDE, ())))
    above = hierarchy(placed)
    every = {concept["code"]: concept for concept, _ in placed}
    return [
        row_of(place, concept, entry_of(title, concept, tuple(above.get(code, ()))))
        for place, (code, concept) in enumerate(every.items())
    ]


def row_of(place: int, concept: Mapping[str, Any], entry: CodeEntry) -> ConceptRow:
    """A concept of a CodeSystem, which is its number `place`, as it stands in the graph."""
    names = {each.language: each.value for each in reversed(entry.designations) if each.language}
    own = entry.language or "en"
    if entry.display:
        names[own] = entry.display
    words = (entry.code, entry.display or "", *(each.value for each in entry.designations))
    return ConceptRow(
        code=entry.code,
        place=place,
        data={name: value for name, value in concept.items() if name != _INSIDE},
        folded=" ".join(map(fold, words)),
        parents=entry.parents,
        inactive=entry.inactive,
        names=names,
        namings=() if entry.inactive else tuple(namings(_named(entry, names))),
    )


def _named(entry: CodeEntry, names: Mapping[str, str]) -> Iterator[SpokenName]:
    """Each name of a code with its language, and whether it is what the code is called in that."""
    if entry.display:
        yield SpokenName(entry.display, language_of(entry.display, entry.language), True)
    for each in entry.designations:
        shown = names.get(each.language or "") == each.value
        yield SpokenName(each.value, language_of(each.value, each.language), shown)


def map_rows(document: Mapping[str, Any]) -> Iterator[MapRow]:
    """What a ConceptMap says of codes that are the same, or of which one is the wider; no other is taken.

    Between two codes of one system a wider one is what the other is a kind of.
    """
    for group in document.get("group", ()):
        for element in group.get("element", ()):
            source = (group.get("source"), element.get("code"))
            for each in element.get("target", ()):
                target = (group.get("target"), each.get("code"))
                if all(source) and all(target) and source != target:
                    yield from _mapped(source, target, each.get("equivalence"))


def _mapped(source: Coding, target: Coding, equivalence: str | None) -> Iterator[MapRow]:
    within = source[0] == target[0]
    if equivalence in _SAME:
        yield MapRow(lower=target, upper=source)
    elif equivalence in _UP:
        yield MapRow(lower=source, upper=target, wider=not within)
    elif equivalence in _DOWN:
        yield MapRow(lower=target, upper=source, wider=not within)


def in_parts(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    """Some rows in parts of one transaction."""
    waiting = iter(rows)
    while part := tuple(islice(waiting, AT_ONCE)):
        yield part
