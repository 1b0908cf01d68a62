"""Concepts in the graph: loaded once, expanded with all below and across systems."""

import pytest

from fhir_profiles.terminology import Coding, concepts, descendants
from fhir_profiles.terminology.drugs import DRUG
from graph.errors import ScopeMissing
from graph.schema.concepts import load_concepts
from graph.scope import AccessScope
from graph.session import Graph
from graph.terminology.concepts import AskedConcept, ConceptStore
from graph.terminology.loading import ConceptSourceStore, MapRow
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
    for concept in (each for each in concepts() if each.system != DRUG):
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


def mapped(graph: Graph, scope: AccessScope, *rows: MapRow) -> ConceptStore:
    """The concepts of a graph into which a ConceptMap of a tenant was brought."""
    ConceptSourceStore(graph).write_maps(scope, f"{scope.tenant}|-|ConceptMap|m|1", rows)
    return ConceptStore(graph)


def test_a_wider_code_is_no_equal_but_gathers_what_is_filed_under_it(graph: Graph, tenant: str) -> None:
    scope = scope_of(tenant=tenant)
    rare, common, category = ("urn:o", "rare"), ("urn:o", "common"), ("urn:icd", "Q99")
    equal = ("urn:sct", "7")
    store = mapped(
        graph,
        scope,
        MapRow(lower=rare, upper=category, wider=True),
        MapRow(lower=common, upper=category, wider=True),
        MapRow(lower=equal, upper=rare),
    )

    def expand(coding: Coding, *, descendants: bool, maps: bool) -> frozenset[Coding]:
        return store.expand(scope, [AskedConcept(*coding, descendants=descendants, maps=maps)])

    assert expand(rare, descendants=True, maps=True) == {rare, equal}
    assert expand(equal, descendants=True, maps=True) == {rare, equal}
    assert expand(category, descendants=False, maps=True) == {category}
    assert expand(category, descendants=True, maps=False) == {category}
    assert expand(category, descendants=True, maps=True) == {category, rare, common}


def test_a_code_is_carried_from_system_to_system(graph: Graph, tenant: str) -> None:
    scope = scope_of(tenant=tenant)
    hub, ontology, one, other = ("urn:hub", "h"), ("urn:o", "o"), ("urn:a", "1"), ("urn:b", "2")
    store = mapped(graph, scope, MapRow(one, ontology), MapRow(ontology, hub), MapRow(other, hub))

    found = store.expand(scope, [AskedConcept(*one, maps=True)])

    assert found == {hub, ontology, one, other}
    assert store.expand(scope_of(tenant=f"{tenant}2"), [AskedConcept(*one, maps=True)]) == {one}


def test_maps_that_lead_in_a_circle_end(graph: Graph, tenant: str) -> None:
    scope = scope_of(tenant=tenant)
    one, other = ("urn:a", "1"), ("urn:b", "2")
    store = mapped(graph, scope, MapRow(one, other), MapRow(other, one))

    assert store.expand(scope, [AskedConcept(*one, descendants=True, maps=True)]) == {one, other}
