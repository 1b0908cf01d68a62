"""Pages sorted by one field, read off the index of its values: what a broad question costs is its page.

The values are walked in order, each row met at the value it is sorted by. Rows without a value are in no such
index: they follow in creation order, read only when the walk did not fill the page.
"""

from dataclasses import dataclass, replace

from graph.cypher.access import pattern
from graph.cypher.conditions import conjuncts
from graph.cypher.drivers import SCAN, Driver
from graph.cypher.leaves import has_value, hint, property_name, value_field
from graph.cypher.openings import Plan, Start, indented, scan, values_of
from graph.cypher.order import (
    OrderedRows,
    SortKey,
    columns,
    creation_order,
    index_order,
    order_by,
    place,
)
from graph.cypher.writing import Writing
from graph.query.expression import Expression, Field, Layout, Page, Present, Span, Term, Text
from graph.query.rows import NODE_FIELDS, VALUE_NODES

FEW = 3_000  # rows that are cheaper to sort than an index is to walk past (ADR 0001: some sqrt(10 N))


@dataclass(frozen=True, slots=True)
class _Walk:
    """One walk: the plan without a driver, the page, and the column that orders it."""

    plan: Plan
    page: Page
    column: SortKey
    field: Field


def walks(plan: Plan, page: Page) -> bool:
    """Whether the page is better read off the index of its sort field than found and sorted."""
    few = plan.driver.leaf is not None and plan.driver.rows <= FEW
    return not few and len(columns(page)) == 1 and _field_of(page) is not None


def walk(writing: Writing, plan: Plan, page: Page) -> OrderedRows:
    """The rows of a page that is read off the index of its sort field.

    Raises `ValueError` for an order that `walks` refuses.
    """
    field = _field_of(page)
    if field is None:
        raise ValueError("no index holds this order")
    undriven = replace(plan, driver=Driver(None, SCAN))
    asked = _Walk(undriven, page, columns(page)[0], field)
    if page.after is not None and page.after[0] is None:
        body, order = _without_value(writing, asked), creation_order(page)
    elif _always_there(undriven.where, field):
        body, order = _with_value(writing, asked), index_order(page)
    else:
        body, order = _both(writing, asked), order_by(page)
    return OrderedRows(body, "[s0]", order)


def _both(writing: Writing, asked: _Walk) -> str:
    """The rows with a value and, when they do not fill the window, those without."""
    most = writing.value(asked.page.limit + asked.page.offset)
    first = f"{_with_value(writing, asked)}\nRETURN r, serial, s0 {index_order(asked.page)} LIMIT {most}"
    others = f"{_without_value(writing, replace(asked, page=replace(asked.page, after=None)))}"
    return "\n".join(
        [
            f"CALL () {{\n{indented(first)}\n}}",
            "WITH collect([r, serial, s0]) AS first",
            "CALL (first) {",
            "  UNWIND first AS kept",
            "  RETURN kept[0] AS r, kept[1] AS serial, kept[2] AS s0",
            "  UNION ALL",
            f"  UNWIND CASE WHEN size(first) < {most} THEN [1] ELSE [] END AS wanted",
            indented(f"{others}\nRETURN r, serial, s0 {creation_order(asked.page)} LIMIT {most}"),
            "}",
        ]
    )


def _with_value(writing: Writing, asked: _Walk) -> str:
    if asked.field.layout is Layout.PROPERTY:
        return _by_node_field(writing, asked)
    kind, row, column = asked.field.kind, asked.plan.row, asked.column
    value, other = writing.variable("v"), writing.variable("v")
    sorted_by = VALUE_NODES[kind].compared
    belongs = value_field(writing, value, asked.field)
    better = f"{other}.{sorted_by} {'>' if column.descending else '<'} {value}.{sorted_by}"
    best = f"NOT {has_value(row, [belongs.replace(value, other), better], other)}"
    start = Start(
        values_of(row, value, kind),
        [belongs, *_from(writing, asked, f"{value}.{sorted_by}", f"{value}.serial"), best],
        hint(value, kind),
    )
    rows = start.clauses(asked.plan.rest(writing, value))
    return (
        f"{rows}\nWITH DISTINCT r, {value}.key AS within, {value}.{sorted_by} AS s0, {value}.serial AS serial"
    )


def _by_node_field(writing: Writing, asked: _Walk) -> str:
    row, name = asked.plan.row, property_name(asked.field)
    conditions = [f"r.kind = {writing.kind(row.entities[0])}"]
    conditions += _from(writing, asked, f"r.{name}", "r.serial")
    start = Start(pattern(row), conditions, f"USING INDEX r:Resource(kind, {name})")
    rows = start.clauses(asked.plan.rest(writing))
    return f"{rows}\nWITH r, r.kind AS within, r.{name} AS s0, r.serial AS serial"


def _from(writing: Writing, asked: _Walk, value: str, serial: str) -> list[str]:
    """The conditions that a value lies at or beyond the place where the page begins."""
    if asked.page.after is None:
        return [f"{value} IS NOT NULL", f"{serial} IS NOT NULL"]
    mark, beyond = writing.value(asked.page.after[0]), "<" if asked.column.descending else ">"
    tie = f"{serial} {place(writing, asked.page)}"
    return [f"{value} {beyond}= {mark}", f"({value} {beyond} {mark} OR {tie})", f"{serial} IS NOT NULL"]


def _without_value(writing: Writing, asked: _Walk) -> str:
    rows = scan(writing, asked.plan, place(writing, asked.page), [_lacks(writing, asked)])
    return f"{rows}, null AS s0"


def _lacks(writing: Writing, asked: _Walk) -> str:
    conditions = [
        value_field(writing, "v", asked.field),
        f"v.{VALUE_NODES[asked.field.kind].compared} IS NOT NULL",
    ]
    return f"NOT {has_value(asked.plan.row, conditions)}"


def _field_of(page: Page) -> Field | None:
    """The field that orders the page, where an index holds its values."""
    field = page.sort[0].field if page.sort else None
    if field is None or page.sort[0].along:
        return None
    known = NODE_FIELDS.get(field.name)
    return field if field.layout is Layout.ROWS or (known and known.indexed) else None


def _always_there(where: Expression, field: Field) -> bool:
    """Whether what is asked for leaves no row without a value of the field."""
    if field.layout is Layout.PROPERTY:
        return True
    leaves = (each for each in conjuncts(where) if isinstance(each, Term | Text | Span | Present))
    return any(leaf.field == field for leaf in leaves)
