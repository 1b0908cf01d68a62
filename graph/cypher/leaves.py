"""Leaves of the tree as conditions on a row: on its value rows, or on properties of the row itself.

Every condition here is true or false, never unknown: `NOT` may stand before it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from graph.cypher.names import asks_groups, group_regex, searched_name
from graph.cypher.spans import SpanColumns, comparing
from graph.cypher.text import TextColumns, matching
from graph.cypher.writing import BoundRow, Writing
from graph.errors import Invalid
from graph.keys import part
from graph.query.attribute_forms import compared_property, limit_properties
from graph.query.attributes import BY_KEYWORD, STUDY
from graph.query.expression import (
    CodePart,
    Field,
    KeyIn,
    Kind,
    Layout,
    Leaf,
    Near,
    NumberPair,
    Present,
    SerialIn,
    Span,
    Term,
    Text,
    Unlike,
    ValueLeaf,
    Worded,
)
from graph.query.rows import NODE_FIELDS, VALUE_NODES, code_key, field_key, term_keys

MANY_CODES = 50  # to look each of them up for each row costs more than the values of the row do
_METRES_OF_A_DEGREE = 110_000.0  # of latitude: the least that there are


def holds(writing: Writing, row: BoundRow, leaf: Leaf) -> str:
    """The condition that the row satisfies the leaf; raises `Invalid` for what no row is asked."""
    if isinstance(leaf, KeyIn):
        return _has_key(writing, row, leaf)
    if isinstance(leaf, Worded | SerialIn):
        raise Invalid("words, and rows that were found, are asked by the sieve alone")
    if leaf.field.layout is Layout.ROWS:
        return _has_row(writing, row, leaf)
    return f"coalesce({' AND '.join(property_conditions(writing, row, leaf))}, false)"


def _has_row(writing: Writing, row: BoundRow, leaf: ValueLeaf) -> str:
    """A code is looked up by what names its row: its key and the serial of the resource (ADR 0001).

    Of many codes, as a value set lists them, the few values of the row are looked up in their list instead.
    """
    conditions = value_conditions(writing, "v", leaf)
    if not isinstance(leaf, Term) or not 0 < len(leaf.codes) < MANY_CODES:
        return has_value(row, conditions)
    conditions.insert(1, f"v.serial = {row.serial}")
    seek = f"MATCH (v:{VALUE_NODES[Kind.TERM].label}) {hint('v', Kind.TERM)}"
    return f"EXISTS {{ {seek} WHERE {' AND '.join(conditions)} }}"


def hint(value: str, kind: Kind) -> str:
    """The index that value rows are found by."""
    node = VALUE_NODES[kind]
    return f"USING INDEX {value}:{node.label}(key, {node.second})"


def has_value(row: BoundRow, conditions: list[str], value: str = "v") -> str:
    """The condition that some value row of the row meets the conditions.

    The value goes without its label: with it the planner may seek it in the index, for each row anew.
    """
    return f"EXISTS {{ MATCH ({row.variable})<-[:OF]-({value}) WHERE {' AND '.join(conditions)} }}"


def by_key_property(leaf: KeyIn) -> dict[str, list[str]]:
    """The keys of a leaf by the property that holds them; a study has a key of its own in DICOM."""
    dicom = sorted({key for key in leaf.keys if leaf.entity == STUDY and _is_dicom_study(key)})
    others = sorted(set(leaf.keys).difference(dicom))
    return {name: keys for name, keys in (("key", others), ("dicomKey", dicom)) if keys}


def _has_key(writing: Writing, row: BoundRow, leaf: KeyIn) -> str:
    conditions = [
        f"coalesce({row.variable}.{name} IN {writing.value(keys)}, false)"
        for name, keys in by_key_property(leaf).items()
    ]
    return f"({' OR '.join(conditions)})" if conditions else writing.constant(False)


def value_conditions(writing: Writing, variable: str, leaf: ValueLeaf) -> list[str]:
    """The conditions that a value row meets when it satisfies the leaf."""
    return _VALUES[type(leaf)](writing, variable, leaf)


def value_field(writing: Writing, variable: str, field: Field) -> str:
    """The condition that a value row belongs to the field."""
    tenant = writing.scope.tenant
    if field.kind is Kind.TERM:
        return f"{variable}.key STARTS WITH {writing.value(code_key(tenant, field, ''))}"
    return f"{variable}.key = {writing.value(field_key(tenant, field))}"


def property_conditions(writing: Writing, row: BoundRow, leaf: ValueLeaf) -> list[str]:
    """The conditions on properties of the row itself; unknown where the row lacks them."""
    conditions = _PROPERTIES[type(leaf)](writing, row.variable, leaf)
    if len(row.entities) > 1:  # the field is of one kind of row, the link leads to several
        conditions.append(f"{row.variable}.kind = {writing.kind(leaf.field.entity)}")
    return conditions


def property_name(field: Field) -> str:
    """The property that holds the comparable form of a field's value."""
    if field.name in NODE_FIELDS:
        return NODE_FIELDS[field.name].property
    return compared_property(BY_KEYWORD[field.name])


