"""Finds the patients of an event that several rows say together: which comes first, how many, what is near.

The rows that may be the event are found in the graph, each judged by itself; then their patients and days are
read, and what is asked of all of them together is decided here, of what certainly holds and of what may.
"""

from dataclasses import replace

import numpy as np

from app.cohorts.evaluation.charts import Charts
from app.cohorts.evaluation.event_rows import EventRows, undated
from app.cohorts.evaluation.judging import Judging
from app.cohorts.evaluation.occurrences import EVER, NEVER, IntArray, LocalDays, Mask, Occurrences, numbers
from app.cohorts.evaluation.ordering import COMPARED, OccasionTally, counted, picked
from app.cohorts.evaluation.placing import ENCOUNTER, Placing
from app.cohorts.evaluation.relations import alike, near
from app.cohorts.evaluation.ties import Ties, mask
from app.cohorts.evaluation.trees import AGES
from app.cohorts.evaluation.two_values import Trees, both
from app.cohorts.language.calendar import latest_birth, ordinal_date
from app.cohorts.language.question import (
    TYING,
    Age,
    Count,
    Event,
    Graded,
    Measured,
    Missing,
    Nearness,
    Relation,
)
from app.cohorts.language.vocabulary import PATIENT
from graph.query.expression import Not, SerialIn

_ONE = Count("ge", 1)


class Occasions:
    """The occasions of the events of one question, each event looked up once.

    With `by_year`, days count as their years.
    """

    def __init__(self, charts: Charts, rows: EventRows, *, by_year: bool) -> None:
        self._charts = charts
        self._rows = rows
        self._judging = Judging(charts, rows)
        birthdays = LocalDays(rows.zone, by_year=False)
        self._placing = Placing(charts, LocalDays(rows.zone, by_year=by_year), birthdays)
        self._ties = Ties(charts)
        self._known: dict[str, Occurrences] = {}

    def patients(self, event: Event) -> Trees:
        """The patients of whom an event holds.

        Raises `TooLarge` where there are too many rows, `Invalid` for units that cannot be converted, and
        `Unavailable` while what many reports say is being read.
        """
        return _compared(counted(self.of(event), event.count, event.gap), event.count or _ONE)

    def aged(self, asked: Age, event: Event) -> Trees:
        """Who was so old on some occasion of an event; raises as `patients`.

        It is unknown where the birth or the day of the occasion is not known well.
        """
        found = self.of(event).begun()
        born = self._placing.births(found.owners)
        first, end = AGES[asked.op](asked.low, asked.high)
        sure, may = _reached(found, born, first, asked.unit)
        if end is not None:
            surely_older, perhaps_older = _reached(found, born, end, asked.unit)
            sure, may = sure & ~perhaps_older, may & ~surely_older
        held = found.kept(sure & found.dated, may)
        return Trees(_some(held.owners[held.certain]), _some(held.owners))

    def of(self, event: Event) -> Occurrences:
        """The occasions of an event, with the days that they are on; raises as `patients`."""
        if event.path not in self._known:
            self._known[event.path] = self._found(event)
        return self._known[event.path]

    def _found(self, event: Event) -> Occurrences:
        trees = self._rows.trees(undated(event) if event.pick else _by_itself(event))
        possible = self._charts.serials(event.resource, trees.possible)
        certain = self._charts.serials(event.resource, trees.certain, possible)
        certain, possible = self._judging.worded(event, certain, possible)
        if event.pick is None:
            certain, possible = self._judging.valued(event, certain, possible)
            return self._related(event, self._placing.placed(event, certain, possible))
        found = self._placing.placed(event, certain, possible)
        if event.pick.in_period:
            found = self._related(event, found)
        found = found.kept(*picked(found, event.pick))
        if not event.pick.in_period:
            found = self._related(event, _in_window(event, found))
        return self._of_value(event, found)

    def _of_value(self, event: Event, found: Occurrences) -> Occurrences:
        """Those of which the result is as asked."""
        if event.value is None:
            return found
        rows = found.rows.tolist()
        certain, possible = self._judging.valued(event, frozenset(rows), frozenset(rows))
        return found.kept(mask(rows, certain), mask(rows, possible))

    def _related(self, event: Event, found: Occurrences) -> Occurrences:
        """Those that stand to other events as asked."""
        for relation in event.relations:
            found = found.kept(*_with_missing(event, found, *self._near(event, found, relation)))
        return found

    def _near(self, event: Event, found: Occurrences, relation: Relation) -> tuple[Mask, Mask]:
        anchor, others = relation.anchor, self.of(relation.anchor)
        one_kind = event.resource == anchor.resource
        if relation.nearness is Nearness.SAME_ENCOUNTER:
            own, theirs = (self._placing.encounters(*each) for each in ((event, found), (anchor, others)))
            apart = one_kind and event.resource != ENCOUNTER  # a visit is in the encounter that it is
            return alike(found, own, others, theirs, relation.path, of_one_kind=apart)
        if relation.nearness in TYING:
            return self._ties.of(event, found, anchor, others, relation.nearness)
        return near(found, relation, others, of_one_kind=one_kind)


