"""Matching keys as conditions of the query tree (PS3.4 C.2.2.2)."""

import re

from app.imaging.search.request import SearchRequest
from graph.errors import Invalid
from graph.query.attribute_forms import interval_of
from graph.query.attributes import BY_KEYWORD, LEVELS, Attribute
from graph.query.expression import (
    Expression,
    Kind,
    Match,
    Order,
    Related,
    Span,
    Term,
    Text,
    Whole,
)

_RANGED = {"DA", "TM", "DT"}
_WILDCARD = re.compile(r"[*?]")
_LONGEST_LIST = 1000


def conditions(asked: SearchRequest) -> tuple[Expression, ...]:
    """The conditions of a search at its level; keys of a level above are asked of the row above.

    Raises `Invalid` where a value does not fit its key, or a key is of a level below.
    """
    _refuse_below(asked)
    path = {"StudyInstanceUID": asked.study, "SeriesInstanceUID": asked.series}
    in_path = [(BY_KEYWORD[keyword], uid) for keyword, uid in path.items() if uid]
    leaves = [
        (attribute, leaf)
        for attribute, value in (*in_path, *asked.keys)
        if (leaf := _condition(attribute, value, fuzzy=asked.fuzzy)) is not None
    ]
    return tuple(_at_level(attribute, leaf, asked.level) for attribute, leaf in leaves)


def _refuse_below(asked: SearchRequest) -> None:
    """Refuse a key of a level below: there are many rows of it for one of this level."""
    for attribute, _ in asked.keys:
        if LEVELS.index(attribute.level) > LEVELS.index(asked.level):
            raise Invalid(
                f"{attribute.keyword} is below the level of this search", location=attribute.keyword
            )


def _at_level(attribute: Attribute, leaf: Expression, level: str) -> Expression:
    if attribute.level == level:
        return leaf
    return Related(Whole(attribute.level), leaf)


def _condition(attribute: Attribute, value: str, *, fuzzy: bool) -> Expression | None:
    """One key as a leaf; None for universal matching (C.2.2.2.3): an empty value or `*`."""
    value = value.strip()
    if value.strip("*") == "":
        return None
    return _LEAVES[attribute.kind](attribute, value, fuzzy)


def _term(attribute: Attribute, value: str, _: bool) -> Expression:
    """Single value and list of UID matching (C.2.2.2.1, C.2.2.2.2); a list is joined by `\\` or commas."""
    if _WILDCARD.search(value):
        raise Invalid(f"{attribute.keyword} is matched whole, without wildcards", location=attribute.keyword)
    codes = tuple(each for each in re.split(r"[\\,]", value) if each)
    if not codes or len(codes) > _LONGEST_LIST:
        raise Invalid(f"{attribute.keyword} has no value or too many", location=attribute.keyword)
    return Term(attribute.field, codes)


def _text(attribute: Attribute, value: str, fuzzy: bool) -> Expression:
    """Wildcard matching (C.2.2.2.4), word by word where fuzzy, else the whole value."""
    if _WILDCARD.search(value):
        return Text(attribute.field, Match.LIKE, value)
    return Text(attribute.field, Match.WORDS if fuzzy and attribute.vr == "PN" else Match.EQUALS, value)


def _span(attribute: Attribute, value: str, _: bool) -> Expression:
    """Single value and range matching (C.2.2.2.5): `a-b`, `a-`, `-b`."""
    first, dash, last = value.partition("-") if attribute.vr in _RANGED else (value, "", "")
    low = _interval(attribute, first)[0] if first else None
    high = _interval(attribute, last if dash else first)[1] if last or not dash else None
    if (low is None and high is None) or (low is not None and high is not None and low >= high):
        raise Invalid(f"the range of {attribute.keyword} is empty", location=attribute.keyword)
    return Span(attribute.field, Order.EQ, low, high)


def _interval(attribute: Attribute, text: str) -> tuple[int, int]:
    found = interval_of(attribute.vr, text)
    if found is None:
        raise Invalid(f"not a {attribute.vr} value", location=attribute.keyword)
    return found


_LEAVES = {Kind.TERM: _term, Kind.TEXT: _text, Kind.SPAN: _span}
