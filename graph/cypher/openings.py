"""How a statement starts: clauses that bind a row, every condition on it included.

A bag binds the rows in no order, maybe more than once. A stream binds them in creation order from a place on,
off an index that holds them so: the page stops reading when it is full.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any as AnyValue

from graph.cypher.access import label, pattern, seen
from graph.cypher.conditions import conjuncts, satisfies
from graph.cypher.drivers import Driver, Sizes, driver
from graph.cypher.leaves import (
    by_key_property,
    hint,
    property_conditions,
    property_name,
    value_conditions,
)
from graph.cypher.links import ends, inverse, step
from graph.cypher.names import asks_groups, group_seeks
from graph.cypher.order import index_order, place
from graph.cypher.writing import BoundRow, Writing, conjunction
from graph.keys import study_key
from graph.query.attributes import STUDY
from graph.query.expression import (
    Any,
    AtLeast,
    CodePart,
    Expression,
    KeyIn,
    Kind,
    Layout,
    Near,
    Page,
    Related,
    Span,
    Term,
    Text,
)
from graph.query.rows import NODE_FIELDS, VALUE_NODES, term_keys

_MOST_STREAMS = 1_000


@dataclass(frozen=True, slots=True)
class Start:
    """A pattern that binds the row, the index that it is found by, and the conditions that make it one."""

    pattern: str
    conditions: list[str]
    index: str = ""
    before: str = ""
    value: str = ""  # the variable of the value row that it starts at, if it does

    def clauses(self, conditions: list[str]) -> str:
        """The clauses, with what else must hold."""
        lines = [self.before, f"MATCH {self.pattern}", self.index]
        return "\n".join([*filter(None, lines), f"WHERE {conjunction([*self.conditions, *conditions])}"])


@dataclass(frozen=True, slots=True)
class Plan:
    """A row, what must hold for it, and what drives the way to it."""

    row: BoundRow
    where: Expression
    driver: Driver
    sizes: Sizes

    @classmethod
    def of(cls, writing: Writing, row: BoundRow, where: Expression, sizes: Sizes) -> "Plan":
        """Choose the driver for rows of one kind."""
        return cls(row, where, driver(writing.scope, row.entities[0], where, sizes), sizes)

    def inner(self, writing: Writing, row: BoundRow, where: Expression) -> "Plan":
        """The plan of a part of what drives this one; a part of the caller's rights drives itself."""
        if self.driver.granted:
            return Plan(row, where, replace(self.driver, leaf=where), self.sizes)
        return Plan.of(writing, row, where, self.sizes)

    def rest(self, writing: Writing, found_by: str = "") -> list[str]:
        """The conditions that the start does not hold already: whose row it is, then the other leaves.

        `found_by` is the variable of the value row that the start is at.
        """
        driven, row = self.driver.leaf, replace(self.row, found_by=found_by)
        others = [each for each in conjuncts(self.where) if each is not driven]
        return [seen(writing, row), *(satisfies(writing, row, each) for each in others)]


def bag(writing: Writing, plan: Plan) -> str:
    """Clauses that bind the rows of a plan in no order, some maybe twice."""
    leaf = plan.driver.leaf
    if isinstance(leaf, Any):
        return _union(writing, plan, leaf)
    if isinstance(leaf, AtLeast):
        return _counted(writing, plan, leaf)
    if isinstance(leaf, KeyIn) and len(ways := by_key_property(leaf)) > 1:
        return _union(writing, plan, Any(tuple(KeyIn(leaf.entity, tuple(keys)) for keys in ways.values())))
    if isinstance(leaf, Related):
        return _back(writing, plan, leaf)
    if isinstance(leaf, Text) and asks_groups(leaf):
        return _by_groups(writing, plan, leaf)
    start = _start(writing, plan.row, leaf, plan.where)
    return start.clauses(plan.rest(writing, start.value))


def streams(plan: Plan) -> bool:
    """Whether the rows can be had in creation order off an index."""
    leaf = plan.driver.leaf
    if leaf is None:
        return True
    return isinstance(leaf, Term) and leaf.field.layout is Layout.ROWS and leaf.spellings <= _MOST_STREAMS


def scan(writing: Writing, plan: Plan, begins: str, conditions: Sequence[str] = ()) -> str:
    """Clauses that bind all rows of the kind that satisfy the plan, with `serial`, in creation order."""
    serial = f"{plan.row.variable}.serial"
    start = _scan(writing, plan.row, plan.where)
    rows = start.clauses([f"{serial} {begins}", *plan.rest(writing), *conditions])
    return f"{rows}\nWITH r, r.{_held_by(plan.row, plan.where)} AS within, {serial} AS serial"


