"""Brings the concepts of stored CodeSystems into the graph, so that questions walk one tree with what ships.

The commit of a CodeSystem writes its resource alone, whatever its size; this follows it, part by part, and
what it has written already changes nothing when it is written again.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias

from fhir_profiles.folding import fold
from fhir_profiles.terminology.codes import CodeEntry
from fhir_profiles.terminology.decimals import document_of
from fhir_profiles.terminology.parsed import entry_of, hierarchy, placed_concepts, subsumes, title_of
from graph.errors import Gone, NotFound
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope
from graph.terminology.loading import AT_ONCE, BehindSystem, ConceptRow, ConceptSourceStore

Steps: TypeAlias = Iterator[int]
"""How many concepts were written, after each step of the work."""

_INSIDE = "concept"


class ConceptLoader:
    """Brings in what is behind."""

    def __init__(self, resources: ResourceStore, store: ConceptSourceStore) -> None:
        self._resources = resources
        self._store = store

    def behind(self, scope: AccessScope) -> list[BehindSystem]:
        """The CodeSystems whose concepts are not those of their current version."""
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
            version = self._resources.read(scope, "CodeSystem", behind.resource_id)
        except (NotFound, Gone):
            return  # it is behind in another way by now
        if version.version_id != behind.version:
            return
        document = document_of(version.body)
        rows = concept_rows(document)
        url = title_of(document).url
        for part in _in_parts(rows):
            self._store.write(scope, behind.source, url, part)
            yield len(part)
        for part in _in_parts(rows) if subsumes(document) else ():
            self._store.link(scope, behind.source, url, part)
            yield 0
        head = {name: value for name, value in document.items() if name not in (_INSIDE, "text")}
        self._store.finish(scope, behind, head, len(version.body), len(rows))
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
        _row(place, concept, entry_of(title, concept, tuple(above.get(code, ()))))
        for place, (code, concept) in enumerate(every.items())
    ]


def _row(place: int, concept: Mapping[str, Any], entry: CodeEntry) -> ConceptRow:
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
    )


def _in_parts(rows: Sequence[ConceptRow]) -> Iterator[Sequence[ConceptRow]]:
    waiting = iter(rows)
    while part := tuple(islice(waiting, AT_ONCE)):
        yield part
