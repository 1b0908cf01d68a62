"""The codes of records are told as far as these are the caller's, and to some only what many share."""

from dataclasses import replace

import pytest

from fhir_profiles.terminology.naming import name_form
from graph.keys import resource_key
from graph.scope import AccessScope
from graph.session import Graph
from graph.vocabulary import carried
from graph.vocabulary.carried import CarriedCode, CarriedCodeStore, WantedCodes
from graph.vocabulary.tenant_words import TenantWords
from tests.factories.scopes import scope_of
from tests.graph.vocabulary.rows import CODE, SYSTEM, carry

GOUT = WantedCodes(names=("gout",))


@pytest.fixture
def store(graph: Graph) -> CarriedCodeStore:
    return CarriedCodeStore(graph, TenantWords(graph, [CODE]))


def who_sees(tenant: str, *patients: str) -> AccessScope:
    """Somebody who was granted some patients."""
    keys = frozenset(resource_key(tenant, "Patient", each) for each in patients)
    return replace(scope_of(tenant=tenant), patients=keys)


def test_codes_are_found_by_names_by_words_and_by_beginnings(
    graph: Graph, tenant: str, store: CarriedCodeStore
) -> None:
    carry(
        graph,
        tenant,
        ("Gout", "M10"),
        ("Chronic gout", "M10.9"),
        ("Allopurinol 100 mg", "A1"),
        ("Other", "X"),
    )
    scope = scope_of(tenant=tenant)

    def codes(wanted: WantedCodes) -> list[str]:
        return [each.code for each in store.carried(scope, CODE, wanted)]

    assert codes(GOUT) == ["M10", "M10.9"]
    assert codes(WantedCodes(words=("allopurinol",))) == ["A1"]
    assert codes(WantedCodes(beginnings=((SYSTEM, "M1"),))) == ["M10", "M10.9"]
    assert codes(WantedCodes(exact=((SYSTEM, "X"),))) == ["X"]
    assert codes(WantedCodes(exact=(("http://other", "X"),))) == []
    named = store.named(scope, CODE, [name_form("GOUT")])
    assert CarriedCode(SYSTEM, "M10", "Gout") in named


def test_what_is_not_the_callers_to_see_changes_nothing(
    graph: Graph, tenant: str, store: CarriedCodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carried, "_AT_ONCE", 2)
    monkeypatch.setattr(carried, "_MOST_CODES", 3)
    scope = who_sees(tenant, "P1")
    carry(graph, tenant, ("Gout, z", "1"))
    wanted = WantedCodes(names=("gout",), beginnings=((SYSTEM, "1"),))
    before = store.carried(scope, CODE, wanted)

    carry(graph, tenant, *((f"Gout, {number}", f"1{number}") for number in range(9)), patient="P2")

    assert [each.code for each in before] == ["1"]
    later = CarriedCodeStore(graph, TenantWords(graph, [CODE]))
    assert later.carried(scope, CODE, wanted) == before, "none of them takes the place of the caller's own"
    assert len(later.carried(who_sees(tenant, "P2"), CODE, wanted)) > 3


def test_one_caller_is_not_told_what_another_was(graph: Graph, tenant: str, store: CarriedCodeStore) -> None:
    carry(graph, tenant, ("Gout", "1"), patient="P1")

    assert store.carried(who_sees(tenant, "P1"), CODE, GOUT)
    assert store.carried(who_sees(tenant, "P2"), CODE, GOUT) == ()
    assert store.carried(who_sees(tenant), CODE, GOUT) == ()


def test_who_is_told_of_many_only_hears_nothing_of_few(graph: Graph, tenant: str) -> None:
    store = CarriedCodeStore(graph, TenantWords(graph, [CODE]), least=3)
    scope = scope_of(tenant=tenant)
    wanted = WantedCodes(names=("gout",), exact=((SYSTEM, "1"), (SYSTEM, "2")))
    for patient in ("P1", "P2", "P2", "P2"):
        carry(graph, tenant, ("GOUT of Mr. Canary", "1"), ("Gout", "2"), patient=patient)
    assert store.carried(scope, CODE, wanted) == ()

    carry(graph, tenant, ("gout", "2"), patient="P3")

    later = CarriedCodeStore(graph, TenantWords(graph, [CODE]), least=3)
    assert later.carried(scope, CODE, wanted) == (CarriedCode(SYSTEM, "2", "gout"),), "in the words of all"
