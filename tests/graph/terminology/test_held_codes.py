"""Codes below a code of which no terminology is loaded: those that the tenant's records hold."""

import pytest

from fhir_profiles.terminology.prefixes import ATC, ICD_10, ICD_10_CM, KCD_8
from graph.keys import term_key
from graph.session import Graph
from graph.terminology.concepts import AskedConcept, ConceptStore
from graph.terminology.held_codes import held_below
from tests.factories.scopes import scope_of


def hold(graph: Graph, tenant: str, entity: str, *codes: str, times: int = 1, name: str = "code") -> None:
    """Write the rows of search values that resources with such codes leave."""
    rows = [term_key(tenant, entity, name, each) for each in codes for _ in range(times)]
    graph.write(
        lambda transaction: transaction.run(
            "UNWIND $rows AS row CREATE (:Term {key: row, system: 'x', serial: 1})", rows=rows
        )
    )


def below(graph: Graph, tenant: str, system: str, code: str) -> set[str]:
    """The codes that a code with all below it stands for."""
    asked = [AskedConcept(system, code, descendants=True)]
    found = ConceptStore(graph).expand(scope_of(tenant=tenant), asked)
    assert {each for each, _ in found} == {system}
    return {each for _, each in found}


@pytest.mark.parametrize("system", [ICD_10, ICD_10_CM, KCD_8])
def test_a_category_finds_the_codes_that_records_hold_below_it(
    graph: Graph, tenant: str, system: str
) -> None:
    hold(graph, tenant, "Condition", "E11", "E11.9", "E119", "E11.65", "E10.9", "E12")
    hold(graph, tenant, "Encounter", "E11.2", name="reason-code")
    hold(graph, tenant, "Procedure", "E11.3")  # what was done is no diagnosis

    assert below(graph, tenant, system, "E11") == {"E11", "E11.9", "E119", "E11.65", "E11.2"}
    assert below(graph, tenant, system, "E11.6") == {"E11.6", "E11.65"}
    assert below(graph, tenant, system, "E10-E11") == {
        "E10-E11",
        "E10.9",
        "E11",
        "E11.9",
        "E119",
        "E11.65",
        "E11.2",
    }
    assert below(graph, tenant, system, "E11.9") == {"E11.9", "E119"}


def test_a_class_of_atc_finds_the_drugs_that_records_hold(graph: Graph, tenant: str) -> None:
    hold(graph, tenant, "MedicationRequest", "C10AA05", "C10AB05")
    hold(graph, tenant, "Medication", "C10AA07")

    assert below(graph, tenant, ATC, "C10AA") == {"C10AA", "C10AA05", "C10AA07"}


def test_a_drug_class_reaches_the_codes_of_atc_that_records_hold(graph: Graph, tenant: str) -> None:
    hold(graph, tenant, "MedicationRequest", "C10AA05", "C09AA02")
    asked = [AskedConcept("urn:hilum:drug-class", "statin", descendants=True)]

    found = ConceptStore(graph).expand(scope_of(tenant=tenant), asked)

    assert (ATC, "C10AA05") in found
    assert (ATC, "C09AA02") not in found
    assert ("urn:hilum:drug", "atorvastatin") in found


def test_without_descendants_no_record_is_looked_at(graph: Graph, tenant: str) -> None:
    hold(graph, tenant, "Condition", "E11.9")
    found = ConceptStore(graph).expand(scope_of(tenant=tenant), [AskedConcept(ICD_10, "E11")])

    assert found == {(ICD_10, "E11")}


def test_codes_of_another_tenant_are_not_looked_at(graph: Graph, tenant: str) -> None:
    hold(graph, f"{tenant}2", "Condition", "E11.9")
    hold(graph, f"{tenant}", "Condition", "E11.8")

    assert below(graph, tenant, ICD_10, "E11") == {"E11", "E11.8"}


def test_codes_of_many_rows_and_many_codes_are_walked_past(graph: Graph, tenant: str) -> None:
    codes = [f"E11.{number}" for number in range(10)]
    hold(graph, tenant, "Condition", *codes, times=3)
    hold(graph, tenant, "Condition", "E11.5", times=40)

    for part in (1, 4, 1_000):
        assert held_below(graph, tenant, [(ICD_10, "E11")], part) == {(ICD_10, each) for each in codes}
