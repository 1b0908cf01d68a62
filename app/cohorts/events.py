"""Reads the events of a question: their codes, their dates and the period they are asked in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.cohorts.calendar import DaySpan, Duration, dates_of, full_date, year_end
from app.cohorts.places import located
from app.cohorts.question import Code, ConceptSet, Event, Missing
from app.cohorts.vocabulary import KINDS, EventSource
from graph.errors import Invalid
from graph.wording import marked

_AS_OF = "asOf"
_BEGINNINGS = frozenset({"after", "start"})
BY_YEAR = marked("who sees pseudonyms compares dates by their years: ask for whole calendar years")


@dataclass(frozen=True, slots=True)
class Sets:
    """What the events of a question may refer to: its concept sets, and its day.

    With `by_year`, dates count as their years: what asks for less than whole years is refused.
    """

    named: Mapping[str, Any]
    as_of: date
    by_year: bool = False

    def concepts(self, raw: Any, path: str) -> ConceptSet:
        """Read a set of concepts: by name, in place, or as a list of codings.

        Raises `Invalid` for a name that there is not.
        """
        if isinstance(raw, list):
            return ConceptSet(_codes(raw, path))
        if "set" not in raw:
            return _concept_set(raw, path)
        name = raw["set"]
        if name not in self.named:
            raise Invalid("there is no concept set named %(name)s", location=f"{path}.set", name=name)
        return _concept_set(self.named[name], f"$.conceptSets.{name}")

    def window(self, raw: Mapping[str, Any], path: str) -> DaySpan:
        """Return the days of a period.

        Raises `Invalid` where a day is none, or it ends before it begins.
        """
        first = self._first(raw, path)
        last = self._last(raw, path)
        if first and last and first > last:
            raise Invalid("the period ends before it begins", location=path)
        span = DaySpan(first, last)
        return span.whole_years() if self.by_year else span

    def _first(self, raw: Mapping[str, Any], path: str) -> date | None:
        days = [self._day(raw, "after", path)] if "after" in raw else []
        if "within" in raw and "before" in raw:
            days.append(self._duration(raw, path).before(self._day(raw, "before", path)))
        if "start" in raw:
            with located(f"{path}.start"):
                days.append(self._edge(dates_of(raw["start"])[0], "start"))
        return max(days, default=None)

    def _last(self, raw: Mapping[str, Any], path: str) -> date | None:
        days = [self._day(raw, "before", path)] if "before" in raw else []
        if "within" in raw and "after" in raw:
            days.append(self._duration(raw, path).after(self._day(raw, "after", path)))
        if "end" in raw:
            with located(f"{path}.end"):
                days.append(self._edge(dates_of(raw["end"])[1], "end"))
        return min(days, default=None)

    def _duration(self, raw: Mapping[str, Any], path: str) -> Duration:
        with located(f"{path}.within"):
            found = Duration.parse(raw["within"])
            if self.by_year and not found.in_years:
                raise Invalid(BY_YEAR)
            return found

    def _day(self, raw: Mapping[str, Any], name: str, path: str) -> date:
        with located(f"{path}.{name}"):
            return self.as_of if raw[name] == _AS_OF else self._edge(full_date(raw[name]), name)

    def _edge(self, day: date, name: str) -> date:
        """A day that a question names: by years, the first or the last of one."""
        of_year = day.replace(month=1, day=1) if name in _BEGINNINGS else year_end(day)
        if self.by_year and day != of_year:
            raise Invalid(BY_YEAR)
        return day


def read_event(raw: Mapping[str, Any], path: str, kind: str, sets: Sets) -> Event:
    """Read one event that its schema accepts.

    Raises `Invalid` with the place of what its type of resource does not have.
    """
    if raw.get("kind", kind) != kind:
        raise Invalid("this is a %(kind)s", location=f"{path}.kind", kind=kind)
    resource = raw.get("resource", next(iter(KINDS[kind])))
    source = KINDS[kind][resource]
    if "intent" in raw and "intent" not in source.tokens:
        raise Invalid("a %(resource)s has no intent", location=f"{path}.intent", resource=resource)
    period = f"{path}.period"
    return Event(
        path=path,
        kind=kind,
        resource=resource,
        tokens={name: tuple(raw[name]) for name in source.tokens if name in raw},
        concepts={
            name: sets.concepts(raw[name], f"{path}.{name}") for name in source.concepts if name in raw
        },
        dates=_dates(raw.get("date"), source, resource, f"{path}.date"),
        window=sets.window(raw["period"], period) if "period" in raw else None,
        missing=Missing(raw.get("onMissingDate", Missing.FLAG)),
    )


def _dates(raw: str | None, source: EventSource, resource: str, path: str) -> tuple[str, ...]:
    names = tuple(source.dates) if raw is None else tuple(raw.split("|"))
    if not set(names) <= source.dates.keys() or len(set(names)) < len(names):
        raise Invalid(
            "the dates of a %(resource)s are %(dates)s",
            location=path,
            resource=resource,
            dates=", ".join(source.dates),
        )
    return names


def _concept_set(raw: Mapping[str, Any], path: str) -> ConceptSet:
    return ConceptSet(
        _codes(raw["include"], f"{path}.include"), _codes(raw.get("exclude", ()), f"{path}.exclude")
    )


def _codes(raw: Any, path: str) -> tuple[Code, ...]:
    return tuple(_code(each, f"{path}[{at}]") for at, each in enumerate(raw))


def _code(raw: Mapping[str, Any], path: str) -> Code:
    descendants, maps = raw.get("descendants", False), raw.get("maps", False)
    if "system" not in raw and (descendants or maps):
        raise Invalid("descendants and maps need the system of the code", location=f"{path}.system")
    return Code(raw.get("system"), raw["code"], descendants, maps)
