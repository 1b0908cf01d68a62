"""Days in and just outside the periods of a question, once the events that they hang on have their days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.cohorts.language.calendar import Duration, dates_of

Lasting = tuple[date, date]
"""The first and the last day of something that happened."""
_DAY = timedelta(days=1)
_FAR = timedelta(days=300)


@dataclass(frozen=True, slots=True)
class Window:
    """Days from the first to the last, both included; None is no bound."""

    first: date | None = None
    last: date | None = None

    def within(self, other: "Window") -> "Window":
        """The days of both."""
        firsts = [each for each in (self.first, other.first) if each]
        lasts = [each for each in (self.last, other.last) if each]
        return Window(max(firsts, default=None), min(lasts, default=None))

    def inside(self, as_of: date) -> tuple[date, ...]:
        """Days in it: its edges, and one that is far from both."""
        first = self.first or (self.last or as_of) - _FAR
        last = self.last or max(first, as_of - _DAY)
        return (first, last, first + (last - first) / 2)

    def outside(self) -> tuple[date, ...]:
        """The days just before and just after it."""
        found = [self.first - _DAY] if self.first else []
        return (*found, self.last + _DAY) if self.last else tuple(found)


def window(period: Any, lasting: Mapping[str, Lasting], as_of: date) -> Window:
    """The days of a period, or of several that all hold."""
    found = Window()
    for each in period if isinstance(period, list) else [period]:
        found = found.within(_window(each, lasting, as_of))
    return found


def anchors(period: Any) -> set[str]:
    """The names that a period hangs on: of events, days and `asOf`."""
    several = period if isinstance(period, list) else [period]
    keys = ("before", "after", "around", "during", "as")
    return {each[key] for each in several if each for key in keys if key in each}


def _window(period: Mapping[str, Any], lasting: Mapping[str, Lasting], as_of: date) -> Window:
    if "during" in period:
        return Window(*lasting[period["during"]])
    if "same" in period:
        return Window(lasting[period["as"]][0], lasting[period["as"]][0])
    found = Window(
        dates_of(period["start"])[0] if "start" in period else None,
        dates_of(period["end"])[1] if "end" in period else None,
    )
    for side in ("before", "after", "around"):
        if side in period:
            day = _day(period[side], lasting, as_of)
            found = found.within(_near(side, day, _duration(period, "within"), _duration(period, "atLeast")))
    return found


def _near(side: str, day: date, most: Duration | None, least: Duration | None) -> Window:
    if side == "around":
        return Window(most.before(day), most.after(day)) if most else Window()
    if side == "before":
        return Window(most.before(day) if most else None, least.before(day) if least else day)
    return Window(least.after(day) if least else day, most.after(day) if most else None)


def _day(name: str, lasting: Mapping[str, Lasting], as_of: date) -> date:
    if name == "asOf":
        return as_of
    return lasting[name][0] if name in lasting else date.fromisoformat(name)


def _duration(period: Mapping[str, Any], name: str) -> Duration | None:
    return Duration.parse(period[name]) if name in period else None
