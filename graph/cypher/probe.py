"""The counts that decide where a statement starts, where they decide it: asked of the index, up to a bound.

One text has one plan, and a code may be rare or common. A question with one way to start needs no counts; one
that could start at several codes, or at a code or at the sort field, reads some thousand index entries first,
which is milliseconds against the seconds of the wrong start (ADR 0001).
"""

import re
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
LARGE_CHART = 2_000  # rows of one type that the chart of few patients has more of
MOST_KEYS = 32

_NOTHING_KNOWN: Mapping[str, int] = {}
_PATIENT = re.compile("Patient/")
_TEXT = f"""UNWIND $keys AS code
CALL (code) {{
  MATCH (v:{VALUE_NODES[Kind.TERM].label})
  {hint("v", Kind.TERM)}
  WHERE v.key = code AND v.serial IS NOT NULL
  WITH v LIMIT $most
  RETURN count(v) AS size
}}
RETURN code AS key, size"""


def probe(scope: AccessScope, question: Question, known: Sizes = _NOTHING_KNOWN) -> Statement | None:
    """The statement that counts `{key, size}` for the choice of `page`; None where there is none.

    What is `known` already is not counted again.
    """
    check(question)
    keys = _keys(demand_scope(scope), question)
    unknown = [key for key in keys if key not in known]
    if not unknown or len(keys) > MOST_KEYS or not _is_open(scope, question, known):
        return None
    return counted(scope, unknown)


def counted(scope: AccessScope, keys: Sequence[str]) -> Statement:
    """The statement that counts the Term rows of each of some keys, `{key, size}`, up to a bound."""
    return enforce(scope, Statement(_TEXT, {"keys": list(keys), "most": COUNTED}))


def sizes_of(rows: Iterable[Mapping[str, object]]) -> Sizes:
    """The `sizes` of `page` from the rows of a probe."""
    return {str(row["key"]): int(str(row["size"])) for row in rows}


def _is_open(scope: AccessScope, question: Question, known: Sizes) -> bool:
    """Whether there are several ways to start, and none that is surely small.

    The chart of a patient needs no count where all else is known to be larger than charts are.
    """
    parts = conjuncts(question.where)
    found = [(each, expected(scope, question.entity, each, known)) for each in parts]
    starts = [(each, rows) for each, rows in found if rows is not None]
    others = [_known_to_hold(scope, each, known) for each, _ in starts if not _is_chart(each)]
    if len(others) < len(starts) and not columns(question.page) and min(others, default=0) > LARGE_CHART:
        return False
    ways = len(starts) + bool(columns(question.page))
    return ways > 1 and all(rows > FEW_ROWS for _, rows in starts)


def _is_chart(leaf: Expression) -> bool:
    return isinstance(leaf, Term) and bool(leaf.codes) and all(map(_PATIENT.match, leaf.codes))


def _known_to_hold(scope: AccessScope, leaf: Expression, known: Sizes) -> int:
    """How many rows were counted of a leaf: none where they were not."""
    return sum(known.get(key, 0) for key in _term_keys(scope, leaf))


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
