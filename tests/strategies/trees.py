"""Random questions over the random worlds of `tests.factories.worlds`.

Leaves ask for values that occur, and conjunctions are seldom, since each halves the answer; so about a third
of all answers are neither empty nor everything.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any as Anything

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from graph.query.expression import (
    All,
    Along,
    Any,
    AtLeast,
    Expression,
    Field,
    KeyIn,
    Kind,
    Layout,
    Link,
    Match,
    Not,
    Order,
    Page,
    Present,
    Question,
    Related,
    Sort,
    Span,
    Term,
    Text,
)
from tests.strategies.fields import FIELDS, KEYS, LINKS, PATIENTS, STUDIES, UNIT_CODES, UNIT_SYSTEMS

WORLDS = 4
_SYSTEMS = (None, None, None, "", "http://a.example", "http://b.example")


@dataclass(frozen=True, slots=True)
class Asked:
    """One caller and one question, over the world of a seed."""

    seed: int
    partition: str
    patients: frozenset[str] | None  # Patient/id
    studies: frozenset[str]  # ImagingStudy/id
    question: Question


def weighted(*ways: tuple[int, SearchStrategy[Anything]]) -> SearchStrategy[Anything]:
    """One of several strategies, each as often as its weight says."""
    choices = [way for weight, way in ways for _ in range(weight)]
    return st.sampled_from(range(len(choices))).flatmap(choices.__getitem__)


@cache
def questions() -> SearchStrategy[Asked]:
    """Whole questions with their callers."""
    return st.sampled_from(sorted(FIELDS)).flatmap(_asked)


@cache
def _asked(entity: str) -> SearchStrategy[Asked]:
    question = st.builds(Question, st.just(entity), expressions(entity), pages(entity))
    everything = st.tuples(st.none(), st.just(frozenset[str]()))
    many = st.tuples(_some(PATIENTS, 3), _some(STUDIES, 2))
    few = st.one_of(
        st.tuples(_some(PATIENTS, 1), st.just(frozenset[str]())),
        st.tuples(st.just(frozenset[str]()), _some(STUDIES, 0)),
    )
    return st.builds(
        lambda seed, partition, rights, asked: Asked(seed, partition, *rights, asked),
        st.integers(0, WORLDS - 1),
        st.sampled_from(("default", "default", "default", "other")),
        weighted((6, everything), (3, many), (1, few)),
        question,
    )


@cache
def _some(names: tuple[str, ...], least: int) -> SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(names), min_size=least, max_size=least + 2)


@cache
def expressions(entity: str, depth: int = 2) -> SearchStrategy[Expression]:
    """Conditions on rows of a kind, operators nested at most `depth` deep."""
    leaf = leaves(entity)
    if depth == 0:
        return leaf
    inner = st.deferred(lambda: expressions(entity, depth - 1))
    across = st.deferred(lambda: related(entity, depth - 1))
    return weighted(
        (6, leaf),
        (4, st.builds(Any, st.lists(inner, min_size=2, max_size=3).map(tuple))),
        (2, st.builds(lambda one, other: All((one, Not(other))), inner, inner)),
        (1, st.builds(lambda one, other: All((one, other)), inner, inner)),
        (3, st.builds(Not, inner)),
        (1, st.sampled_from((All(), Any()))),
        (8 if entity in LINKS else 0, across),
    )


@cache
def related(entity: str, depth: int) -> SearchStrategy[Expression]:
    """Conditions on rows at the other end of a link."""
    return st.sampled_from(LINKS[entity]).flatmap(lambda way: _related(*way, depth))


@cache
def _related(link: Link, end: str, depth: int) -> SearchStrategy[Expression]:
    several = isinstance(link, Along) and len(link.targets) > 1
    inner = expressions(end, 0 if several else depth)
    return st.builds(Related, st.just(link), weighted((4, inner), (1, st.just(All()))))


@cache
def leaves(entity: str) -> SearchStrategy[Expression]:
    """Conditions on one field, or on keys."""
    of_fields = st.sampled_from(sorted(FIELDS[entity], key=str)).flatmap(_leaf)
    keys = _keys(entity)
    return weighted((8, of_fields), (1, keys)) if keys is not None else of_fields


@cache
def pages(entity: str) -> SearchStrategy[Page]:
    """Orders, and windows that cut an answer to pieces."""
    sort = st.builds(Sort, st.sampled_from([None, *sorted(FIELDS[entity], key=str)]), st.booleans())
    return st.builds(Page, st.integers(1, 7), st.lists(sort, max_size=2).map(tuple))


@cache
def _leaf(field: Field) -> SearchStrategy[Expression]:
    return weighted((6, _LEAVES[field.kind](field)), (1, st.just(Present(field))))


@cache
def _terms(field: Field) -> SearchStrategy[Expression]:
    rows = field.layout is Layout.ROWS
    values = FIELDS[field.entity][field]
    codes = st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)
    codes = weighted((6, codes), (1, st.just(())))
    return st.builds(Term, st.just(field), codes, st.sampled_from(_SYSTEMS) if rows else st.none())


@cache
def _texts(field: Field) -> SearchStrategy[Expression]:
    values = st.sampled_from(FIELDS[field.entity][field])
    matches = (Match.EXACT, Match.EQUALS, Match.PREFIX, Match.CONTAINS)
    whole = st.builds(Text, st.just(field), st.sampled_from(matches), values)
    part = st.builds(lambda value, end: value[:end], values, st.integers(1, 4))
    begun = st.builds(Text, st.just(field), st.sampled_from(list(Match)), part)
    ended = st.builds(
        Text, st.just(field), st.sampled_from(list(Match)), values.map(lambda value: value[-3:])
    )
    wild = st.builds(Text, st.just(field), st.just(Match.LIKE), values.flatmap(_with_wildcards))
    words = st.builds(Text, st.just(field), st.just(Match.WORDS), values.map(_begun_words))
    return st.one_of(whole, begun, ended, wild, words)


@cache
def _with_wildcards(value: str) -> SearchStrategy[str]:
    places = st.lists(st.tuples(st.integers(0, len(value)), st.sampled_from("*?")), min_size=1, max_size=3)
    return places.map(lambda found: _replaced(value, found))


def _replaced(value: str, places: list[tuple[int, str]]) -> str:
    characters = [*value, ""]
    for at, wildcard in places:
        characters[at] = wildcard
    return "".join(characters)


def _begun_words(value: str) -> str:
    return " ".join(word[:2] for word in reversed(value.replace("^", " ").split()))


@cache
def _spans(field: Field) -> SearchStrategy[Expression]:
    ends = FIELDS[field.entity][field]
    pair = st.tuples(st.sampled_from(ends), st.sampled_from(ends)).map(sorted)
    asked = weighted((6, pair), (1, st.tuples(st.none(), st.sampled_from(ends))), (1, _open(ends)))
    units = st.tuples(st.sampled_from(UNIT_SYSTEMS), st.sampled_from(UNIT_CODES))
    unit = units if "quantity" in field.name else st.just((None, None))
    return st.builds(
        lambda order, limits, unit: Span(field, order, limits[0], limits[1], *unit),
        st.sampled_from(list(Order)),
        asked,
        unit,
    )


@cache
def _open(ends: tuple[Anything, ...]) -> SearchStrategy[tuple[Anything, None]]:
    return st.tuples(st.sampled_from(ends), st.none())


@cache
def _keys(entity: str) -> SearchStrategy[Expression] | None:
    """Keys without their tenant: `world_keys` puts it in front."""
    if entity not in KEYS:
        return None
    keys = st.lists(st.sampled_from(KEYS[entity]), min_size=1, max_size=3, unique=True).map(tuple)
    return st.builds(KeyIn, st.just(entity), keys)


_LEAVES = {Kind.TERM: _terms, Kind.TEXT: _texts, Kind.SPAN: _spans}


def with_tenant(tenant: str, expression: Expression) -> Expression:
    """The expression with whole keys: those of `leaves` have no tenant."""
    match expression:
        case KeyIn(entity, keys):
            return KeyIn(entity, tuple(f"{tenant}|{key}" for key in keys))
        case All(of) | Any(of) | AtLeast(_, of):
            return replace(expression, of=tuple(with_tenant(tenant, each) for each in of))
        case Not(of):
            return Not(with_tenant(tenant, of))
        case Related(link, inner):
            return Related(link, with_tenant(tenant, inner))
    return expression


def operators(expression: Expression) -> list[str]:
    """The names of every operator in an expression: what the tests must have tried."""
    match expression:
        case All(of) | Any(of) | AtLeast(_, of):
            return [type(expression).__name__, *(name for each in of for name in operators(each))]
        case Not(of):
            return ["Not", *operators(of)]
        case Related(link, inner):
            return [f"Related.{type(link).__name__}", *operators(inner)]
        case KeyIn():
            return ["KeyIn"]
    detail = getattr(expression, "match", getattr(expression, "order", None))
    kind = f"{type(expression).__name__}{f'.{detail.name}' if detail else ''}"
    return [kind, f"{type(expression).__name__} on {expression.field.layout}"]
