"""Which reports and documents are of the same study as some occasion of another event."""

from dataclasses import dataclass

import numpy as np

from app.cohorts.evaluation.charts import Charts
from app.cohorts.evaluation.linking import Linker
from app.cohorts.evaluation.occurrences import Mask, Occurrences
from app.cohorts.language.question import TYING, Event, Nearness, Way
from app.cohorts.language.vocabulary import PATIENT, STUDY


@dataclass(frozen=True, slots=True)
class Ties:
    """Finds ties in the charts of one caller."""

    charts: Charts

    def of(
        self, event: Event, found: Occurrences, anchor: Event, others: Occurrences, nearness: Nearness
    ) -> tuple[Mask, Mask]:
        """Which occurrences certainly are of the same study as another, and which may be.

        One of both is the study. Raises `TooLarge` where there are too many.
        """
        forwards = event.resource == STUDY
        studies, resource, tied = (
            (found, anchor.resource, others) if forwards else (others, event.resource, found)
        )
        pairs = self._pairs(studies, resource, tied, TYING[nearness], event.path)
        own = [(study, row) if forwards else (row, study) for row, study in pairs]
        sure_others = frozenset(others.rows[others.certain].tolist())
        rows = found.rows.tolist()
        return (
            mask(rows, {one for one, other in own if other in sure_others}),
            mask(rows, {one for one, _ in own}),
        )

    def _pairs(
        self, studies: Occurrences, resource: str, others: Occurrences, ways: frozenset[Way], path: str
    ) -> set[tuple[int, int]]:
        """Each of the others with each study that it belongs to, by creation numbers."""
        named = self.charts.few_named(STUDY, studies.rows.tolist(), path)
        patients = self.charts.named(PATIENT, set(studies.owners.tolist()))
        whose = dict(zip(studies.rows.tolist(), studies.owners.tolist(), strict=True))
        owners = {key: patients[whose[row]] for row, key in named.items() if whose[row] in patients}
        sources = self.charts.few_named(resource, others.rows.tolist(), path)
        documents = self.charts.documents(list(sources.values()))
        rows, back = ({key: row for row, key in each.items()} for each in (sources, named))
        return {
            (rows[pair.source], back[pair.study])
            for pair in Linker.of(self.charts, owners).pairs(resource, documents)
            if pair.ways & ways
        }


def mask(rows: list[int], some: set[int] | frozenset[int]) -> Mask:
    """Which of some rows are among others."""
    return np.fromiter((each in some for each in rows), dtype=np.bool_, count=len(rows))