def may_be_list(field: Field) -> bool:
    """Whether the property of a field may hold several values."""
    return field.name in BY_KEYWORD and BY_KEYWORD[field.name].is_list


def _term_value(writing: Writing, variable: str, leaf: Term) -> list[str]:
    keys = term_keys(writing.scope.tenant, leaf)
    match keys:
        case []:
            conditions = [value_field(writing, variable, leaf.field)]
        case [only]:
            conditions = [f"{variable}.key = {writing.value(only)}"]
        case _:
            conditions = [f"{variable}.key IN {writing.value(keys)}"]
    (system,) = VALUE_NODES[Kind.TERM].places(variable)
    return conditions + _equal(writing, system, leaf.system)


def _text_value(writing: Writing, variable: str, leaf: Text) -> list[str]:
    columns = TextColumns(*VALUE_NODES[Kind.TEXT].places(variable))
    return [value_field(writing, variable, leaf.field), *matching(writing, columns, leaf)]


def _span_value(writing: Writing, variable: str, leaf: Span) -> list[str]:
    low, high, system, code = VALUE_NODES[Kind.SPAN].places(variable)
    conditions = [
        value_field(writing, variable, leaf.field),
        comparing(writing, SpanColumns(low, high), leaf),
    ]
    conditions += _equal(writing, system, leaf.system)
    return conditions + _equal(writing, code, leaf.code)


def _code_part_value(writing: Writing, variable: str, leaf: CodePart) -> list[str]:
    """A part of a code, which is the end of the key of its row, written as parts of keys are."""
    tenant, asked = writing.scope.tenant, part(leaf.value)
    if leaf.begins:
        return [f"{variable}.key STARTS WITH {writing.value(code_key(tenant, leaf.field, leaf.value))}"]
    begins = code_key(tenant, leaf.field, "")
    code = f"toLower(substring({variable}.key, {writing.value(len(begins))}))"
    return [value_field(writing, variable, leaf.field), f"{code} CONTAINS toLower({writing.value(asked)})"]


def _pair_value(writing: Writing, variable: str, leaf: NumberPair) -> list[str]:
    low, high, system, code = VALUE_NODES[Kind.SPAN].places(variable)
    return [
        value_field(writing, variable, leaf.field),
        comparing(writing, SpanColumns(low, low), leaf.first),
        comparing(writing, SpanColumns(high, high), leaf.second),
        *_equal(writing, system, leaf.system),
        *_equal(writing, code, leaf.code),
    ]


def _near_value(writing: Writing, variable: str, leaf: Near) -> list[str]:
    """Within the latitudes of the circle, which an index holds, and then within the circle itself.

    A point is made of positions only: of the low and high of another field it would be none, and fail.
    """
    low, high, *_ = VALUE_NODES[Kind.SPAN].places(variable)
    reach = leaf.metres / _METRES_OF_A_DEGREE
    place = f"point({{latitude: {writing.value(leaf.latitude)}, longitude: {writing.value(leaf.longitude)}}})"
    distance = f"point.distance(point({{latitude: {low}, longitude: {high}}}), {place})"
    belongs = value_field(writing, variable, leaf.field)
    within = f"CASE WHEN {belongs} THEN {distance} <= {writing.value(leaf.metres)} ELSE false END"
    limits = (f">= {writing.value(leaf.latitude - reach)}", f"<= {writing.value(leaf.latitude + reach)}")
    return [belongs, *(f"{low} {limit}" for limit in limits), within]


