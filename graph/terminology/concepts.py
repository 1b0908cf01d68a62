"""Terminology: which codings a concept stands for, in one tree of what ships and what the tenant has brought.

    (:Concept)-[:IS_A]->(:Concept)             a kind of it; of another system: the same as it
    (:Concept)-[:CLASSIFIED_AS]->(:Concept)    of another system, which is wider: never the same

The same coding may be defined several times, by what ships and by CodeSystems and ConceptMaps of the tenant,
so the tree is walked from coding to coding, a level at a time, over the nodes that the tenant may see. Below
codes whose form says so stand those that records hold, too (`held_codes.py`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fhir_profiles.terminology import Coding
from graph.errors import TooLarge
from graph.keys import concept_coding
from graph.scope import AccessScope, scoped
from graph.session import Graph
from graph.terminology.held_codes import held_below
from graph.terminology.names import NamedConcept, concepts_by_names

MOST_FOUND = 20_000  # codings of one expansion: no question asks for more
_KEPT = 200  # bytes that a coding takes in memory
_DEEPEST = 64  # levels
_FURTHEST = 3  # systems that one code is carried through: a record's, an ontology's, the one that joins them
_OURS = "({0}.tenant IS NULL OR {0}.tenant = $tenant)"
_STEP = f"""
UNWIND $codings AS coding
MATCH (c:Concept {{coding: coding}}) WHERE {_OURS.format("c")}
MATCH {{way}} WHERE {_OURS.format("next")}
RETURN DISTINCT c.system AS own, next.system AS system, next.code AS code
"""
_SOURCES = """
MATCH (c:Concept) WHERE c.tenant = $tenant AND c.code IN $codes AND c.mapped IS NULL
RETURN DISTINCT c.source AS source
"""
_BELOW = _STEP.replace("{way}", "(c)<-[:IS_A]-(next:Concept)")
_ABOVE = _STEP.replace("{way}", "(c)-[:IS_A]->(next:Concept)")
_FILED = _STEP.replace("{way}", "(c)<-[:CLASSIFIED_AS]-(next:Concept)")


@dataclass(frozen=True, slots=True)
class AskedConcept:
    """A concept of a question: with all below it, and with the codes that equal it in other systems."""

    system: str
    code: str
    descendants: bool = False
    maps: bool = False


@scoped
class ConceptStore:
    """The concepts of one graph; every method takes the caller's `AccessScope` first."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def expand(self, scope: AccessScope, asked: Iterable[AskedConcept]) -> frozenset[Coding]:
        """The codings that the concepts stand for; one that no terminology knows stands for itself.

        Raises `TooLarge` where they stand for more than a question may ask for.
        """
        wanted = tuple(asked)
        return self._graph.recalled(
            scope,
            ("expand", *wanted),
            lambda: self._expand(scope, wanted),
            lambda found: _KEPT * len(found),
        )

    def _expand(self, scope: AccessScope, wanted: Sequence[AskedConcept]) -> frozenset[Coding]:
        found = {(each.system, each.code) for each in wanted}
        for descendants in (False, True):
            for maps in (False, True):
                some = {
                    (each.system, each.code)
                    for each in wanted
                    if (each.descendants, each.maps) == (descendants, maps)
                }
                found |= self._expanded(scope, some, descendants=descendants, maps=maps)
        return frozenset(found)

    def below(self, scope: AccessScope, codings: Iterable[Coding]) -> frozenset[Coding]:
        """Some codings and all below them, in whatever system; raises `TooLarge`."""
        found = self._reached(scope, codings, _BELOW)
        return _bounded(found | held_below(self._graph, scope.tenant, found))

    def above(self, scope: AccessScope, codings: Iterable[Coding]) -> frozenset[Coding]:
        """Some codings and all above them, in whatever system; raises `TooLarge`."""
        return self._reached(scope, codings, _ABOVE)

    def by_names(self, scope: AccessScope, names: Iterable[str]) -> Mapping[str, tuple[NamedConcept, ...]]:
        """The concepts that have some folded names, by the name as it was given; names of none are absent.

        Raises `TooLarge` where there are too many names for one look-up.
        """
        return concepts_by_names(self._graph, scope.tenant, names)

    def sources(self, scope: AccessScope, codes: Collection[str]) -> tuple[str, ...]:
        """The keys of the tenant's CodeSystems of which some concept has one of some codes; rights apart."""
        rows = self._graph.read(_SOURCES, tenant=scope.tenant, codes=list(codes))
        return tuple(sorted({row["source"].rpartition("|")[0] for row in rows}))

    def _expanded(
        self, scope: AccessScope, asked: Collection[Coding], *, descendants: bool, maps: bool
    ) -> frozenset[Coding]:
        tops = self._equals(scope, asked, _ABOVE) if maps else frozenset(asked)
        if not descendants:
            return self._equals(scope, tops, _BELOW) if maps else tops
        found = self.below(scope, tops)
        return _bounded(found | self._next(scope, found, _FILED)) if maps else found

    def _equals(self, scope: AccessScope, codings: Iterable[Coding], step: str) -> frozenset[Coding]:
        """Some codings and those of other systems that are the same, up or down from system to system."""
        found = set(codings)
        level = set(found)
        for _ in range(_FURTHEST):
            level = self._next(scope, level, step, elsewhere=True) - found
            found |= level
        return frozenset(found)

    def _reached(self, scope: AccessScope, codings: Iterable[Coding], step: str) -> frozenset[Coding]:
        found = set(codings)
        level = set(found)
        for _ in range(_DEEPEST):
            level = self._next(scope, level, step) - found
            if not level:
                break
            found |= level
            _bounded(found)
        return frozenset(found)

    def _next(
        self, scope: AccessScope, codings: Collection[Coding], step: str, *, elsewhere: bool = False
    ) -> set[Coding]:
        """What stands directly below or above; `elsewhere`: in another system than what it is next to."""
        if not codings:
            return set()
        keys = [concept_coding(system, code) for system, code in codings]
        rows = self._graph.read(step, codings=keys, tenant=scope.tenant)
        return {(row["system"], row["code"]) for row in rows if not elsewhere or row["system"] != row["own"]}


def _bounded(found: Collection[Coding]) -> frozenset[Coding]:
    if len(found) > MOST_FOUND:
        raise TooLarge(f"more than {MOST_FOUND} codes stand below or above it", code="too-costly")
    return frozenset(found)
