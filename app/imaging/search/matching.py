"""Matching keys as conditions of the query tree (PS3.4 C.2.2.2)."""

import re
from collections.abc import Iterator
from datetime import UTC, tzinfo

from app.imaging.search.ranges import TIME_OF, Range, combined, moved, span
from app.imaging.search.request import SearchRequest
from graph.errors import Invalid
from graph.query.attributes import BY_KEYWORD, LEVELS, Attribute
from graph.query.expression import (
    All,
    Any,
    Expression,
    Kind,
    Match,
    Not,
    Present,
    Related,
    Term,
    Text,
    Whole,
)

_WILDCARD = re.compile(r"[*?]")
_CODE, _UID, _NAME = "CS", "UI", "PN"
_IS_UID = re.compile(r"[0-9.]{1,64}", re.ASCII)
_LONGEST_LIST = 1000
_MOST_VALUES = 16  # of one key that wants every value: a condition each
_EMPTY = '""'


def conditions(asked: SearchRequest, zone: tzinfo = UTC) -> tuple[Expression, ...]:
    """The conditions of a search at its level; keys of a level above are asked of the row above.

    `zone` is that of dates and times in files that name none.

    Raises `Invalid` where a value does not fit its key, or a key is of a level below.
    """
    _refuse_below(asked)
    path = {"StudyInstanceUID": asked.study, "SeriesInstanceUID": asked.series}
    in_path = [(BY_KEYWORD[keyword], uid) for keyword, uid in path.items() if uid]
    keys = [(attribute, value.strip()) for attribute, value in (*in_path, *asked.keys)]
    empty = [attribute for attribute, value in keys if asked.empty_values and value == _EMPTY]
    narrowing = [
        (attribute, value)
        for attribute, value in keys
        if attribute not in empty and not is_universal(attribute.vr, value)
    ]
    leaves: list[tuple[Attribute, Expression]]
    leaves = [(attribute, Not(Present(attribute.field))) for attribute in empty]
    leaves += _leaves(narrowing, asked, zone)
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


def is_universal(vr: str, value: str) -> bool:
    """Whether a key asks nothing (C.2.2.2.3): an empty value or `*`, of a name in each group."""
    return not value.strip("*=" if vr == _NAME else "*")


def _leaves(
    keys: list[tuple[Attribute, str]], asked: SearchRequest, zone: tzinfo
) -> Iterator[tuple[Attribute, Expression]]:
    """Each key as a leaf; a date and its time as one where both are ranges of one form (C.2.2.2.5.4)."""
    ranges = {each.keyword: Range.of(each, value) for each, value in keys if each.kind is Kind.SPAN}
    pairs = {
        date: time
        for date, time in TIME_OF.items()
        if date in ranges and time in ranges
        if asked.offset_minutes is not None or ranges[date].is_of_the_form_of(ranges[time])
    }
    for attribute, value in keys:
        keyword = attribute.keyword
        if asked.offset_minutes is not None and keyword in ranges and keyword in TIME_OF:
            time = ranges.get(TIME_OF[keyword])
            yield attribute, combined(*moved(ranges[keyword], time, asked.offset_minutes, zone))
        elif keyword in pairs:
            yield attribute, combined(ranges[keyword], ranges[pairs[keyword]])
        elif keyword in ranges and keyword not in pairs.values():
            yield attribute, span(ranges[keyword])
        elif keyword not in ranges:
            yield attribute, _LEAVES[attribute.kind](attribute, value, asked)


def _term(attribute: Attribute, value: str, asked: SearchRequest) -> Expression:
    """Single value and list of UID matching (C.2.2.2.1, C.2.2.2.2); a list is joined by `\\` or commas.

    Codes may have wildcards (C.2.2.2.4), UIDs may not. Raises `Invalid` for too many values or none.
    """
    codes = tuple(each for each in re.split(r"[\\,]", value) if each)
    if not codes or len(codes) > _LONGEST_LIST:
        raise Invalid(f"{attribute.keyword} has no value or too many", location=attribute.keyword)
    if attribute.vr == _CODE and asked.every_value and len(codes) > 1:
        _bound_values(attribute, codes)
        return All(tuple(_code(attribute, each) for each in codes))
    wild = [each for each in codes if _WILDCARD.search(each)]
    if not wild and attribute.vr == _UID and not all(_IS_UID.fullmatch(each) for each in codes):
        raise Invalid(f"{attribute.keyword} is no UID", location=attribute.keyword)
    if not wild:
        return Term(attribute.field, codes)
    if attribute.vr != _CODE:
        raise Invalid(f"{attribute.keyword} is matched whole, without wildcards", location=attribute.keyword)
    _bound_values(attribute, codes)
    return Any(tuple(_code(attribute, each) for each in codes))


def _code(attribute: Attribute, value: str) -> Expression:
    if _WILDCARD.search(value):
        return Text(attribute.field, Match.LIKE, value)
    return Term(attribute.field, (value,))


def _bound_values(attribute: Attribute, codes: tuple[str, ...]) -> None:
    if len(codes) > _MOST_VALUES:
        raise Invalid(f"{attribute.keyword} has too many values", location=attribute.keyword)


def _text(attribute: Attribute, value: str, asked: SearchRequest) -> Expression:
    """Wildcard matching (C.2.2.2.4), word by word where fuzzy, else the whole value or group of a name."""
    if _WILDCARD.search(value):
        return Text(attribute.field, Match.LIKE, value)
    fuzzy = asked.fuzzy and attribute.is_name
    return Text(attribute.field, Match.WORDS if fuzzy else Match.EQUALS, value)


_LEAVES = {Kind.TERM: _term, Kind.TEXT: _text}
