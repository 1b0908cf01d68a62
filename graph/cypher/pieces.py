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
from graph.cypher.links import ends, inverse, step
from graph.cypher.openings import Plan, Start, bag
from graph.cypher.statement import Statement
from graph.cypher.writing import BoundRow, Writing
from graph.query.expression import Against, All, Expression, Inside, Leaf, Link, Members, Related, Worded
from graph.query.rows import WORDING_INDEX, within_of
from graph.scope import AccessScope

Kinds: TypeAlias = tuple[str, ...]
MOST_SIFTED = 500_000  # rows, or pairs of them, that a piece may find
_AT_EACH: Mapping[type, int] = {Against: 10, Members: 10, Inside: 10}


def found(scope: AccessScope, kind: str, part: Leaf | All, sizes: Sizes) -> Statement:
    """The rows of a kind that satisfy a leaf, off the best index for it, or all rows: `{serials}`."""
    writing = Writing(scope)
    plan = Plan.of(writing, BoundRow("r", (kind,)), part, sizes)
    return _collected(writing, bag(writing, plan), "r")


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


def _rows(writing: Writing, row: BoundRow, among: Collection[int]) -> Start:
    """The start at rows of which the serials are known; they must be the caller's to see."""
    held = label(row.entities)
    held_by = "kind" if held in ("Resource", "ImagingStudy") else "partition"
    labelled = "Resource" if held_by == "kind" else held
    conditions = [seen(writing, row), f"{row.variable}.serial IN {writing.value(list(among))}"]
    index = f"USING INDEX {row.variable}:{labelled}({held_by}, serial)"
    return Start(f"({row.variable}:{labelled})", conditions, index)