def _by_itself(event: Event) -> Event:
    """An event without the result that the graph does not compare."""
    return replace(event, value=None) if isinstance(event.value, Measured | Graded) else event


def _in_window(event: Event, found: Occurrences) -> Occurrences:
    """Those in the days that are asked for."""
    if event.window is None:
        return found
    low = NEVER if event.window.first is None else event.window.first.toordinal()
    high = EVER if event.window.last is None else event.window.last.toordinal()
    may = (found.last >= low) & (found.first <= high)
    sure = may if found.lasting else (found.first >= low) & (found.last <= high)
    return found.kept(*_with_missing(event, found, sure & found.dated, may))


def _with_missing(event: Event, found: Occurrences, certain: Mask, possible: Mask) -> tuple[Mask, Mask]:
    """What has no date counts as being when it is asked for, where the event says so."""
    if event.missing is not Missing.INCLUDE:
        return certain, possible
    return certain | ~found.dated, possible | ~found.dated


def _reached(found: Occurrences, born: tuple[IntArray, IntArray], count: int, unit: str) -> tuple[Mask, Mask]:
    """Who certainly was so old on the first day that it may have been, and who may have been on the last."""
    earliest, latest = born
    return latest <= _bound(found.first, count, unit), earliest <= _bound(found.last, count, unit)


def _bound(days: IntArray, count: int, unit: str) -> IntArray:
    """The last day on which somebody who is so old on each day was born."""
    every, place = np.unique(days, return_inverse=True)
    return numbers([_latest_birth(int(day), count, unit) for day in every])[place]


def _latest_birth(day: int, count: int, unit: str) -> int:
    return day if day in (NEVER, EVER) else latest_birth(count, unit, ordinal_date(day)).toordinal()


def _compared(tally: OccasionTally, count: Count) -> Trees:
    """The patients of whom a number of occasions is as asked: all others have none."""
    if count.op == "eq":
        one, other = (_compared(tally, Count(op, count.n)) for op in ("ge", "le"))
        return both((one, other))
    holds = COMPARED[count.op]
    of_none = bool(holds(numbers([0]), count.n)[0])
    # The fewest make a number large for certain, the most make it small for certain.
    large = count.op in ("ge", "gt")
    sure, may = (tally.fewest, tally.most) if large else (tally.most, tally.fewest)
    if not of_none:
        return Trees(_some(tally.owners[holds(sure, count.n)]), _some(tally.owners[holds(may, count.n)]))
    return Trees(
        Not(_some(tally.owners[~holds(sure, count.n)])), Not(_some(tally.owners[~holds(may, count.n)]))
    )


def _some(owners: IntArray) -> SerialIn:
    return SerialIn(PATIENT, frozenset(owners.tolist()))
