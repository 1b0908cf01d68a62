"""Reads the events of a question: their codes, their days, and how they stand to one another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.cohorts.language.concept_sets import ConceptSets
from app.cohorts.language.filters import (
    read_count,
    read_gap,
    read_pick,
    read_pictures,
    read_value,
    read_words,
)
from app.cohorts.language.periods import PeriodReader
from app.cohorts.language.question import TYING, Code, ConceptSet, Event, Missing, Relation
from app.cohorts.language.vocabulary import (
    DCM,
    KINDS,
    LINKABLE,
    MEASURES,
    PATIENT,
    STUDY,
    EventSource,
)
from graph.errors import Invalid, TooLarge

DEATH = "death"
_MOST_RELATED = 8  # events one after another


@dataclass(slots=True)
class Events:
    """The events of a question, each read when it is first needed: one may be named by another.

    With `by_year`, dates count as their years: what asks for less than whole years is refused.
    """

    raw: Mapping[str, Any]
    sets: ConceptSets
    as_of: date
    by_year: bool = False
    _read: dict[str, Event] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def named(self, name: str, place: str) -> Event:
        """Return the event of a name.

        Raises `Invalid` at `place` where there is none, and where it refers to itself through others, and
        `TooLarge` where too many refer to one another.
        """
        if name not in self.raw:
            raise Invalid("there is no event named %(name)s", location=place, name=name)
        if name in self._open:
            raise Invalid("the event %(name)s refers to itself", location=place, name=name)
        if len(self._open) >= _MOST_RELATED:
            raise TooLarge(
                "events refer to one another %(most)s deep at most", location=place, most=_MOST_RELATED
            )
        if name not in self._read:
            self._open.append(name)
            raw = self.raw[name]
            self._read[name] = self.event(raw, f"$.events.{name}", raw["kind"])
            self._open.pop()
        return self._read[name]

    def all(self) -> dict[str, Event]:
        """Every event by its name; raises `Invalid` as `named` does."""
        return {name: self.named(name, f"$.events.{name}") for name in self.raw}

    def event(self, raw: Mapping[str, Any], path: str, kind: str) -> Event:
        """Read one event that its schema accepts.

        Raises `Invalid` with the place of what its type of resource does not have.
        """
        if raw.get("kind", kind) != kind:
            raise Invalid("this is a %(kind)s", location=f"{path}.kind", kind=kind)
        resource = raw.get("resource", next(iter(KINDS[kind])))
        source = KINDS[kind][resource]
        if "intent" in raw and "intent" not in source.tokens:
            raise Invalid("a %(resource)s has no intent", location=f"{path}.intent", resource=resource)
        periods = self._periods
        window, relations = periods.read(raw["period"], f"{path}.period") if "period" in raw else (None, ())
        _require_ties(resource, relations)
        return Event(
            path=path,
            kind=kind,
            resource=resource,
            tokens={name: tuple(raw[name]) for name in source.tokens if name in raw},
            concepts=self._concepts(raw, path, source),
            texts={name: raw[name] for name in source.texts if name in raw},
            dates=_dates(raw, source, resource, path),
            window=window,
            missing=Missing(raw.get("onMissingDate", Missing.FLAG)),
            value=read_value(raw.get("value"), f"{path}.value", self.sets),
            pictures=read_pictures(raw, path) if kind == "imaging" else None,
            words=read_words(raw.get("text")),
            relations=relations,
            pick=read_pick(raw.get("pick")),
            count=read_count(raw.get("count"), f"{path}.count", by_year=self.by_year),
            gap=read_gap(raw.get("gap"), f"{path}.gap", periods),
        )

    def death(self, raw: Mapping[str, Any], path: str) -> Event:
        """Read the death of a patient in a period as an event; raises `Invalid` as `event` does."""
        window, relations = self._periods.read(raw["period"], f"{path}.period")
        _require_ties(PATIENT, relations)
        return Event(path, DEATH, PATIENT, dates=("deceased",), window=window, relations=relations)

    @property
    def _periods(self) -> PeriodReader:
        return PeriodReader(self.as_of, self.by_year, frozenset(self.raw), self.named)

    def _concepts(self, raw: Mapping[str, Any], path: str, source: EventSource) -> dict[str, ConceptSet]:
        found = {name: self.sets.read(raw[name], f"{path}.{name}") for name in source.concepts if name in raw}
        if "measure" in raw:
            found["codes"] = ConceptSet(tuple(Code(DCM, code) for code in MEASURES[raw["measure"]]))
        return found


def _require_ties(resource: str, relations: Sequence[Relation]) -> None:
    """Raise `Invalid` where what belongs to no study is to be of the same one: one of both is the study."""
    for each in relations:
        ends = {resource, each.anchor.resource}
        if each.nearness in TYING and not (STUDY in ends and ends & set(LINKABLE)):
            raise Invalid(
                "of the same study are pictures with what is told of them: %(kinds)s",
                location=f"{each.path}.same",
                kinds=", ".join(LINKABLE),
            )


def _dates(raw: Mapping[str, Any], source: EventSource, resource: str, path: str) -> tuple[str, ...]:
    """The elements that date an event, the first that is present; raises `Invalid` for one that is none."""
    named = raw.get("date")
    names = tuple(source.dates) if named is None else tuple(named.split("|"))
    if named is None and resource == "Condition":
        names = names[:2]  # when it ended dates it only where that is asked for
    if not set(names) <= source.dates.keys() or len(set(names)) < len(names):
        raise Invalid(
            "the dates of a %(resource)s are %(dates)s",
            location=f"{path}.date",
            resource=resource,
            dates=", ".join(source.dates),
        )
    needed = next((each for each in ("period", "pick", "gap") if each in raw), None)
    if needed and not names:
        raise Invalid("a %(resource)s has no date", location=f"{path}.{needed}", resource=resource)
    return names
