"""Reads periods: what is near a day becomes a window of whole days, what is near an event a relation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any, TypeAlias

from app.cohorts.language.calendar import DaySpan, Duration, dates_of, full_date, year_end
from app.cohorts.language.places import located
from app.cohorts.language.question import Event, Nearness, Relation
from graph.errors import Invalid
from graph.wording import marked

_AS_OF = "asOf"
_ANCHORED = (Nearness.BEFORE, Nearness.AFTER, Nearness.AROUND)
_BEGINNINGS = frozenset({"after", "start"})
BY_YEAR = marked("who sees pseudonyms compares dates by their years: ask for whole calendar years")
EventsByName: TypeAlias = Callable[[str, str], Event]
"""The event of a name; raises `Invalid` at the place where there is none, or where it goes in a circle."""


@dataclass(frozen=True, slots=True)
class PeriodReader:
    """Reads the periods of a question of one day.

    With `by_year`, dates count as their years: what asks for less than whole years is refused.
    """

    as_of: date
    by_year: bool
    names: frozenset[str]
    anchors: EventsByName

    def read(self, raw: Any, path: str) -> tuple[DaySpan | None, tuple[Relation, ...]]:
        """Return the days of the periods, None for any, and what they say of other events.

        Raises `Invalid` where a day is none, or a period ends before it begins.
        """
        several = isinstance(raw, list)
        windows: list[DaySpan] = []
        relations: list[Relation] = []
        for at, each in enumerate(raw if several else [raw]):
            place = f"{path}[{at}]" if several else path
            relation = self._relation(each, place)
            if relation is not None:
                relations.append(relation)
            if relation is None or each.keys() & {"start", "end"}:
                windows.append(self._window(each, place))
        return _common(windows, path), tuple(relations)

    def duration(self, raw: Mapping[str, Any], name: str, path: str) -> Duration | None:
        """The duration under a name; None where there is none. Raises `Invalid` with its place."""
        if name not in raw:
            return None
        with located(f"{path}.{name}"):
            found = Duration.parse(raw[name])
            if self.by_year and not found.in_years:
                raise Invalid(BY_YEAR)
            return found

    def _relation(self, raw: Mapping[str, Any], path: str) -> Relation | None:
        """What a period says of an event; None where it speaks of days only."""
        if "same" in raw:
            if self.by_year and raw["same"] == Nearness.SAME_DAY:
                raise Invalid(BY_YEAR, location=f"{path}.same")
            return Relation(path, Nearness(raw["same"]), self.anchors(raw["as"], f"{path}.as"))
        if "during" in raw:
            return Relation(path, Nearness.DURING, self.anchors(raw["during"], f"{path}.during"))
        named = [each for each in _ANCHORED if raw.get(each) in self.names]
        if not named:
            return None
        if len([each for each in _ANCHORED if each in raw]) > 1:
            raise Invalid("one period is near one event or day: give a list of periods", location=path)
        least, most = self._distances(raw, path)
        return Relation(path, named[0], self.anchors(raw[named[0]], f"{path}.{named[0]}"), least, most)

    def _distances(self, raw: Mapping[str, Any], path: str) -> tuple[Duration | None, Duration | None]:
        least, most = self.duration(raw, "atLeast", path), self.duration(raw, "within", path)
        if least and most and least.before(self.as_of) < most.before(self.as_of):
            raise Invalid("the least distance is beyond the largest", location=f"{path}.atLeast")
        return least, most

    def _window(self, raw: Mapping[str, Any], path: str) -> DaySpan:
        least, most = self._distances(raw, path)
        spans = [self._near(raw, each, least, most, path) for each in _ANCHORED if each in raw]
        if "start" in raw:
            with located(f"{path}.start"):
                spans.append(DaySpan(self._edge(dates_of(raw["start"])[0], "start"), None))
        if "end" in raw:
            with located(f"{path}.end"):
                spans.append(DaySpan(None, self._edge(dates_of(raw["end"])[1], "end")))
        span = _common(spans, path) or DaySpan()
        return span.whole_years() if self.by_year else span

    def _near(
        self,
        raw: Mapping[str, Any],
        side: Nearness,
        least: Duration | None,
        most: Duration | None,
        path: str,
    ) -> DaySpan:
        day = self._day(raw, side, path)
        if side is Nearness.BEFORE:
            return DaySpan(most.before(day) if most else None, least.before(day) if least else day)
        if side is Nearness.AFTER:
            return DaySpan(least.after(day) if least else day, most.after(day) if most else None)
        if least is not None:
            raise Invalid("around a day there is no least distance", location=f"{path}.atLeast")
        return DaySpan(most.before(day), most.after(day)) if most else DaySpan()

    def _day(self, raw: Mapping[str, Any], name: str, path: str) -> date:
        with located(f"{path}.{name}"):
            return self.as_of if raw[name] == _AS_OF else self._edge(full_date(raw[name]), name)

    def _edge(self, day: date, name: str) -> date:
        """A day that a question names: by years, the first or the last of one."""
        of_year = day.replace(month=1, day=1) if name in _BEGINNINGS else year_end(day)
        if self.by_year and day != of_year:
            raise Invalid(BY_YEAR)
        return day


def _common(spans: list[DaySpan], path: str) -> DaySpan | None:
    """The days that all spans share; None of none. Raises `Invalid` where they share no day."""
    if not spans:
        return None
    found = reduce(_both, spans)
    if found.first and found.last and found.first > found.last:
        raise Invalid("the period ends before it begins", location=path)
    return found


def _both(one: DaySpan, other: DaySpan) -> DaySpan:
    firsts = [each for each in (one.first, other.first) if each]
    lasts = [each for each in (one.last, other.last) if each]
    return DaySpan(max(firsts, default=None), min(lasts, default=None))
