"""Concepts found by their names: by any spelling, in their language, and by their own tenant alone."""

import pytest

from fhir_profiles.terminology.naming import SpokenName, namings
from graph.errors import TooLarge
from graph.scope import AccessScope
from graph.session import Graph
from graph.terminology.concepts import ConceptStore
from graph.terminology.loading import BehindSystem, ConceptRow, ConceptSourceStore
from graph.terminology.names import MOST_NAMES, NamedConcept
from tests.factories.scopes import scope_of

SYSTEM, MONDO = "http://example.org/fruit", "http://purl.obolibrary.org/obo/mondo.owl"


def bring(graph: Graph, scope: AccessScope, source: str, *rows: ConceptRow) -> BehindSystem:
    """Bring some concepts in as a version of a code system of a tenant; that version."""
    key = f"{scope.tenant}|-|CodeSystem|{source}"
    behind = BehindSystem("CodeSystem", key, source, 1)
    store = ConceptSourceStore(graph)
    store.write(scope, behind.source, SYSTEM, rows)
    store.finish(scope, behind, {"url": SYSTEM, "version": "1"}, 1, len(rows))
    return behind


def row(code: str, *names: tuple[str, str, bool]) -> ConceptRow:
    """A concept with names as (text, language, preferred)."""
    shown = {language: text for text, language, preferred in names if preferred}
    return ConceptRow(
        code, 0, {"code": code}, "", (), False, shown, tuple(namings(SpokenName(*each) for each in names))
    )


APPLE = row(
    "1",
    ("Apple", "en", True),
    ("golden delicious", "en", False),
    ("사과", "ko", True),
    ("풋 사과", "ko", False),
)


def test_a_concept_is_found_by_each_of_its_names_and_called_in_the_language_of_it(
    graph: Graph, tenant: str
) -> None:
    scope = scope_of(tenant=tenant)
    bring(graph, scope, "a", APPLE)

    found = ConceptStore(graph).by_names(scope, ["apple", "golden-delicious", "사과", "풋사과", "pear", ""])

    assert found == {
        "apple": (NamedConcept(SYSTEM, "1", "Apple", True),),
        "golden-delicious": (NamedConcept(SYSTEM, "1", "Apple", False),),
        "사과": (NamedConcept(SYSTEM, "1", "사과", True),),
        "풋사과": (NamedConcept(SYSTEM, "1", "사과", False),),
    }


def test_who_is_called_so_comes_before_who_is_also_called_so_and_each_once(graph: Graph, tenant: str) -> None:
    scope = scope_of(tenant=tenant)
    bring(graph, scope, "a", APPLE, row("0", ("Pome", "en", True), ("apple", "en", False)))
    bring(graph, scope, "b", row("1", ("Malus", "en", True), ("apple", "en", False)))

    found = ConceptStore(graph).by_names(scope, ["apple"])["apple"]

    assert [(each.code, each.is_preferred) for each in found] == [("1", True), ("0", False)]


def test_names_end_at_the_tenant_and_what_ships_is_everybodys(graph: Graph, tenant: str) -> None:
    bring(graph, scope_of(tenant=tenant), "a", APPLE)
    found = ConceptStore(graph).by_names(scope_of(tenant=f"{tenant}2"), ["apple", "골육종", "osteosarcoma"])

    assert set(found) == {"골육종", "osteosarcoma"}
    assert NamedConcept(MONDO, "MONDO:0009807", "골육종", True) in found["골육종"]


def test_names_are_written_over_and_leave_with_their_concept(graph: Graph, tenant: str) -> None:
    scope, store = scope_of(tenant=tenant), ConceptSourceStore(graph)
    bring(graph, scope, "a", APPLE)
    behind = bring(graph, scope, "a", row("1", ("Malus", "en", True)))
    assert set(ConceptStore(graph).by_names(scope, ["apple", "malus"])) == {"malus"}

    store.forget(scope, behind)
    leaves = BehindSystem("CodeSystem", behind.key, "a", 1, leaves=True)
    while store.sweep(scope, leaves):
        pass

    left = graph.read(
        "MATCH (n:ConceptName) WHERE n.key STARTS WITH $prefix RETURN count(n) AS left", prefix=f"{tenant}|"
    )
    assert left == [{"left": 0}]


def test_a_question_has_a_bound(graph: Graph, tenant: str) -> None:
    with pytest.raises(TooLarge):
        ConceptStore(graph).by_names(
            scope_of(tenant=tenant), [f"name {number}" for number in range(MOST_NAMES + 1)]
        )


def test_what_is_loaded_is_told_with_its_codes_and_names(graph: Graph, tenant: str) -> None:
    scope = scope_of(tenant=tenant)
    bring(graph, scope, "a", APPLE)

    (found,) = ConceptSourceStore(graph).loaded(scope)

    assert (found.url, found.version, found.codes, found.names) == (SYSTEM, "1", 1, 4)
    assert ConceptSourceStore(graph).loaded(scope_of(tenant=f"{tenant}2")) == []
