"""The value rows of the graph: the label, columns, index and key of each kind, said once (ADR 0001).

    (:Term {key, system, serial})-[:OF]->(resource)     key: tenant|type|parameter|code
    (:Text {key, value, exact, serial})-[:OF]->(…)      key: tenant|type|parameter
    (:Span {key, low, high, system, code, serial})-[:OF]->(…)
    (:Wording {within, narrative, content})-[:OF]->(…)  `within` is one word for tenant and type; until it is
                                                        in its index a row is a NewWording

The commit writes them, the compiler compares them, the schema indexes them, and all three read them here. Two
parameters are no rows but properties of the resource (`NODE_FIELDS`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from typing import Any, TypeAlias, TypeVar

from fhir_profiles.definitions.registry import in_patient_compartment
from fhir_profiles.index.extraction import SearchValues
from fhir_profiles.index.kept import (
    CASELESS,
    ID,
    LAST_UPDATED,
    RowType,
    SpanValue,
    TermValue,
    TextValue,
    beside,
)
from fhir_profiles.index.wording import Wording
from graph.keys import key_of_reference, kind_key, resource_of, term_key, value_key
from graph.query.expression import Field, Kind, Layout, Term
from graph.query.relationships import relationship

_Row = TypeVar("_Row", bound=tuple[object, ...])


@dataclass(frozen=True, slots=True)
class ValueNode:
    """One kind of value rows.

    `columns` are the properties in the order in which rows carry them, `key` first; each node has the
    `serial` of its resource besides. `compared` is what rows are sorted by and where a row has a value,
    `second` the property after `key` in their index.
    """

    label: str
    columns: tuple[str, ...]
    compared: str
    second: str

    def places(self, variable: str) -> tuple[str, ...]:
        """Where the columns after `key` are read on a variable: `v.low`, `v.high` …"""
        return tuple(f"{variable}.{name}" for name in self.columns[1:])


VALUE_NODES: Mapping[Kind, ValueNode] = {
    Kind.TERM: ValueNode("Term", ("key", "system"), compared="key", second="serial"),
    Kind.TEXT: ValueNode("Text", ("key", "value", "exact"), compared="value", second="value"),
    Kind.SPAN: ValueNode("Span", ("key", "low", "high", "system", "code"), compared="low", second="low"),
}
KINDS: Mapping[RowType, Kind] = {TermValue: Kind.TERM, TextValue: Kind.TEXT, SpanValue: Kind.SPAN}
"""The kind that extracted values are kept as."""


@dataclass(frozen=True, slots=True)
class NodeField:
    """A search parameter that is a property of the resource's node; `indexed` after its `kind`."""

    kind: Kind
    property: str
    indexed: bool = False


NODE_FIELDS: Mapping[str, NodeField] = {
    ID: NodeField(Kind.TERM, "id"),
    LAST_UPDATED: NodeField(Kind.SPAN, "lastUpdated", indexed=True),
}
COMPARTMENT = "_compartment"
REPORT, TASK = "DiagnosticReport", "Task"


def field_of(entity: str, name: str, row: RowType) -> Field:
    """The field of a search parameter, or of what is kept beside it, whose values are such rows."""
    layout = Layout.PROPERTY if name in NODE_FIELDS else Layout.ROWS
    return Field(entity, name, KINDS[row], layout)


def compartment_of(entity: str) -> Field:
    """The field that holds whom a resource is about, as `Patient/id` and `ImagingStudy/id`."""
    return Field(entity, COMPARTMENT, Kind.TERM)


def may_be_about_studies(entity: str) -> bool:
    """Whether resources of a type may be about a study: reports, tasks, and where R4 knows no compartment."""
    return entity in (REPORT, TASK) or not in_patient_compartment(entity)


def code_key(tenant: str, field: Field, code: str) -> str:
    """The key of the Term rows that hold a code of a field; of "" what all its keys begin with."""
    return term_key(tenant, field.entity, field.name, code)


