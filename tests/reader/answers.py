"""What a question should be answered: each row is tried, each leaf is tried on each value."""

import math
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any as Anything

from graph.query.expression import (
    Against,
    All,
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
    Not,
    NumberPair,
    Order,
    Owner,
    Page,
    Present,
    Related,
    Sort,
    Span,
    Term,
    Text,
    Unlike,
    Whole,
)
from tests.reader import moments
from tests.reader.rows import Coded, Extent, Row, Wording, fold

MICRO = 1_000_000
DATES = ("StudyDate", "PatientBirthDate", "SeriesDate", "ContentDate")
NAMES = ("PatientName", "ReferringPhysicianName")
TIMES = ("StudyTime", "SeriesTime", "ContentTime")


class Reader:
    """Answers questions over the rows of one world, as one caller sees them.

    `patients` None sees everything; else the rows of these patients and studies, and what belongs to nobody.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        partition: str,
        patients: frozenset[str] | None = None,
        studies: frozenset[str] = frozenset(),
    ) -> None:
        self._partition = partition
        self._patients = patients
        self._studies = studies
        self.rows = [row for row in rows if self._visible(row)]

    def answer(self, entity: str, where: Expression, page: Page) -> list[Row]:
        """The rows of the whole answer in order: limit, offset and keyset are not looked at."""
        found = [row for row in self.rows if row.entity == entity and self._holds(row, where)]
        found.sort(key=lambda row: row.created)
        for sort in reversed(page.sort):
            found = _sorted(found, sort)
        return found

    def _visible(self, row: Row) -> bool:
        if row.entity in ("Series", "Instance"):
            return self._visible(row.whole) if row.whole else False
        if not row.alive or row.partition not in (None, self._partition):
            return False
        if self._patients is None or row.members_of is None:
            return True
        return row.name in self._studies or bool(self._patients & set(row.members_of))

    def _holds(self, row: Row, where: Expression) -> bool:
        if isinstance(where, All):
            return all(self._holds(row, each) for each in where.of)
        if isinstance(where, Any):
            return any(self._holds(row, each) for each in where.of)
        if isinstance(where, AtLeast):
            return sum(self._holds(row, each) for each in where.of) >= where.least
        if isinstance(where, Not):
            return not self._holds(row, where.of)
        if isinstance(where, Related):
            return any(self._holds(other, where.inner) for other in self._across(row, where.link))
        return _leaf_holds(row, where)

    def _across(self, row: Row, link: Link) -> list[Row]:
        return [other for other in self.rows if _linked(row, link, other)]


def _leaf_holds(row: Row, leaf: Anything) -> bool:
    if isinstance(leaf, KeyIn):
        return row.entity == leaf.entity and any(_named(key, row) for key in leaf.keys)
    if leaf.field.entity != row.entity:
        return False
    return any(_fits(value, leaf) for value in values(row, leaf.field))


def values(row: Row, field: Field) -> list[Anything]:
    """The values of a field of a row."""
    return row.values.get(field.name, []) if field.layout is Layout.ROWS else _attributes(row, field)


def _attributes(row: Row, field: Field) -> list[Anything]:
    if field.name == "_id":
        return [Coded("", row.name.split("/")[1])]
    if field.name == "_lastUpdated":
        return [Extent(Fraction(row.updated, MICRO), Fraction(row.updated + 1, MICRO))]
    found = row.attributes.get(field.name)
    return [] if found is None else _of_attribute(field, found)


def _of_attribute(field: Field, found: Anything) -> list[Anything]:
    if field.name in DATES:
        return [Extent(*moments.dicom_day(found))]
    if field.name in TIMES:
        return [Extent(*moments.dicom_time(found))]
    if field.kind is Kind.SPAN:
        return [Extent(Fraction(found, MICRO), Fraction(found + 1, MICRO))]
    if field.kind is Kind.TEXT:
        return [Wording(found)]
    return [Coded("", each) for each in (found if isinstance(found, list) else [found])]


def _linked(row: Row, link: Link, other: Row) -> bool:
    match link:
        case Along(paths, targets):
            return other.entity in targets and any((path, other.name) in row.references for path in paths)
        case Against(source, paths):
            return other.entity == source and any((path, row.name) in other.references for path in paths)
        case Members(entity):
            return other.entity == entity and row.name in (other.members_of or [])
        case Owner():
            return other.entity == "Patient" and other.name in (row.members_of or [])
        case Inside(entity):
            return other.entity == entity and row in _above(other)
        case Whole(entity):
            return other.entity == entity and other in _above(row)


def _above(row: Row) -> list[Row]:
    return [] if row.whole is None else [row.whole, *_above(row.whole)]


def _named(key: str, row: Row) -> bool:
    _, partition, *rest = key.split("|")
    if partition == "-":
        return "/".join(rest) == row.name
    uids = [row.attributes.get(name) for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")]
    for whole in _above(row):
        uids += [whole.attributes.get("StudyInstanceUID"), whole.attributes.get("SeriesInstanceUID")]
    return partition == row.partition and {each for each in uids if each} == set(rest)


def _fits(value: Anything, leaf: Anything) -> bool:
    if isinstance(leaf, Present):
        return True
    if isinstance(leaf, Unlike | CodePart | NumberPair | Near):
        return _fits_seldom(value, leaf)
    if isinstance(leaf, Term):
        asked = value.code in leaf.codes or value.code.casefold() in leaf.caseless
        return (asked or not leaf.codes) and leaf.system in (None, value.system)
    if isinstance(leaf, Text):
        of_name = leaf.field.name in NAMES and leaf.field.layout is Layout.PROPERTY
        fuzzy = of_name and leaf.match is Match.WORDS
        return _fuzzy(value.text, leaf.value) if fuzzy else _matches(value.text, leaf)
    return leaf.system in (None, value.system) and leaf.code in (None, value.code) and stands(value, leaf)


def _fits_seldom(value: Anything, leaf: Unlike | CodePart | NumberPair | Near) -> bool:
    match leaf:
        case Unlike(of):
            return not _fits(value, of)
        case CodePart(_, part, begins):
            return value.code.startswith(part) if begins else part.lower() in value.code.lower()
        case NumberPair(_, first, second, system, code):
            of_code = system in (None, value.system) and value.code == code
            ends = ((value.low, first), (value.high, second))
            return of_code and all(stands(Extent(each, each), span) for each, span in ends)
        case Near(_, latitude, longitude, metres):
            return _metres(value.low, value.high, latitude, longitude) <= metres


def _metres(*degrees: float) -> float:
    """The way between two places on a ball, latitude and longitude each, by the haversine."""
    one, two, other, way = (math.radians(each) for each in degrees)
    half = math.sin((other - one) / 2) ** 2 + math.cos(one) * math.cos(other) * math.sin((way - two) / 2) ** 2
    return 2 * 6_371_009 * math.asin(math.sqrt(half))


def _matches(text: str, leaf: Text) -> bool:
    if leaf.match is Match.EXACT:
        return text == leaf.value
    caret = " " if leaf.field.layout is Layout.PROPERTY else "^"
    mine, asked = (fold(each.replace("^", caret)) for each in (text, leaf.value))
    if leaf.match in (Match.EQUALS, Match.PREFIX, Match.SUFFIX):
        start = max(0, len(mine) - len(asked)) if leaf.match is Match.SUFFIX else 0
        return mine[start:] == asked if leaf.match is not Match.PREFIX else mine[: len(asked)] == asked
    if leaf.match is Match.CONTAINS:
        return mine.find(asked) >= 0
    if leaf.match is Match.LIKE:
        return _like(mine, asked)
    mine_words, asked_words = (re.findall(r"[^ ^=,-]+", each) for each in (mine, asked))
    return all(any(word.startswith(each) for word in mine_words) for each in asked_words)


def _fuzzy(name: str, key: str) -> bool:
    """Some group of the name holds the words of a key; with `=`, each group of it that of its place."""
    groups, wanted = name.split("="), key.split("=")
    while len(wanted) > 1 and not wanted[-1]:
        wanted.pop()
    if len(wanted) == 1:
        return any(_group_holds(group, wanted[0]) for group in groups)
    mine = groups + [None] * (len(wanted) - len(groups))
    return all(
        not asked or (group is not None and _group_holds(group, asked))
        for group, asked in zip(mine, wanted, strict=False)
    ) and len(wanted) <= len(groups)


def _group_holds(group: str, key: str) -> bool:
    components, asked = group.split("^"), key.rstrip("^").split("^")
    if len(asked) == 1 or len(components) == 1:
        return _words_begin(group, key)
    return len(asked) <= len(components) and all(map(_words_begin, components, asked))


def _words_begin(text: str, key: str) -> bool:
    mine, wanted = (re.findall(r"[^ ^,.'-]+", fold(each.replace("^", " "))) for each in (text, key))
    return all(any(word.startswith(each) for word in mine) for each in wanted)


def _like(text: str, pattern: str) -> bool:
    """Wildcards by recursion on the first character of the pattern."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return _like(text, pattern[1:]) or bool(text and _like(text[1:], pattern))
    return bool(text) and pattern[0] in ("?", text[0]) and _like(text[1:], pattern[1:])


