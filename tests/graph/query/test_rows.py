"""Value rows: what a commit carries fits the columns, and the driver takes it."""

import pytest

from fhir_profiles.index.extraction import extract
from fhir_profiles.index.kept import SpanValue, TermValue
from graph.cypher.row_creation import CREATE_ROWS
from graph.keys import kind_key, resource_key
from graph.query.expression import Field, Kind, Layout
from graph.query.rows import VALUE_NODES, ValueRows, compartment_keys, compartment_of, field_of, value_rows
from graph.session import Graph

OBSERVATION = {
    "resourceType": "Observation",
    "id": "o",
    "subject": {"reference": "Patient/p"},
    "code": {"coding": [{"system": "s", "code": "a|b"}], "text": "Å b"},
    "valueQuantity": {"value": 5.5, "system": "u", "code": "mg"},
}
ROWS = value_rows("t", "Observation", extract(OBSERVATION))


def test_a_resource_is_kept_as_rows_under_keys() -> None:
    assert ("t|Observation|code|a%7Cb", "s") in ROWS.terms
    assert ("t|Observation|_compartment|Patient/p", "") in ROWS.terms
    assert ("t|Observation|code:text", "a b", "Å b") in ROWS.texts
    assert ("t|Observation|value-quantity", 5.5, 5.5, "u", "mg") in ROWS.spans
    assert ("t|-|Patient|p", "SUBJECT", "subject") in ROWS.edges
    assert compartment_keys("t", extract(OBSERVATION)) == ("t|-|Patient|p",)


@pytest.mark.parametrize("kind", Kind)
def test_rows_have_the_columns_of_their_kind(kind: Kind) -> None:
    rows: dict[Kind, tuple[tuple[object, ...], ...]] = {
        Kind.TERM: ROWS.terms,
        Kind.TEXT: ROWS.texts,
        Kind.SPAN: ROWS.spans,
    }

    assert {len(row) for row in rows[kind]} == {len(VALUE_NODES[kind].columns)}


def test_the_graph_holds_every_row_as_it_was_carried(graph: Graph, tenant: str) -> None:
    key = resource_key(tenant, "Observation", "o")
    rows = value_rows(tenant, "Observation", extract(OBSERVATION))
    text = f"MERGE (r:Resource {{key: $row.key}}) SET r.kind = $kind WITH r, $row AS row {CREATE_ROWS}"
    carried = {"key": key, "serial": 7, **{name: getattr(rows, name) for name in ValueRows.__slots__}}
    kind = kind_key(tenant, "Observation")
    graph.write(lambda transaction: transaction.run(text, row=carried, kind=kind))

    for node, expected in zip(VALUE_NODES.values(), (rows.terms, rows.texts, rows.spans), strict=True):
        columns = ", ".join(f"v.{name}" for name in node.columns)
        match = f"MATCH (r:Resource {{key: $key}})<-[:OF]-(v:{node.label})"
        found = graph.read(f"{match} RETURN [{columns}] AS row, v.serial AS at", key=key)
        assert sorted(tuple(each["row"]) for each in found) == sorted(expected)
        assert {each["at"] for each in found} == {7}


def test_two_parameters_are_properties_of_the_node() -> None:
    updated = Field("Patient", "_lastUpdated", Kind.SPAN, Layout.PROPERTY)

    assert field_of("Patient", "_lastUpdated", SpanValue) == updated
    assert field_of("Patient", "gender", TermValue) == Field("Patient", "gender", Kind.TERM)
    assert compartment_of("Condition") == Field("Condition", "_compartment", Kind.TERM)
