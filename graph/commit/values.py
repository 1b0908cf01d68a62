"""From what was extracted of a resource to the rows that search compares."""

from collections.abc import Iterable
from typing import TypeVar

from fhir_profiles.index.extraction import SearchValues
from graph.commit.writes import ValueRows
from graph.cypher.relationships import relationship
from graph.keys import resource_key, term_key, value_key

COMPARTMENT = "_compartment"
Row = TypeVar("Row", bound=tuple[object, ...])


def value_rows(tenant: str, resource_type: str, values: SearchValues) -> ValueRows:
    """The Term, Text and Span rows and the reference edges of one resource; equal rows stand once."""
    members = [(COMPARTMENT, "", reference) for reference in values.compartment or ()]
    terms = [(each.param, each.system, each.code) for each in values.terms] + members
    return ValueRows(
        terms=_distinct(
            (term_key(tenant, resource_type, name, code), system) for name, system, code in terms
        ),
        texts=_distinct(
            (value_key(tenant, resource_type, each.param), each.value, each.exact) for each in values.texts
        ),
        spans=_distinct(
            (value_key(tenant, resource_type, each.param), each.low, each.high, each.system, each.code)
            for each in values.spans
        ),
        edges=_distinct(
            (_target_key(tenant, each.target), relationship(each.element), each.path)
            for each in values.references
        ),
    )


def compartment_keys(tenant: str, values: SearchValues) -> tuple[str, ...] | None:
    """The keys of the patients whose compartment the resource is in; None for kinds outside of it."""
    if values.compartment is None:
        return None
    return tuple(_target_key(tenant, reference) for reference in values.compartment)


def _target_key(tenant: str, reference: str) -> str:
    resource_type, _, resource_id = reference.partition("/")
    return resource_key(tenant, resource_type, resource_id)


def _distinct(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(dict.fromkeys(rows))
