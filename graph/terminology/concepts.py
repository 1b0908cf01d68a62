"""Terminology: which codings a concept stands for (`graph.schema.concepts` brings it into the graph)."""

from collections.abc import Iterable
from dataclasses import dataclass

from fhir_profiles.terminology import Coding
from graph.keys import concept_key
from graph.scope import AccessScope, scoped
from graph.session import Graph

_EXPAND = """
UNWIND $asked AS asked
MATCH (c:Concept {key: asked.key})
CALL (c, asked) {
  RETURN c AS top
  UNION
  MATCH (c)-[:IS_A]->(top:Concept) WHERE asked.maps AND top.system <> c.system RETURN top
}
CALL (top, asked) {
  RETURN top AS found
  UNION
  MATCH (found:Concept)-[:IS_A*1..]->(top) WHERE asked.descendants RETURN DISTINCT found
  UNION
  MATCH (found:Concept)-[:IS_A]->(top)
  WHERE asked.maps AND NOT asked.descendants AND found.system <> top.system RETURN found
}
RETURN DISTINCT found.system AS system, found.code AS code ORDER BY system, code
"""


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
        """The codings that the concepts stand for; one that no terminology knows stands for itself."""
        wanted = list(asked)
        itself = {(each.system, each.code) for each in wanted}
        rows = [
            {
                "key": concept_key(each.system, each.code),
                "descendants": each.descendants,
                "maps": each.maps,
            }
            for each in wanted
            if each.descendants or each.maps
        ]
        found = self._graph.read(_EXPAND, asked=rows) if rows else []
        return frozenset(itself | {(row["system"], row["code"]) for row in found})
