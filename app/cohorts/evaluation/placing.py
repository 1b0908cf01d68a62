"""Reads whose rows are and on which days they lie, and when patients were born."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.cohorts.evaluation.charts import Charts
from app.cohorts.evaluation.event_rows import date_fields, source_of
from app.cohorts.evaluation.occurrences import EVER, NEVER, IntArray, LocalDays, Occurrences, numbers
from app.cohorts.language.question import Event, Missing
from app.cohorts.language.vocabulary import PATIENT, patient_paths
from fhir_profiles.definitions.registry import reference_paths
from graph.query.expression import Along, Field, Kind
from graph.resources.sieve import Serials

ENCOUNTER = "Encounter"
_BORN = Field(PATIENT, "birthdate", Kind.SPAN)
_FARTHEST = 4_000_000 * 86_400_000_000.0  # µs: beyond every year of the calendar


@dataclass(frozen=True, slots=True)
class Placing:
    """Places rows among patients and days: `days` of events, `birthdays` to the day for every caller."""

    charts: Charts
    days: LocalDays
    birthdays: LocalDays

    def placed(self, event: Event, certain: Serials, possible: Serials) -> Occurrences:
        """The rows of an event with their patients and days; without those that have none where it says so.

        Raises `TooLarge` where there are too many rows.
        """
        owned = self._owned(event, possible)
        serials = np.fromiter(owned, dtype=np.int64, count=len(owned))
        owners = np.fromiter(owned.values(), dtype=np.int64, count=len(owned))
        first, last = self._dates(event, serials)
        sure = np.fromiter((each in certain for each in owned), dtype=np.bool_, count=len(owned))
        found = Occurrences(serials, owners, first, last, sure, source_of(event).lasting)
        if event.missing is Missing.EXCLUDE and (event.relations or event.pick or event.gap):
            return found.kept(found.certain, found.dated)
        return found

    def encounters(self, event: Event, found: Occurrences) -> IntArray:
        """The encounter of each row, by its creation number; -1 where it has none."""
        if event.resource == ENCOUNTER:
            return found.rows
        paths = reference_paths(event.resource, "encounter")
        if not paths:
            return np.full(len(found.rows), -1)
        rows = frozenset(found.rows.tolist())
        pairs = self.charts.sieve.pairs(event.resource, Along(paths, (ENCOUNTER,)), rows)
        known = dict(zip(pairs.starts.tolist(), pairs.ends.tolist(), strict=True))
        return numbers([known.get(each, -1) for each in found.rows.tolist()])

    def births(self, owners: IntArray) -> tuple[IntArray, IntArray]:
        """The earliest and the latest day of birth of each patient."""
        every, place = np.unique(owners, return_inverse=True)
        spans = self.charts.sieve.spans(PATIENT, _BORN, frozenset(every.tolist()))
        earliest, latest = np.full(len(every), NEVER), np.full(len(every), EVER)
        rows = np.searchsorted(every, spans.serials)
        earliest[rows] = self.birthdays.of(_closed(spans.lows))
        latest[rows] = self.birthdays.of(_closed(spans.highs) - 1)
        return earliest[place], latest[place]

    def _owned(self, event: Event, rows: Serials) -> dict[int, int]:
        """The patient of each row, by creation numbers."""
        if event.resource == PATIENT:
            return {each: each for each in sorted(rows)}
        link = Along(patient_paths(event.resource), (PATIENT,))
        pairs = self.charts.sieve.pairs(event.resource, link, rows)
        return dict(zip(pairs.starts.tolist(), pairs.ends.tolist(), strict=True))

    def _dates(self, event: Event, serials: IntArray) -> tuple[IntArray, IntArray]:
        """The first and the last day that each may be on, by the first of its dates that is present."""
        first, last = np.full(len(serials), NEVER), np.full(len(serials), EVER)
        order = np.argsort(serials)
        left = frozenset(serials.tolist())
        for field in date_fields(event):
            spans = self.charts.sieve.spans(event.resource, field, left)
            rows = order[np.searchsorted(serials, spans.serials, sorter=order)]
            first[rows] = self.days.of(_closed(spans.lows))
            last[rows] = self.days.of(_closed(spans.highs) - 1)
            left -= frozenset(spans.serials.tolist())
        return first, last


def _closed(instants: object) -> NDArray[np.float64]:
    """Instants of which open ends are as far as any can be."""
    return np.clip(np.asarray(instants, dtype=np.float64), -_FARTHEST, _FARTHEST)
