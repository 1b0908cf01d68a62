"""How instances enter the graph: one unit of work makes Patient, ImagingStudy, Series, Instance and feed.

Everything is decided for one visible commit (design: bytes first, then the commit), so a picture that is
stored is at once in QIDO-RS, WADO-RS, FHIR and the change feed, or in none of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from graph.commit import Draft, Keys, Unit, View
from graph.records import InstanceRow, StoreOutcome, StoreStatus
from graph.resources.identified import HOLDERS
from graph.resources.states import CARRIERS, ORDERS, RESOURCES, STUDIES
from graph.scope import AccessScope
from graph.site import Site
from graph.studies.arriving import brought, endpoint_key, told_again
from graph.studies.identity import identifier_term
from graph.studies.orders import order_term
from graph.studies.places import Arriving, placed
from graph.studies.rows import INSTANCES, SERIES_OF, InstanceState
from graph.studies.transcripts import report_term, transcript_keys


@dataclass(frozen=True, slots=True)
class StoreInstances(Unit[list[StoreOutcome]]):
    """Stores rows; the answer has an outcome per row, in their order.

    `replacing`: one of other bytes takes the place of the instance of its UIDs, which else stays.
    """

    scope: AccessScope
    rows: tuple[InstanceRow, ...]
    site: Site
    replacing: bool = False

    @property
    def weight(self) -> int:
        """A row is a row."""
        return len(self.rows)

    @property
    def repeatable(self) -> bool:
        """An instance that is there with this very blob was stored by this unit."""
        return True

    def looks_at(self) -> Keys:
        """The Endpoint of the partition, there from the first picture on."""
        return {RESOURCES: (self._endpoint_key,)}

    def presumes_absent(self) -> Keys:
        """The instances, and all of their studies; Patients and orders that carry their numbers."""
        arriving = self._arriving
        told = [each for each in arriving if each.row.transcript]
        places = [each.place for each in arriving]
        studies = dict.fromkeys(place.study for place in places)
        terms = (identifier_term(self.scope.tenant, row.study) for row in self.rows)
        orders = (order_term(self.scope.tenant, row.study) for row in self.rows)
        return {
            RESOURCES: [key for each in told for key in transcript_keys(self.scope.tenant, each)],
            HOLDERS: [report_term(self.scope.tenant, each.row.sop_uid) for each in told],
            INSTANCES: [place.instance for place in places],
            STUDIES: studies,
            SERIES_OF: studies,
            CARRIERS: dict.fromkeys(term for term in terms if term),
            ORDERS: dict.fromkeys(term for term in orders if term),
        }

    def decide(self, view: View, draft: Draft) -> list[StoreOutcome]:
        """Decide every row; of two with the same UIDs one is stored, and equal bytes lose nothing."""
        arriving = self._arriving
        chosen = self._chosen(arriving)
        there = {key: view.get(INSTANCES, key) for key in chosen}
        entering = [each for key, each in chosen.items() if self._enters(each.row, there[key])]
        told = brought(view, draft, self.site, self.scope.partition, entering)
        outcomes = []
        for each in arriving:
            key = each.place.instance
            status = self._status(each.row, chosen[key].row, there[key])
            new = told.get(key) or told_again(each, view.get(STUDIES, each.place.study))
            outcomes.append(StoreOutcome(status, new.warnings, new.whose))
        return outcomes

    def _chosen(self, arriving: Iterable[Arriving]) -> dict[str, Arriving]:
        """The rows by their keys: of those with the same UIDs the first, or the last where it replaces."""
        chosen: dict[str, Arriving] = {}
        for each in arriving:
            if self.replacing or each.place.instance not in chosen:
                chosen[each.place.instance] = each
        return chosen

    def _enters(self, row: InstanceRow, known: InstanceState | None) -> bool:
        """Whether a row becomes an instance, beside what the graph knows of its UIDs."""
        return known is None or (self.replacing and row.digest != known.digest)

    def _status(self, row: InstanceRow, chosen: InstanceRow, known: InstanceState | None) -> StoreStatus:
        """What becomes of a row, if `chosen` is stored of its UIDs, or what is known to the graph stays."""
        if row is chosen and (known is None or known.blob_id == row.blob_id or self._enters(row, known)):
            return StoreStatus.STORED
        stays = chosen if self.replacing else known or chosen
        if stays.digest == row.digest:
            return StoreStatus.REPEATED
        return StoreStatus.SUPERSEDED if self.replacing else StoreStatus.EXISTS

    @property
    def _arriving(self) -> list[Arriving]:
        return [placed(self.scope, row) for row in self.rows]

    @property
    def _endpoint_key(self) -> str:
        return endpoint_key(self.scope.tenant, self.scope.partition, self.site)
