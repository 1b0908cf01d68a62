"""Judges rows by what the graph does not compare: numbers in units, how results stand to normal, words."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from app.cohorts.evaluation.charts import MOST_ROWS, Charts
from app.cohorts.evaluation.event_rows import EventRows
from app.cohorts.evaluation.report_words import WordsJudge
from app.cohorts.evaluation.results import compared, graded, value_field
from app.cohorts.evaluation.verdicts import Truth
from app.cohorts.language.question import Coded, Event, Graded, Measured
from graph.columns.judged import Judge
from graph.errors import Unavailable
from graph.resources.sieve import Serials

_RETRY_AFTER = 30  # seconds
Judged: TypeAlias = tuple[Serials, Serials]
"""The rows that certainly are as asked, and those that may be."""


@dataclass(frozen=True, slots=True)
class Judging:
    """Judges the rows of events in the charts of one caller."""

    charts: Charts
    rows: EventRows

    def valued(self, event: Event, certain: Serials, possible: Serials) -> Judged:
        """Those of which the result is as asked; one without a result is unknown.

        Raises `Invalid` for a unit that cannot be converted, `TooLarge` for too many rows.
        """
        match event.value:
            case Measured():
                return self._measured(event, event.value, certain, possible)
            case Graded(grade):
                return self._graded(event, grade, certain, possible)
            case Coded():
                trees = self.rows.trees(replace(event, window=None))
                held = self.charts.serials(event.resource, trees.possible, possible)
                return certain & self.charts.serials(event.resource, trees.certain, held), held
        return certain, possible

    def worded(self, event: Event, certain: Serials, possible: Serials) -> Judged:
        """The reports that say what is asked, and those that may.

        Raises `Unavailable` where there are many, and what they say is being read behind the question.
        """
        if event.words is None:
            return certain, possible
        truths = self._said(event, WordsJudge(event.words), possible)
        sure = frozenset(row for row, truth in truths.items() if truth == Truth.TRUE)
        return certain & sure, frozenset(row for row, truth in truths.items() if truth != Truth.FALSE)

    def _measured(self, event: Event, asked: Measured, certain: Serials, possible: Serials) -> Judged:
        codes = self.rows.codings.get((event.path, "codes"))
        of = (self.rows.coded(event, "codes"),) if codes else ()
        spans = self.charts.sieve.spans(event.resource, value_field(event.resource, codes), possible, of)
        sure, may = compared(spans, asked, codes)
        lacking = possible - frozenset(spans.serials.tolist())
        return certain & sure, (possible & may) | lacking

    def _graded(self, event: Event, grade: str, certain: Serials, possible: Serials) -> Judged:
        codes = self.rows.codings.get((event.path, "codes"))
        grades = {row: graded(each, codes) for row, each in self._read(event, possible).items()}
        sure = frozenset(row for row, said in grades.items() if grade in said)
        return certain & sure, sure | frozenset(row for row, said in grades.items() if not said)

    def _said(self, event: Event, judge: Judge, rows: Serials) -> Mapping[int, int]:
        """What a judge makes of some rows, by creation number; of many it has to be held."""
        held = self.charts.sieve.said(event.resource, judge, rows)
        if held is not None:
            return held
        if len(rows) > MOST_ROWS:
            raise Unavailable("what so many reports say is being read", retry_after=_RETRY_AFTER)
        return {row: judge(each) for row, each in self._read(event, rows).items()}

    def _read(self, event: Event, rows: Serials) -> dict[int, Mapping[str, Any]]:
        """The resources of some rows, by creation number."""
        keys = self.charts.few_named(event.resource, rows, event.path)
        documents = self.charts.documents(list(keys.values()))
        return {row: documents[key] for row, key in keys.items() if key in documents}