def stream(writing: Writing, plan: Plan, page: Page) -> str:
    """Clauses that bind the rows with `serial`, in creation order from where the page begins.

    Several codes are several streams, each cut to the window: what they give together holds its first rows.
    """
    leaf = plan.driver.leaf
    if not isinstance(leaf, Term):
        return scan(writing, plan, place(writing, page))
    keys = term_keys(writing.scope.tenant, leaf)
    if len(keys) == 1:
        return _one_stream(writing, plan, leaf, writing.value(keys[0]), place(writing, page))
    cut = f"{index_order(page)} LIMIT {writing.value(page.limit + page.offset)}"
    one = _one_stream(writing, plan, leaf, "code", place(writing, page))
    one = indented(f"{one}\nRETURN r, serial {cut}")
    each = f"UNWIND {writing.value(keys)} AS code\nCALL (code) {{\n{one}\n}}"
    return f"{each}\nWITH DISTINCT r, 0 AS within, serial"


def _one_stream(writing: Writing, plan: Plan, leaf: Term, key: str, begins: str) -> str:
    value = writing.variable("v")
    conditions = [f"{value}.key = {key}", f"{value}.serial {begins}"]
    if leaf.system is not None:
        conditions.append(f"{value}.system = {writing.value(leaf.system)}")
    start = Start(values_of(plan.row, value, Kind.TERM), conditions, hint(value, Kind.TERM))
    rows = start.clauses(plan.rest(writing, value))
    return f"{rows}\nWITH DISTINCT r, {value}.key AS within, {value}.serial AS serial"


def _start(writing: Writing, row: BoundRow, leaf: Expression | None, where: Expression) -> Start:
    """The start at the rows of one leaf, or at all rows."""
    match leaf:
        case KeyIn():
            return _by_key(writing, row, leaf)
        case Term() | Text() | Span() | CodePart() | Near() if leaf.field.layout is Layout.ROWS:
            return _by_value(writing, row, leaf)
        case Term() | Text() | Span():
            return _by_property(writing, row, leaf)
    return _scan(writing, row, where)


def _by_key(writing: Writing, row: BoundRow, leaf: KeyIn) -> Start:
    (name, keys), *_ = (by_key_property(leaf) or {"key": []}).items()
    held = f"{row.variable}:{STUDY if name == 'dicomKey' else label(row.entities)}"
    index = f"USING INDEX {held}({name})"
    return Start(f"({held})", [f"{row.variable}.{name} IN {writing.value(keys)}"], index)


def _by_value(writing: Writing, row: BoundRow, leaf: Term | Text | Span | CodePart | Near) -> Start:
    value = writing.variable("v")
    kind = leaf.field.kind
    conditions = value_conditions(writing, value, leaf)
    if not isinstance(leaf, Near):  # whose latitudes bound it
        conditions += _BOUNDS[kind](writing, value, leaf)
    return Start(values_of(row, value, kind), conditions, hint(value, kind), value=value)


def values_of(row: BoundRow, value: str, kind: Kind) -> str:
    """The pattern of a value row, named, and the row that it is of."""
    return f"({value}:{VALUE_NODES[kind].label})-[:OF]->{pattern(row)}"


def _by_property(writing: Writing, row: BoundRow, leaf: Term | Text | Span) -> Start:
    """The start at an indexed property; indexes of DICOM attributes begin with the partition."""
    name = f"{row.variable}.{property_name(leaf.field)}"
    conditions = property_conditions(writing, row, leaf)
    if isinstance(leaf, Span):
        conditions.append(f"{name} < {writing.value(leaf.high)}")
    if leaf.field.name in NODE_FIELDS:
        conditions.append(f"{row.variable}.kind = {writing.kind(row.entities[0])}")
        index = f"USING INDEX {row.variable}:Resource(kind, {property_name(leaf.field)})"
        return Start(pattern(row), conditions, index)
    if isinstance(leaf, Term) and leaf.field.name == "StudyInstanceUID":
        return _by_study_uid(writing, row, leaf)
    return _by_index(writing, row, property_name(leaf.field), conditions)


def _by_index(writing: Writing, row: BoundRow, name: str, conditions: list[str]) -> Start:
    held = f"{row.variable}:{row.entities[0]}"
    index = f"USING INDEX {held}(partition, {name})"
    return Start(f"({held})", [*conditions, f"{row.variable}.partition = {writing.partition()}"], index)


