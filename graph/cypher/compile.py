"""The one compiler: a question becomes one parametrised Cypher statement under its caller's rights.

QIDO-RS, FHIR search and cohorts all come through here. A page is `{key, serial, sort}` a row, in order:
`sort` lists the values that the row is sorted by, and `(*sort, serial)` of the last row is the `after` of the
next page. Every statement has passed the check of `graph.cypher.enforce`.
"""

from collections.abc import Mapping, Sequence

from graph.cypher.drivers import Sizes
from graph.cypher.enforce import enforce
from graph.cypher.openings import Plan, bag, stream, streams
from graph.cypher.order import OrderedRows, beyond, columns, index_order, order_by, sort_values, window
from graph.cypher.statement import Statement, UnjudgedStatement
from graph.cypher.walk import walk, walks
from graph.cypher.writing import BoundRow, Writing
from graph.errors import Invalid
from graph.query.attributes import INSTANCE, SERIES
from graph.query.expression import Expression, Page, Question
from graph.query.forms import has_words
from graph.query.limits import LARGEST_PAGE, check, check_where
from graph.rights import judged_of
from graph.scope import AccessScope

__all__ = ["count", "page", "unjudged_page"]
_ROW = "r"  # the variable of the rows of a page
FEW_FOUND = 2_000  # rows that a question of who sees few rows may find, of which it judges a page in memory
_NOTHING_KNOWN: Mapping[str, int] = {}


def page(
    scope: AccessScope, question: Question, sizes: Sizes = _NOTHING_KNOWN, *, shown: Sequence[str] = ()
) -> Statement:
    """The rows of a question's page, in order: `{key, serial, sort}`.

    `sizes` are known counts of Term rows by key, for the choice of where to start. Where something is `shown`
    of each row `r` and its current version `v`, all come as one row: `{rows}`, of `[serial, sort, *shown]`.
    Raises `Invalid` or `TooLarge` for a question that cannot be asked, `ScopeMissing` without a scope.
    """
    writing = Writing(scope)
    plan = _plan(writing, question, sizes)
    return _finished(writing, _ended(writing, plan, question.page, shown))


def unjudged_page(
    scope: AccessScope, question: Question, sizes: Sizes = _NOTHING_KNOWN, *, shown: Sequence[str] = ()
) -> UnjudgedStatement | None:
    """The rows of a question's page as `page` returns them, not judged yet: `judged` follows `sort`.

    None where it would not help: the right is short, the page skips rows, or most of what is found may be
    hidden. At the ends of links rows are judged by the graph all the same. Raises `Invalid` or
    `TooLarge` as `page` does.
    """
    writing = Writing(scope, unjudged=_ROW)
    of_parts = question.entity in (SERIES, INSTANCE)  # which are seen with their study
    if not writing.right.is_long or question.page.offset or of_parts:
        return None
    plan = _plan(writing, question, sizes)
    few = plan.driver.leaf is not None and plan.driver.rows <= FEW_FOUND
    if not writing.right.everything and not few:
        return None  # most of what is found may be hidden
    found = Statement(_ended(writing, plan, question.page, shown), writing.parameters)
    statement = enforce(scope, found, unjudged=_ROW)
    return UnjudgedStatement(statement.text, statement.parameters)


def _plan(writing: Writing, question: Question, sizes: Sizes) -> Plan:
    """The plan of a question that may be asked; raises `Invalid` or `TooLarge` for one that may not."""
    check(question)
    _refuse_words(question.where)
    return Plan.of(writing, BoundRow(_ROW, (question.entity,)), question.where, sizes)


def with_room(limit: int) -> int:
    """The rows to find for a page of so many that may hold some that are not the caller's to see."""
    return min(limit + 8 + limit // 8, max(limit, LARGEST_PAGE))


def _ended(writing: Writing, plan: Plan, asked: Page, shown: Sequence[str]) -> str:
    """The text of a page, with what is returned of its rows."""
    rows = _page(writing, plan, asked)
    ordered = f"{rows.order} {window(writing, asked)}"
    judged = [judged_of(_ROW, _ROW)] if writing.unjudged else []
    if not shown:
        told = "".join(f", {each} AS judged" for each in judged)
        ending = f"RETURN r.key AS key, serial, {rows.sort} AS sort{told}\n{ordered}"
    else:
        together = ", ".join((*judged, *shown))
        texts = f"MATCH (r)-[:CURRENT]->(v)\nRETURN collect([serial, sort, {together}]) AS rows"
        ending = f"WITH r, serial, {rows.sort} AS sort\n{ordered}\n{texts}"
    return f"{rows.clauses}\n{ending}"


def count(
    scope: AccessScope,
    entity: str,
    where: Expression,
    sizes: Sizes = _NOTHING_KNOWN,
    *,
    most: int | None = None,
) -> Statement:
    """How many rows satisfy a condition, as `{total}`; it costs what all of them cost, or `most` of them.

    Raises `Invalid` or `TooLarge` as `page` does.
    """
    writing = Writing(scope)
    check_where(entity, where)
    _refuse_words(where)
    plan = Plan.of(writing, BoundRow(_ROW, (entity,)), where, sizes)
    cut = f"\nWITH DISTINCT r LIMIT {writing.value(most)}" if most is not None else ""
    return _finished(writing, f"{bag(writing, plan)}{cut}\nRETURN count(DISTINCT r) AS total")


def _refuse_words(where: Expression) -> None:
    """Refuse what only the sieve can answer: here it is asked by what decides a write."""
    if has_words(where):
        raise Invalid("words do not decide a write: ask by other criteria", code="not-supported")


def _page(writing: Writing, plan: Plan, asked: Page) -> OrderedRows:
    if walks(plan, asked):
        return walk(writing, plan, asked)
    if columns(asked) or not streams(plan):
        return _sorted(writing, plan, asked)
    return OrderedRows(stream(writing, plan, asked), "[]", index_order(asked))


def _sorted(writing: Writing, plan: Plan, asked: Page) -> OrderedRows:
    """All rows are found, sorted, and the page is cut from them."""
    found = columns(asked)
    lines = [bag(writing, plan), "WITH DISTINCT r", sort_values(writing, plan.row, found)]
    if condition := beyond(writing, asked):
        lines.append(f"WHERE {condition}")
    names = ", ".join(column.name for column in found)
    return OrderedRows("\n".join(lines), f"[{names}]", order_by(asked))


def _finished(writing: Writing, text: str) -> Statement:
    return enforce(writing.scope, Statement(text, writing.parameters))
