"""Which leaf drives a question: where its statement starts, so that the rest only filters.

One text has one plan, for rare values and for common ones, so the choice is made here and not by the
planner: the conjunct with the smallest expected number of rows, from counts where the caller has some, else
from what a field usually holds. A scan of the kind of row in creation order is the last resort.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any as AnyValue
from typing import TypeAlias

from fhir_profiles.definitions.registry import is_shared
from graph.cypher.conditions import conjuncts
from graph.cypher.leaves import MANY_CODES
from graph.cypher.links import ends
from graph.cypher.names import asks_groups, group_prefix
from graph.cypher.text import literal_prefix
from graph.keys import resource_of
from graph.query.attributes import BY_KEYWORD, INSTANCE, SERIES, STUDY
from graph.query.expression import (
    Against,
    Along,
    Any,
    AtLeast,
    CodePart,
    Expression,
    Field,
    Inside,
    KeyIn,
    Kind,
    Layout,
    Link,
    Match,
    Members,
    Near,
    Order,
    Owner,
    Related,
    SerialIn,
    Span,
    Term,
    Text,
    Whole,
    Worded,
)
from graph.query.rows import (
    COMPARTMENT,
    NODE_FIELDS,
    code_key,
    compartment_of,
    may_be_about_studies,
)
from graph.rights import Bounds
from graph.scope import AccessScope

SCAN = 200_000
COUNTED = 4_000  # the bound of a count: more is many
USUAL_TERM = 1_000
USUAL_REFERENCE = 200
USUAL_TERMS: Mapping[str, int] = {
    COMPARTMENT: 100,
    "identifier": 1,
    "url": 1,
    "gender": SCAN,
    "status": SCAN,
    "intent": SCAN,
    "active": SCAN,
    "deceased": SCAN,
    "category": SCAN,
    "class": SCAN,
    "clinical-status": SCAN,
    "verification-status": SCAN,
    "priority": SCAN,
}
USUAL_TEXT: Mapping[Match, int] = {Match.EXACT: 50, Match.EQUALS: 50, Match.PREFIX: 2_000, Match.LIKE: 2_000}
USUAL_PART = 500  # codes that begin with a text
USUAL_NEAR = 500  # places on the latitudes of a circle
SHORTEST_PREFIX = 2  # one letter is no help
USUAL_A_DAY = 500
_DAY = 86_400_000_000
SMALL_GRANT = 200  # granted rows that may drive a question
_FAN: Mapping[type, int] = {Along: 10, Against: 1, Members: 1, Owner: 100, Inside: 1, Whole: 10}
_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
Sizes: TypeAlias = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Driver:
    """Where a statement starts: at the rows of a leaf, or with None at all rows of the kind; and how many."""

    leaf: Expression | None
    rows: int
    granted: bool = False  # the leaf is the caller's rights, not a part of the question


def driver(scope: AccessScope, entity: str, where: Expression, sizes: Sizes) -> Driver:
    """The best start for rows of `entity` that satisfy `where`; `sizes` gives known counts by Term key."""
    found = [*_candidates(scope, entity, where, sizes), *_grants(scope, entity)]
    return min(found, key=lambda each: each.rows, default=Driver(None, SCAN))


def _candidates(scope: AccessScope, entity: str, where: Expression, sizes: Sizes) -> Iterator[Driver]:
    for each in conjuncts(where):
        rows = expected(scope, entity, each, sizes)
        if rows is not None and rows < SCAN:
            yield Driver(each, rows)


def _grants(scope: AccessScope, entity: str) -> Iterator[Driver]:
    """The rows that a narrow scope may see, where they are few and the kind is not everybody's."""
    bounds = scope.right.bounds
    if bounds is None or sum(map(len, bounds)) > SMALL_GRANT:
        return
    if entity in (SERIES, INSTANCE):
        yield Driver(Related(Whole(STUDY), _granted(bounds, STUDY)), _granted_rows(bounds, 100), granted=True)
    elif not is_shared(entity):
        yield Driver(_granted(bounds, entity), _granted_rows(bounds, 50), granted=True)


def _granted_rows(bounds: Bounds, each: int) -> int:
    return each * sum(map(len, bounds))


