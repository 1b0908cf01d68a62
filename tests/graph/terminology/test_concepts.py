"""Concepts in the graph: loaded once, expanded with all below and across systems."""

import pytest

from fhir_profiles.terminology import concepts, descendants
from graph.errors import ScopeMissing
from graph.schema.concepts import load_concepts
from graph.session import Graph
from graph.terminology.concepts import AskedConcept, ConceptStore
from tests.factories.scopes import scope_of

SNOMED, ICD_O = "http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.43.1"
MONDO = "http://purl.obolibrary.org/obo/mondo.owl"
SCOPE = scope_of("clinician")


@pytest.fixture
def store(graph: Graph) -> ConceptStore:
    return ConceptStore(graph)


def test_what_ships_is_in_the_graph_and_is_not_written_twice(graph: Graph) -> None:
    load_concepts(graph)

    assert load_concepts(graph) == 0
    assert graph.read("MATCH (c:Concept) RETURN count(c) AS n")[0]["n"] >= len(concepts())


def test_descendants_are_those_of_the_shipped_hierarchy(store: ConceptStore) -> None:
    for concept in concepts():
        asked = AskedConcept(concept.system, concept.code, descendants=True)
        assert store.expand(SCOPE, [asked]) == descendants(*concept.coding)


def test_without_descendants_a_concept_is_itself(store: ConceptStore) -> None:
    assert store.expand(SCOPE, [AskedConcept(ICD_O, "9180/3")]) == {(ICD_O, "9180/3")}


def test_a_code_that_nobody_knows_stands_for_itself(store: ConceptStore) -> None:
    asked = [AskedConcept("urn:local", "x|y", descendants=True, maps=True), AskedConcept("", "z")]

    assert store.expand(SCOPE, asked) == {("urn:local", "x|y"), ("", "z")}


def test_maps_reach_the_equals_in_other_systems(store: ConceptStore) -> None:
    plain = store.expand(SCOPE, [AskedConcept(ICD_O, "9180/3", maps=True)])
    deep = store.expand(SCOPE, [AskedConcept(ICD_O, "9180/3", descendants=True, maps=True)])

    assert {(ICD_O, "9180/3"), (MONDO, "MONDO:0009807"), (SNOMED, "189878003")} <= plain
    assert (ICD_O, "9193/3") not in plain
    assert {(ICD_O, "9193/3"), (SNOMED, "307576001")} <= deep
    assert (ICD_O, "9220/3") not in deep


def test_nothing_is_asked_without_a_scope(store: ConceptStore) -> None:
    with pytest.raises(ScopeMissing):
        store.expand(None, [])  # type: ignore[arg-type]
