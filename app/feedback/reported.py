"""Reports by themselves, whoever they are of, as final reads: for counting, and for what a colleague says."""

from collections.abc import Iterable, Mapping, Sequence

import orjson

from app.feedback.reads import FinalRead, final_reads
from app.records.glance.chart import PatientChart, chart_item
from app.records.glance.moments import day_of
from app.records.glance.words import references_in
from app.site import Sites
from graph.keys import key_of_reference, resource_of
from graph.records import ResourceVersion
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

_BESIDE = ("ImagingStudy/", "PractitionerRole/")
_NAMING = ("imagingStudy", "performer", "resultsInterpreter")


class ReportedReads:
    """Makes final reads of reports."""

    def __init__(self, resources: ResourceStore, sites: Sites) -> None:
        self._resources = resources
        self._sites = sites

    def of(self, scope: AccessScope, reports: Sequence[ResourceVersion], now: int) -> Mapping[str, FinalRead]:
        """The final reads among some reports, by `Type/id`, with what the studies that they name say."""
        zone = self._sites.of(scope).zone
        named = dict.fromkeys(each for report in reports for each in _named(report))
        keys = [key_of_reference(scope.tenant, each) for each in named]
        beside = [each for each in self._resources.bodies(scope, keys) if not each.deleted]
        items = tuple(
            chart_item(resource_of(each.key), each.version_id, each.last_updated, each.body, zone)
            for each in (*reports, *beside)
        )
        together = PatientChart({}, items, day_of(now, zone), zone)
        return {each.reference: each for each in final_reads(together, {})}


def _named(report: ResourceVersion) -> Iterable[str]:
    body = orjson.loads(report.body)
    for element in _NAMING:
        yield from (each for each in references_in(body.get(element)) if each.startswith(_BESIDE))