def _unlike_value(writing: Writing, variable: str, leaf: Unlike) -> list[str]:
    alike = " AND ".join(value_conditions(writing, variable, leaf.of))
    there = _present_value(writing, variable, Present(leaf.field))
    return [*there, f"NOT coalesce({alike}, false)"]


def _present_value(writing: Writing, variable: str, leaf: Present) -> list[str]:
    there = f"{variable}.{VALUE_NODES[leaf.field.kind].compared} IS NOT NULL"
    return [value_field(writing, variable, leaf.field), there]


def _equal(writing: Writing, place: str, asked: str | None) -> list[str]:
    """Equality of a system or a unit: None asks nothing, and what is not there counts as empty."""
    return [] if asked is None else [f"coalesce({place}, '') = {writing.value(asked)}"]


def _term_property(writing: Writing, variable: str, leaf: Term) -> list[str]:
    name = f"{variable}.{property_name(leaf.field)}"
    if not leaf.codes:
        return [f"{name} IS NOT NULL"]
    codes = writing.value(leaf.codes)
    if may_be_list(leaf.field):
        return [f"any(each IN [] + {name} WHERE each IN {codes})"]
    return [f"{name} IN {codes}"]


def _text_property(writing: Writing, variable: str, leaf: Text) -> list[str]:
    if asks_groups(leaf):
        return [f"{searched_name(variable, leaf)} =~ {writing.value(group_regex(leaf))}"]
    if may_be_list(leaf.field):
        held = f"{variable}.{property_name(leaf.field)}"
        conditions = " AND ".join(matching(writing, TextColumns(folded="each", exact="each"), leaf))
        return [f"any(each IN [] + {held} WHERE {conditions})"]
    exact = f"{variable}.{BY_KEYWORD[leaf.field.name].keyword}"
    columns = TextColumns(folded=f"{variable}.{property_name(leaf.field)}", exact=exact)
    return matching(writing, columns, leaf)


def _span_property(writing: Writing, variable: str, leaf: Span) -> list[str]:
    return [comparing(writing, _span_columns(variable, leaf.field), leaf), _is_there(variable, leaf.field)]


def _span_columns(variable: str, field: Field) -> SpanColumns:
    if field.name in NODE_FIELDS:  # an instant: it covers its own microsecond
        at = f"{variable}.{property_name(field)}"
        return SpanColumns(low=at, high=f"{at} + 1")
    low, high = limit_properties(field.name)
    return SpanColumns(low=f"{variable}.{low}", high=f"{variable}.{high}")


def _present_property(writing: Writing, variable: str, leaf: Present) -> list[str]:
    return [_is_there(variable, leaf.field)]


def _is_there(variable: str, field: Field) -> str:
    held = f"{variable}.{property_name(field)}"
    return f"any(each IN [] + {held} WHERE each <> '')" if may_be_list(field) else f"{held} IS NOT NULL"


def _is_dicom_study(key: str) -> bool:
    """Whether a study's key is `tenant|partition|uid`, not that of its resource."""
    return key.count("|") == 2  # noqa: PLR2004 - three parts


_VALUES: Mapping[type, Callable[[Writing, str, Any], list[str]]] = {
    Term: _term_value,
    Text: _text_value,
    Span: _span_value,
    CodePart: _code_part_value,
    NumberPair: _pair_value,
    Near: _near_value,
    Unlike: _unlike_value,
    Present: _present_value,
}
_PROPERTIES: Mapping[type, Callable[[Writing, str, Any], list[str]]] = {
    Term: _term_property,
    Text: _text_property,
    Span: _span_property,
    Present: _present_property,
}
