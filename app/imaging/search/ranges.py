"""Dates, times and numbers in a key: single values, ranges, and a date and a time that are one span.

PS3.4 C.2.2.2.1 and C.2.2.2.5. Times compare by meaning: a kept time is the moment at which it begins, however
precisely it was written, so `120000.000000` finds `1200`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import cast

from graph.errors import Invalid
from graph.query.attribute_forms import interval_of
from graph.query.attributes import BY_KEYWORD, Attribute
from graph.query.expression import All, Any, Expression, Order, Span
from graph.query.moments import DAY

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = 60_000_000
RANGED = frozenset({"DA", "TM"})
TIME_OF: Mapping[str, str] = {
    "StudyDate": "StudyTime",
    "PerformedProcedureStepStartDate": "PerformedProcedureStepStartTime",
    "ContentDate": "ContentTime",
}
"""The time that belongs to a date: where both are asked as ranges they are one span."""


@dataclass(frozen=True, slots=True)
class Range:
    """What a value asks of an attribute: what the first and the last value cover; None is an open end."""

    attribute: Attribute
    first: tuple[int, int] | None
    last: tuple[int, int] | None
    single: bool

    @classmethod
    def of(cls, attribute: Attribute, value: str) -> "Range":
        """Read `a`, `a-b`, `a-` or `-b`; raises `Invalid` for what is none."""
        first, dash, last = value.partition("-") if attribute.vr in RANGED else (value, "", "")
        if not first and not last:
            raise Invalid(f"the range of {attribute.keyword} is empty", location=attribute.keyword)
        covered = [_interval(attribute, each) if each else None for each in (first, last)]
        return cls(attribute, covered[0], covered[1] if dash else covered[0], single=not dash)

    def is_of_the_form_of(self, other: "Range") -> bool:
        """Whether both are ranges, and open at the same end or at none."""
        ends, others = ((each.first is None, each.last is None) for each in (self, other))
        return not self.single and not other.single and ends == others


def span(asked: Range) -> Expression:
    """The leaf of one attribute by itself; raises `Invalid` where no value lies in its range."""
    low = asked.first[0] if asked.first else None
    high = asked.last[1] if asked.last else None
    if low is not None and high is not None and low >= high:
        raise Invalid(f"the range of {asked.attribute.keyword} is empty", location=asked.attribute.keyword)
    if asked.attribute.vr == "TM":
        return All(tuple(_begins(asked.attribute, low, high)))
    return Span(asked.attribute.field, Order.EQ, low, high)


def combined(date: Range, time: Range) -> Expression:
    """From the first time of the first day to the last time of the last day (PS3.18 8.3.4.1.1).

    A study of the first or the last day that has no time is not known to lie within. Raises `Invalid` where
    the end lies before the start.
    """
    if date.first and date.last and time.first and time.last:
        start, end = (date.first[0], time.first[0]), (date.last[0], time.last[1])
        if start >= end:
            keyword = (date if date.first > date.last else time).attribute.keyword
            raise Invalid(f"the range of {keyword} is empty", location=keyword)
    bounds: list[Expression] = [span(date)]
    if date.first and time.first:
        later_day = Span(date.attribute.field, Order.SA, None, date.first[1])
        bounds.append(Any((later_day, *_begins(time.attribute, time.first[0], None))))
    if date.last and time.last:
        earlier_day = Span(date.attribute.field, Order.EB, date.last[0], None)
        bounds.append(Any((earlier_day, *_begins(time.attribute, None, time.last[1]))))
    return All(tuple(bounds))


def moved(date: Range, time: Range | None, minutes: int, zone: tzinfo) -> tuple[Range, Range]:
    """A date and a time of a zone, so many minutes east of UTC, as those of the zone that files are in.

    Midnight moves with them (PS3.4 C.2.2.2.5): a date alone becomes a span of dates and times.
    """
    attribute = BY_KEYWORD[TIME_OF[date.attribute.keyword]]
    first = last = None
    begins, ends = time.first if time else None, time.last if time else None
    if date.first:
        first = _split(_local(date.first[0] + (begins[0] if begins else 0), minutes, zone))
    if date.last:
        last = _split(_local(date.last[0] + (ends[1] if ends else DAY), minutes, zone) - 1)
    days = [(each[0], each[0] + DAY) if each else None for each in (first, last)]
    times = [(each[1], each[1] + 1) if each else None for each in (first, last)]
    return (
        Range(date.attribute, days[0], days[1], single=False),
        Range(attribute, times[0], times[1], single=False),
    )


def _local(moment: int, minutes: int, zone: tzinfo) -> int:
    """A moment (µs) of a zone as it is written in another."""
    moment -= minutes * _MINUTE
    try:
        offset = (_EPOCH + timedelta(microseconds=moment)).astimezone(zone).utcoffset()
    except OverflowError:  # before the first year, or behind the last
        offset = None
    return moment + (offset or timedelta()) // timedelta(microseconds=1)


def _split(moment: int) -> tuple[int, int]:
    """The day of a moment, and its time."""
    return moment // DAY * DAY, moment % DAY


def _begins(attribute: Attribute, low: int | None, high: int | None) -> list[Expression]:
    """A kept value begins within [low, high); None is an open end."""
    leaves: list[Expression] = []
    if low is not None:
        leaves.append(Span(attribute.field, Order.SA, None, low))
    if high is not None:
        leaves.append(Span(attribute.field, Order.LT, high, None))
    return leaves


def _interval(attribute: Attribute, text: str) -> tuple[int, int]:
    """What a value covers: whole microseconds of a date or time, or numbers."""
    found = interval_of(attribute.vr, text)
    if found is None:
        raise Invalid(f"not a {attribute.vr} value", location=attribute.keyword)
    return cast("tuple[int, int]", found)
