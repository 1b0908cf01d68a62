"""Pieces of a question, each a short statement of its own: one leaf, or one link, of rows by their `serial`.

A whole question is planned whole, some 25 ms for each subquery in it; a piece is planned once for all
questions, since its text tells of no value, no field and no kind of row. The sieve (`graph.resources.sieve`)
puts together what pieces find. Every statement has passed the check of `graph.cypher.enforce`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graph.cypher.access import label, pattern, seen
from graph.cypher.conditions import satisfies
from graph.cypher.drivers import Sizes, driver, expected
from graph.cypher.enforce import enforce
from graph.cypher.leaves import hint, value_conditions
from graph.cypher.links import ends, inverse, step
from graph.cypher.openings import Plan, Start, bag
from graph.cypher.statement import Statement
from graph.cypher.writing import BoundRow, Writing, conjunction
from graph.query.expression import (
    EVERYTHING,
    Against,
    All,
    Expression,
    Field,
    Inside,
    Kind,
    Layout,
    Leaf,
    Link,
    Members,
    Present,
    Related,
    Term,
    Worded,
)
from graph.query.rows import VALUE_NODES, WORDING_INDEX, compartment_of, field_key, within_of
from graph.scope import AccessScope

Kinds: TypeAlias = tuple[str, ...]
MOST_SIFTED = 500_000  # rows, or pairs of them, that a piece may find
_AT_EACH: Mapping[type, int] = {Against: 10, Members: 10, Inside: 10}


def found(scope: AccessScope, kind: str, part: Leaf | All, sizes: Sizes) -> Statement:
    """The rows of a kind that satisfy a leaf, off the best index for it, or all rows: `{serials}`."""
    writing = Writing(scope)
    plan = Plan.of(writing, BoundRow("r", (kind,)), part, sizes)
    return _collected(writing, bag(writing, plan), "r")


def crowd(scope: AccessScope, kind: str, most: int) -> Statement:
    """How many rows of a kind are about somebody, up to a bound and whosever they are to see: `{size}`."""
    writing = Writing(scope)
    about = value_conditions(writing, "v", Present(compartment_of(kind)))
    rows = f"MATCH (v:Term)\n{hint('v', Kind.TERM)}\nWHERE {conjunction([*about, 'v.serial IS NOT NULL'])}"
    size = f"WITH v.serial AS serial LIMIT {writing.value(most)}\nRETURN count(serial) AS size"
    return enforce(scope, Statement(f"{rows}\n{size}", writing.parameters))


def indexed(scope: AccessScope, leaf: Term | Present) -> Statement:
    """The serials of the value rows of a leaf, off their index alone: `{serials}`.

    No row is looked at, and so none is judged: whoever asks must lead on from what is found to rows that are.
    """
    writing = Writing(scope)
    conditions = [*value_conditions(writing, "v", leaf), "v.serial IS NOT NULL"]
    value = f"MATCH (v:{VALUE_NODES[leaf.field.kind].label})\n{hint('v', leaf.field.kind)}"
    distinct = f"WITH DISTINCT v.serial AS serial {_most(writing)}"
    text = f"{value}\nWHERE {conjunction(conditions)}\n{distinct}\nRETURN collect(serial) AS serials"
    return enforce(scope, Statement(text, writing.parameters))


def is_indexed(leaf: Expression) -> bool:
    """Whether the rows of a leaf are found off the index of value rows alone."""
    if isinstance(leaf, Present):
        return leaf.field.layout is Layout.ROWS and leaf.field.kind is Kind.TERM
    return isinstance(leaf, Term) and leaf.field.layout is Layout.ROWS and bool(leaf.codes)


def worded(scope: AccessScope, leaf: Worded) -> Statement:
    """The rows whose text has the words, off the full-text index: `{serials}`.

    The tenant and the type are asked of the index itself, and the rights of each row before any is counted.
    """
    writing = Writing(scope)
    within = within_of(scope.tenant, leaf.entity)
    query = writing.value(f"+within:{within} +({leaf.query})")
    row = BoundRow("r", (leaf.entity,))
    found = f"CALL db.index.fulltext.queryNodes('{WORDING_INDEX}', {query}) YIELD node AS v"
    own = f"v.within = {writing.value(within)}"
    rows = f"{found}\nMATCH (v)-[:OF]->{pattern(row)}\nWHERE {own} AND {seen(writing, row)}"
    return _collected(writing, rows, "r")


def kept(scope: AccessScope, kinds: Kinds, leaf: Leaf, among: Collection[int]) -> Statement:
    """Those of some rows that satisfy a leaf: `{serials}`."""
    writing = Writing(scope)
    row = BoundRow("r", kinds)
    return _collected(writing, _rows(writing, row, among).clauses([satisfies(writing, row, leaf)]), "r")


def linked(scope: AccessScope, kinds: Kinds, link: Link, among: Collection[int]) -> Statement:
    """The rows at the other end of a link from some rows, pair by pair: `{starts, ends}`."""
    writing = Writing(scope)
    row = BoundRow("r", kinds)
    way = _way(writing, row, link, writing.row(*ends(link)))
    rows = f"{_rows(writing, row, among).clauses([])}\n{way.text}"
    pairs = f"WITH r.serial AS start, {way.end.variable}.serial AS end {_most(writing)}"
    ended = "RETURN collect(start) AS starts, collect(end) AS ends"
    return enforce(scope, Statement(f"{rows}\n{pairs}\n{ended}", writing.parameters))


def spans(scope: AccessScope, kinds: Kinds, field: Field, among: Collection[int]) -> Statement:
    """The spans of a field that some rows have: `{serials, lows, highs, codes}`.

    Those are lists side by side; a row has as many places in them as it has spans.
    """
    writing = Writing(scope)
    row = BoundRow("r", kinds)
    value = f"MATCH (r)<-[:OF]-(v) WHERE v.key = {writing.value(field_key(scope.tenant, field))}"
    most = f"WITH r.serial AS serial, v {_most(writing)}"
    columns = ", ".join(
        f"collect({place}) AS {name}"
        for place, name in (
            ("serial", "serials"),
            ("v.low", "lows"),
            ("v.high", "highs"),
            ("coalesce(v.code, '')", "codes"),
        )
    )
    rows = _rows(writing, row, among).clauses([])
    return enforce(scope, Statement(f"{rows}\n{value}\n{most}\nRETURN {columns}", writing.parameters))


def led_to(scope: AccessScope, kind: str, link: Link, among: Collection[int]) -> Statement:
    """The rows of a kind that a link leads from to some rows: `{serials}`, going back from those."""
    writing = Writing(scope)
    row = BoundRow("r", ends(link))
    way = _way(writing, row, inverse(link, kind), writing.row(kind))
    return _collected(writing, f"{_rows(writing, row, among).clauses([])}\n{way.text}", way.end.variable)


def named(scope: AccessScope, kind: str, among: Collection[int]) -> Statement:
    """The keys of some rows, in creation order: `{serials, keys}`."""
    writing = Writing(scope)
    rows = _rows(writing, BoundRow("r", (kind,)), among).clauses([])
    ended = "WITH r ORDER BY r.serial\nRETURN collect(r.serial) AS serials, collect(r.key) AS keys"
    return enforce(scope, Statement(f"{rows}\n{ended}", writing.parameters))


def sighted(scope: AccessScope, kind: str) -> Statement:
    """All rows of a kind that the caller may see, off what they were granted where that is less."""
    writing = Writing(scope)
    plan = Plan.of(writing, BoundRow("r", (kind,)), EVERYTHING, {})
    return _all_serials(writing, bag(writing, plan))


def sighted_among(scope: AccessScope, kind: str, among: Collection[int]) -> Statement:
    """Those of some rows of a kind that the caller may see: `{serials}`."""
    writing = Writing(scope)
    return _all_serials(writing, _rows(writing, BoundRow("r", (kind,)), among).clauses([]))


def likely(scope: AccessScope, kinds: Kinds, part: Expression, sizes: Sizes) -> int | None:
    """How many rows a part of a question may find by itself; None where only rows at hand can be asked it."""
    if len(kinds) != 1:
        return None
    if isinstance(part, All):
        best = driver(scope, kinds[0], part, sizes)
        return None if best.leaf is None or best.granted else best.rows
    return expected(scope, kinds[0], part, sizes)


def asked_at_each(part: Leaf | Related) -> int:
    """How many rows are looked at to ask a part of one row at hand."""
    return _AT_EACH.get(type(part.link), 1) if isinstance(part, Related) else 1


def _collected(writing: Writing, rows: str, variable: str) -> Statement:
    """The serials of bound rows in one row, each once, up to one more than may be."""
    distinct = f"WITH DISTINCT {variable}.serial AS serial {_most(writing)}"
    return enforce(
        writing.scope,
        Statement(f"{rows}\n{distinct}\nRETURN collect(serial) AS serials", writing.parameters),
    )


def _most(writing: Writing) -> str:
    return f"LIMIT {writing.value(MOST_SIFTED + 1)}"


@dataclass(frozen=True, slots=True)
class _Way:
    """The clauses along a link from bound rows, and the row at its end."""

    text: str
    end: BoundRow


def _way(writing: Writing, row: BoundRow, link: Link, end: BoundRow) -> _Way:
    along = step(writing, row, link, end)
    start = Start(along.pattern, list(along.conditions), along.index)
    return _Way(start.clauses([seen(writing, end)]), end)


def _all_serials(writing: Writing, rows: str) -> Statement:
    text = f"{rows}\nRETURN collect(DISTINCT r.serial) AS serials"
    return enforce(writing.scope, Statement(text, writing.parameters))


def _rows(writing: Writing, row: BoundRow, among: Collection[int]) -> Start:
    """The start at rows of which the serials are known; they must be the caller's to see."""
    held = label(row.entities)
    held_by = "kind" if held in ("Resource", "ImagingStudy") else "partition"
    labelled = "Resource" if held_by == "kind" else held
    conditions = [seen(writing, row), f"{row.variable}.serial IN {writing.value(list(among))}"]
    index = f"USING INDEX {row.variable}:{labelled}({held_by}, serial)"
    return Start(f"({row.variable}:{labelled})", conditions, index)
