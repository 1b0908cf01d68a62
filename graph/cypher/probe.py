"""The counts that decide where a statement starts, where they decide it: asked of the index, up to a bound.

One text has one plan, and a code may be rare or common. A question with one way to start needs no counts; one
that could start at several codes, or at a code or at the sort field, reads some thousand index entries first,
which is milliseconds against the seconds of the wrong start (ADR 0001).
"""

from collections.abc import Iterable, Mapping, Sequence

from graph.cypher.conditions import conjuncts
from graph.cypher.drivers import COUNTED, Sizes, expected
from graph.cypher.enforce import enforce
from graph.cypher.leaves import hint
from graph.cypher.order import columns
from graph.cypher.statement import Statement
from graph.query.expression import (
    All,
    Any,
    AtLeast,
    Expression,
    Kind,
    Layout,
    Not,
    Question,
    Related,
    Term,
)
from graph.query.limits import check
from graph.query.rows import VALUE_NODES, term_keys
from graph.scope import AccessScope, demand_scope

FEW_ROWS = 100  # a start with no more needs no better one
MOST_KEYS = 32

_TEXT = f"""UNWIND $keys AS code
CALL (code) {{
  MATCH (v:{VALUE_NODES[Kind.TERM].label})
  {hint("v", Kind.TERM)}
  WHERE v.key = code AND v.serial IS NOT NULL
  WITH v LIMIT $most
  RETURN count(v) AS size
}}
RETURN code AS key, size"""


def probe(scope: AccessScope, question: Question) -> Statement | None:
    """The statement that counts `{key, size}` for the choice of `page`; None where there is none."""
    check(question)
    keys = _keys(demand_scope(scope), question)
    if not keys or len(keys) > MOST_KEYS or not _is_open(scope, question):
        return None
    return counted(scope, keys)


def counted(scope: AccessScope, keys: Sequence[str]) -> Statement:
    """The statement that counts the Term rows of each of some keys, `{key, size}`, up to a bound."""
    return enforce(scope, Statement(_TEXT, {"keys": list(keys), "most": COUNTED}))


def sizes_of(rows: Iterable[Mapping[str, object]]) -> Sizes:
    """The `sizes` of `page` from the rows of a probe."""
    return {str(row["key"]): int(str(row["size"])) for row in rows}


def _is_open(scope: AccessScope, question: Question) -> bool:
    """Whether there are several ways to start, and none that is surely small."""
    found = (expected(scope, question.entity, each, {}) for each in conjuncts(question.where))
    starts = [rows for rows in found if rows is not None]
    ways = len(starts) + bool(columns(question.page))
    return ways > 1 and all(rows > FEW_ROWS for rows in starts)


def _keys(scope: AccessScope, question: Question) -> list[str]:
    return sorted(key for each in conjuncts(question.where) for key in _term_keys(scope, each))


def every_key(scope: AccessScope, where: Expression) -> set[str]:
    """The keys of the Term rows that any leaf of a condition asks for, at every end of its links."""
    match where:
        case All(of) | Any(of) | AtLeast(_, of):
            return set[str]().union(*(every_key(scope, each) for each in of))
        case Not(of) | Related(_, of):
            return every_key(scope, of)
    return _term_keys(scope, where)


def _term_keys(scope: AccessScope, leaf: Expression) -> set[str]:
    if not isinstance(leaf, Term) or leaf.field.layout is not Layout.ROWS:
        return set()
    return set(term_keys(scope.tenant, leaf))
