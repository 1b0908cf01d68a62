"""What some rows say: their values in a field, and where a link leads from them, in lists side by side.

Pieces (`graph.cypher.pieces`) find rows; these statements read of rows at hand, all of them at once. Every
statement has passed the check of `graph.cypher.enforce`.
"""

from collections.abc import Collection

from graph.cypher.access import label, seen
from graph.cypher.enforce import enforce
from graph.cypher.leaves import value_field
from graph.cypher.links import ends, step
from graph.cypher.openings import Start
from graph.cypher.statement import Statement
from graph.cypher.writing import BoundRow, Writing
from graph.query.expression import Field, Link
from graph.query.rows import VALUE_NODES
from graph.scope import AccessScope


def values(scope: AccessScope, kind: str, field: Field, among: Collection[int], most: int) -> Statement:
    """The values that rows of a kind have in a field, `most` at most: `{serials, columns}`.

    `columns` are those of the field's value rows (`graph.query.rows.VALUE_NODES`), a list for each value.
    """
    writing = Writing(scope)
    rows = _rows(writing, BoundRow("r", (kind,)), among)
    columns = ", ".join(f"v.{name}" for name in VALUE_NODES[field.kind].columns)
    found = f"MATCH (r)<-[:OF]-(v) WHERE {value_field(writing, 'v', field)}"
    bound = f"WITH r.serial AS serial, [{columns}] AS said LIMIT {writing.value(most)}"
    ended = "RETURN collect(serial) AS serials, collect(said) AS columns"
    return enforce(scope, Statement("\n".join((rows, found, bound, ended)), writing.parameters))


def pairs(scope: AccessScope, kind: str, link: Link, among: Collection[int], most: int) -> Statement:
    """The rows at the other end of a link from rows of a kind, `most` at most: `{starts, ends}`."""
    writing = Writing(scope)
    row, end = BoundRow("r", (kind,)), writing.row(*ends(link))
    along = step(writing, row, link, end)
    way = Start(along.pattern, list(along.conditions), along.index).clauses([seen(writing, end)])
    bound = f"WITH DISTINCT r.serial AS start, {end.variable}.serial AS end LIMIT {writing.value(most)}"
    ended = "RETURN collect(start) AS starts, collect(end) AS ends"
    return enforce(
        scope, Statement("\n".join((_rows(writing, row, among), way, bound, ended)), writing.parameters)
    )


def _rows(writing: Writing, row: BoundRow, among: Collection[int]) -> str:
    """The clauses that bind rows of which the serials are known; they must be the caller's to see."""
    held = label(row.entities)
    labelled, held_by = ("Resource", "kind") if held in ("Resource", "ImagingStudy") else (held, "partition")
    index = f"USING INDEX {row.variable}:{labelled}({held_by}, serial)"
    conditions = [seen(writing, row), f"{row.variable}.serial IN {writing.value(list(among))}"]
    return Start(f"({row.variable}:{labelled})", conditions, index).clauses([])