def _granted(bounds: Bounds, entity: str) -> Expression:
    patients, studies = bounds
    members = patients | studies if may_be_about_studies(entity) else patients
    by_member = Term(compartment_of(entity), tuple(map(resource_of, sorted(members)))) if members else None
    by_key = KeyIn(entity, tuple(sorted(studies)) if entity == STUDY else ())
    if by_member is None:
        return by_key
    return Any((by_member, by_key)) if by_key.keys else by_member


def expected(scope: AccessScope, entity: str, leaf: Expression, sizes: Sizes) -> int | None:
    """How many rows the leaf is expected to hold for; None where it cannot drive."""
    match leaf:
        case KeyIn():
            return len(leaf.keys)
        case SerialIn():
            return len(leaf.serials)
        case Term():
            return _of_term(scope, leaf, sizes)
        case Related() | Any() | AtLeast():
            return _of_many(scope, entity, leaf, sizes)
    guess = _GUESSES.get(type(leaf))
    return guess(leaf) if guess else None


def _of_many(scope: AccessScope, entity: str, node: Related | Any | AtLeast, sizes: Sizes) -> int | None:
    if isinstance(node, Related):
        return _of_related(scope, node.link, node.inner, sizes)
    return _of_any(scope, entity, node.of, sizes)  # of at least some, one holds


def _of_term(scope: AccessScope, leaf: Term, sizes: Sizes) -> int | None:
    field = leaf.field
    if not leaf.codes:
        return None
    if field.layout is Layout.PROPERTY:
        return len(leaf.codes) if field.name in _UIDS else None
    keys = (code_key(scope.tenant, field, code) for code in leaf.codes)
    own = field.name.rpartition(".")[2]  # a contained resource holds what others hold
    usual = (USUAL_TERMS.get(own) or _usual(code) for code in leaf.codes)
    rows = sum(_known(sizes.get(key), guess) for key, guess in zip(keys, usual, strict=True))
    return rows if len(leaf.codes) < MANY_CODES else min(rows, SCAN - 1)


def _known(size: int | None, guess: int) -> int:
    """The size that was counted; where the count stopped at its bound, not less than one would guess."""
    if size is None:
        return guess
    return size if size < COUNTED else max(size, guess)


def _usual(code: str) -> int:
    kind, slash, _ = code.partition("/")
    return USUAL_REFERENCE if slash and kind.isalpha() and kind[:1].isupper() else USUAL_TERM


def _of_text(leaf: Text) -> int | None:
    if leaf.field.kind is not Kind.TEXT:
        return None
    indexed = leaf.field.layout is Layout.ROWS or BY_KEYWORD[leaf.field.name].indexed
    prefix = group_prefix(leaf) if asks_groups(leaf) else literal_prefix(leaf)
    known = leaf.match in (Match.EXACT, Match.EQUALS) or len(prefix) >= SHORTEST_PREFIX
    return USUAL_TEXT.get(leaf.match) if indexed and known else None


def _of_span(leaf: Span) -> int | None:
    """A closed range of dates; an open one is better walked in the order of the answer, which stops early."""
    closed = leaf.order is Order.EQ and isinstance(leaf.low, int) and isinstance(leaf.high, int)
    if not closed or leaf.low is None or leaf.high is None or not _has_date_index(leaf.field):
        return None
    return max(1, int((leaf.high - leaf.low) * USUAL_A_DAY / _DAY))


_GUESSES: Mapping[type, Callable[[AnyValue], int | None]] = {
    Text: _of_text,
    Span: _of_span,
    CodePart: lambda leaf: USUAL_PART if leaf.begins else None,
    Near: lambda _: USUAL_NEAR,
    Worded: lambda _: USUAL_TERM,
}


def _has_date_index(field: Field) -> bool:
    if field.layout is Layout.ROWS:
        return True
    if field.name in NODE_FIELDS:
        return NODE_FIELDS[field.name].indexed
    return BY_KEYWORD[field.name].vr == "DA" and BY_KEYWORD[field.name].indexed


def _of_related(scope: AccessScope, link: Link, inner: Expression, sizes: Sizes) -> int | None:
    if len(ends(link)) != 1:
        return None
    found = driver(scope, ends(link)[0], inner, sizes)
    return None if found.leaf is None or found.granted else found.rows * _FAN[type(link)]


def _of_any(scope: AccessScope, entity: str, of: tuple[Expression, ...], sizes: Sizes) -> int | None:
    found = [driver(scope, entity, each, sizes) for each in of]
    if not found or any(each.leaf is None or each.granted for each in found):
        return None
    return sum(each.rows for each in found)