def _by_study_uid(writing: Writing, row: BoundRow, leaf: Term) -> Start:
    scope = writing.scope
    keys = sorted({study_key(scope.tenant, scope.partition, code) for code in leaf.codes})
    return _by_key(writing, row, KeyIn(STUDY, tuple(keys)))


def _scan(writing: Writing, row: BoundRow, where: Expression) -> Start:
    name, held_by = row.variable, _held_by(row, where)
    dicom = held_by == "partition"
    value = writing.partition() if dicom else writing.kind(row.entities[0])
    scanned = row.entities[0] if dicom else "Resource"
    index = f"USING INDEX {name}:{scanned}({held_by}, serial)"
    return Start(f"({name}:{scanned})", [f"{name}.{held_by} = {value}", f"{name}.serial IS NOT NULL"], index)


def _held_by(row: BoundRow, where: Expression) -> str:
    """What all rows share that are scanned: their partition, where only those with pictures are asked for."""
    if label(row.entities) != "Resource":
        return "partition"
    asked = (getattr(each, "field", None) for each in conjuncts(where))
    dicom = (field.layout is Layout.PROPERTY and field.name not in NODE_FIELDS for field in asked if field)
    return "partition" if row.entities == (STUDY,) and any(dicom) else "kind"


def _union(writing: Writing, plan: Plan, leaf: Any) -> str:
    """The rows of several bags, each once."""
    branches = (plan.inner(writing, plan.row, each) for each in leaf.of)
    union = _joined("UNION", plan.row.variable, [bag(writing, each) for each in branches])
    return f"{union}\nWITH {plan.row.variable} WHERE {conjunction(plan.rest(writing))}"


def _counted(writing: Writing, plan: Plan, leaf: AtLeast) -> str:
    """The rows that are in so many of several bags: each bag has them once, under its number.

    So none of the parts is asked again of a row that was found by it.
    """
    row = plan.row.variable
    bags = (bag(writing, plan.inner(writing, plan.row, each)) for each in leaf.of)
    found = _joined(
        "UNION", f"{row}, part", [f"{each}\nWITH {row}, {at} AS part" for at, each in enumerate(bags)]
    )
    enough = f"WITH {row}, count(part) AS parts WHERE parts >= {writing.value(leaf.least)}"
    return f"{found}\n{enough}\nWITH {row} WHERE {conjunction(plan.rest(writing))}"


def _by_groups(writing: Writing, plan: Plan, leaf: Text) -> str:
    """The rows of a name that is sought in several groups, each by its own index; its whole decides.

    Every condition stands in each branch: an index hands out what it holds, and what it holds is read there.
    """
    row, openings = plan.row, []
    conditions = [*property_conditions(writing, row, leaf), *plan.rest(writing)]
    for name, asked in group_seeks(writing, leaf):
        start = _by_index(writing, row, name, [f"{row.variable}.{name} {asked}"])
        openings.append(start.clauses(conditions))
    return _joined("UNION ALL", row.variable, openings)


def _joined(word: str, columns: str, openings: Sequence[str]) -> str:
    texts = (indented(f"{each}\nRETURN {columns}") for each in openings)
    union = f"\n  {word}\n".join(texts)
    return f"CALL () {{\n{union}\n}}"


def _back(writing: Writing, plan: Plan, leaf: Related) -> str:
    """From the rows at the other end of a link back to those that are asked for."""
    end = writing.row(*ends(leaf.link))
    opening = bag(writing, plan.inner(writing, end, leaf.inner))
    way = step(writing, end, inverse(leaf.link, plan.row.entities[0]), plan.row)
    back = Start(way.pattern, list(way.conditions), way.index).clauses(plan.rest(writing))
    return f"{opening}\nWITH DISTINCT {end.variable}\n{back}"


def _serial_bound(_: Writing, value: str, __: AnyValue) -> list[str]:
    return [f"{value}.serial IS NOT NULL"]


def _no_bound(_: Writing, __: str, ___: AnyValue) -> list[str]:
    return []


def _low_bound(writing: Writing, value: str, leaf: Span) -> list[str]:
    return [f"{value}.low < {writing.value(leaf.high)}"]  # no value ends within what it begins after


_BOUNDS: Mapping[Kind, Callable[[Writing, str, AnyValue], list[str]]] = {
    Kind.TERM: _serial_bound,
    Kind.TEXT: _no_bound,
    Kind.SPAN: _low_bound,
}


def indented(text: str) -> str:
    """The clauses of a subquery, set in."""
    return "\n".join(f"  {line}" for line in text.splitlines())