def stands(value: Extent, leaf: Span) -> bool:
    """FHIR R4 search.html#prefix, over the whole line from minus to plus infinity."""
    low, high = _asked(leaf.low, leaf, -math.inf), _asked(leaf.high, leaf, math.inf)
    inside = low <= value.low and value.high <= high
    return {
        Order.EQ: inside,
        Order.NE: not inside,
        Order.GT: value.high > high,
        Order.LT: value.low < low,
        Order.GE: value.high > high or inside,
        Order.LE: value.low < low or inside,
        Order.SA: value.low >= high,
        Order.EB: value.high <= low,
        Order.AP: value.low < high and low < value.high,
    }[leaf.order]


def _asked(end: float | None, leaf: Span, open_end: float) -> Anything:
    """An end in the reader's own measure: dates and DICOM numbers come as integers, quantities as floats."""
    if end is None:
        return open_end
    return Fraction(end, MICRO) if isinstance(end, int) else end


def _sorted(found: list[Row], sort: Sort) -> list[Row]:
    if sort.field is None:
        return sorted(found, key=lambda row: row.created, reverse=sort.descending)
    best = max if sort.descending else min
    marks = {id(row): [_mark(value) for value in values(row, sort.field)] for row in found}
    with_value = [row for row in found if marks[id(row)]]
    groups: dict[Anything, list[Row]] = {}
    for row in with_value:
        groups.setdefault(best(marks[id(row)]), []).append(row)
    ordered = [row for mark in sorted(groups, reverse=sort.descending) for row in groups[mark]]
    return ordered + [row for row in found if not marks[id(row)]]


def _mark(value: Anything) -> Anything:
    """What a value sorts by: where an interval begins, a text folded, a code as keys are written."""
    if isinstance(value, Extent):
        return value.low
    if isinstance(value, Wording):
        return fold(value.text.replace("^", " "))
    return value.code.replace("%", "%25").replace("|", "%7C")