def term_keys(tenant: str, leaf: Term) -> list[str]:
    """The keys of the Term rows that a leaf asks for, each once and in order."""
    plain = replace(leaf.field, name=beside(leaf.field.name, CASELESS))
    exact = {code_key(tenant, leaf.field, code) for code in leaf.codes}
    return sorted(exact | {code_key(tenant, plain, code) for code in leaf.caseless})


def field_key(tenant: str, field: Field) -> str:
    """The key of all Text or Span rows of a field."""
    return value_key(tenant, field.entity, field.name)


TermRow: TypeAlias = tuple[str, str] | tuple[str, str, bool]
"""The columns, and true where it is of whom a patient was merged into (`graph/resources/following.py`)."""
TextRow: TypeAlias = tuple[str, str, str]
SpanRow: TypeAlias = tuple[str, float, float, str, str]
WordingRow: TypeAlias = tuple[str, str | None, str]
WORDING_INDEX = "wording"
WORDING_COLUMNS = ("within", "narrative", "content")
EdgeRow: TypeAlias = tuple[Any, ...]
"""The key of the target, relationship type, element path, version where one is named, and true as above."""


@dataclass(frozen=True, slots=True)
class ValueRows:
    """The search values and references of one resource, as rows with the columns of `VALUE_NODES`.

    They are plain tuples: the driver packs nothing else as a list.
    """

    terms: tuple[TermRow, ...] = ()
    texts: tuple[TextRow, ...] = ()
    spans: tuple[SpanRow, ...] = ()
    edges: tuple[EdgeRow, ...] = ()
    wordings: tuple[WordingRow, ...] = ()


def wording_rows(tenant: str, resource_type: str, wording: Wording | None) -> tuple[WordingRow, ...]:
    """The Wording row of one resource; none where it has no words."""
    if wording is None:
        return ()
    return ((within_of(tenant, resource_type), wording.narrative or None, wording.content),)


@cache
def within_of(tenant: str, resource_type: str) -> str:
    """The word that the rows of a tenant and type share in the full-text index: letters and digits only."""
    return "k" + sha256(kind_key(tenant, resource_type).encode()).hexdigest()[:20]


def value_rows(tenant: str, resource_type: str, values: SearchValues) -> ValueRows:
    """The Term, Text and Span rows and the reference edges of one resource; equal rows stand once."""
    members = [TermValue(COMPARTMENT, "", reference) for reference in values.compartment or ()]
    return ValueRows(
        terms=_distinct(
            (term_key(tenant, resource_type, name, code), system)
            for name, system, code in (*values.terms, *members)
        ),
        texts=_distinct(
            (value_key(tenant, resource_type, name), value, exact) for name, value, exact in values.texts
        ),
        spans=_distinct(
            (value_key(tenant, resource_type, name), low, high, system, code)
            for name, low, high, system, code in values.spans
        ),
        edges=_distinct(
            (
                key_of_reference(tenant, each.target),
                relationship(each.element),
                each.path,
                *((each.version,) if each.version else ()),
            )
            for each in values.references
        ),
        wordings=wording_rows(tenant, resource_type, values.wording),
    )


def member_rows(tenant: str, resource_type: str, keys: Iterable[str]) -> tuple[TermRow, ...]:
    """The Term rows by which a resource is found as one that is about resources of these keys."""
    field = compartment_of(resource_type)
    return tuple((code_key(tenant, field, resource_of(key)), "") for key in keys)


def compartment_keys(tenant: str, values: SearchValues) -> tuple[str, ...] | None:
    """The keys of the patients and studies that the resource is about; None for what everybody may read."""
    if values.compartment is None:
        return None
    return tuple(key_of_reference(tenant, reference) for reference in values.compartment)


def _distinct(rows: Iterable[_Row]) -> tuple[_Row, ...]:
    return tuple(dict.fromkeys(rows))
