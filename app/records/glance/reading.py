"""Reads the chart of a patient into memory, under the caller's rights, in a few statements."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo

import orjson

from app.records.glance.chart import ChartItem, PatientChart, chart_item
from app.records.glance.moments import day_of
from app.records.glance.pausing import collector_paused
from app.records.glance.report_text import attached_binaries, decoded
from app.records.glance.words import Resource
from app.site import Sites
from graph.budget import spend
from graph.keys import key_of_reference, resource_of
from graph.query.prices import QUESTION
from graph.records import ResourceVersion
from graph.resources.compartments import ChartMember, ChartQuestion, CompartmentStore
from graph.resources.resources import Referred, ResourceStore
from graph.scope import AccessScope

_WHOLE = 60  # the price of reading all that a compartment has
_REFERRED = 2  # the rank of what a chart refers to
_DRUGS = "Medication"
_REPORTS = "DiagnosticReport/"
_ROLE = re.compile(rb"PractitionerRole/[A-Za-z0-9.-]{1,64}")
MOST_ATTACHED = 500
_MOST_EARLIER = 50  # versions of one resource


class ChartReader:
    """Reads charts."""

    def __init__(self, compartments: CompartmentStore, resources: ResourceStore, sites: Sites) -> None:
        self._compartments = compartments
        self._resources = resources
        self._sites = sites

    def chart(self, scope: AccessScope, patient_id: str, now: int, *, referred: bool = False) -> PatientChart:
        """The chart of a patient as of a moment (µs since the epoch).

        With `referred` comes all that it refers to, else drugs alone. Raises `NotFound`, `Gone`, and
        `TooLarge` for a chart that needs an export.
        """
        scope.require("fhir.read")
        spend(QUESTION + _WHOLE)
        patient = self._resources.read(scope, "Patient", patient_id)
        zone = self._sites.of(scope).zone
        items = self.items(scope, patient.key, zone)
        keys = self._referred(scope, patient.key) if referred else self._drugs(scope, items)
        return PatientChart(
            orjson.loads(patient.body),
            items,
            day_of(now, zone),
            zone,
            {
                f"{each.resource_type}/{each.resource_id}": _body(each.body)
                for each in self._there(scope, keys)
            },
            self._attached(scope, items),
        )

    def charts(
        self, scope: AccessScope, patients: Sequence[str], kinds: Iterable[str], now: int
    ) -> dict[str, PatientChart]:
        """Charts of several patients, by their keys, with what is of some types alone.

        Who is gone has none. Raises `TooLarge` for a chart that needs an export.
        """
        zone = self._sites.of(scope).zone
        with collector_paused():
            members = self._compartments.of_types(scope, patients, {*kinds, "Patient"})
            rendered = [each.key for some in members.values() for each in some if each.body is None]
            bodies = {each.key: each.body for each in self._there(scope, rendered)}
            charts: dict[str, PatientChart] = {}
            roles = self._roles(scope, members.values())
            for patient, some in members.items():
                items = tuple(_items(some, bodies, zone))
                whose = next((each for each in items if each.reference == resource_of(patient)), None)
                if whose is not None:
                    attached = self._attached(scope, items)
                    charts[patient] = PatientChart(
                        whose.body, items, day_of(now, zone), zone, roles, attached
                    )
            return charts

    def earlier(self, scope: AccessScope, items: Iterable[ChartItem]) -> dict[str, list[ChartItem]]:
        """The versions before the current ones of some resources, by `Type/id`, as far as they are there."""
        asked = [
            (each, Referred(key_of_reference(scope.tenant, each.reference), str(number)))
            for each in items
            for number in range(max(1, each.version_id - _MOST_EARLIER), each.version_id)
        ]
        found: dict[str, list[ChartItem]] = {}
        for version in self._resources.versions(scope, [referred for _, referred in asked]):
            if not version.deleted:
                reference, zone = resource_of(version.key), self._sites.of(scope).zone
                item = chart_item(reference, version.version_id, version.last_updated, version.body, zone)
                found.setdefault(reference, []).append(item)
        return found

    def items(self, scope: AccessScope, patient: str, zone: tzinfo) -> tuple[ChartItem, ...]:
        """The resources about a patient, by the key."""
        with collector_paused():
            members = self._compartments.members(scope, patient)
            rendered = [each.key for each in members if each.body is None]
            bodies = {each.key: each.body for each in self._there(scope, rendered)}
            scope.concerns(dict.fromkeys(key for each in members for key in each.others))
            return tuple(_items(members, bodies, zone))

    def older(self, scope: AccessScope, versions: Sequence[tuple[str, int]]) -> dict[str, Resource]:
        """The texts of those versions, `Type/id` and number, that are the caller's to see, by `Type/id`."""
        asked = (
            Referred(key_of_reference(scope.tenant, reference), str(version))
            for reference, version in versions
        )
        found = self._resources.versions(scope, asked)
        return {resource_of(each.key): orjson.loads(each.body) for each in found if not each.deleted}

    def _referred(self, scope: AccessScope, patient: str) -> list[str]:
        chart = self._compartments.chart(scope, ChartQuestion((patient,)))
        return [row.key for row in chart if row.rank == _REFERRED]

    def _drugs(self, scope: AccessScope, items: Sequence[ChartItem]) -> list[str]:
        """The keys of the Medications that are referred to by requests and statements."""
        told = (each.body.get("medicationReference") for each in items)
        named = dict.fromkeys(str(each.get("reference", "")) for each in told if isinstance(each, dict))
        return [key_of_reference(scope.tenant, each) for each in named if each.startswith(f"{_DRUGS}/")]

    def _there(self, scope: AccessScope, keys: Sequence[str]) -> list[ResourceVersion]:
        if not keys:
            return []
        found = [each for each in self._resources.bodies(scope, keys) if not each.deleted]
        scope.concerns(key for each in found for key in each.whose)
        return found

    def _roles(self, scope: AccessScope, charts: Iterable[Sequence[ChartMember]]) -> dict[str, Resource]:
        """The PractitionerRoles that reports name, by `Type/id`."""
        texts = (each.body for some in charts for each in some if each.reference.startswith(_REPORTS))
        named = {name.decode() for text in texts for name in _ROLE.findall(text or b"")}
        found = self._there(scope, [key_of_reference(scope.tenant, each) for each in sorted(named)])
        return {resource_of(each.key): _body(each.body) for each in found}

    def _attached(self, scope: AccessScope, items: Sequence[ChartItem]) -> dict[str, str]:
        """The texts of the Binary resources that reports have attached."""
        reports = (each.body for each in items if each.kind in ("DiagnosticReport", "DocumentReference"))
        named = list(dict.fromkeys(each for report in reports for each in attached_binaries(report)))
        found = self._there(scope, [key_of_reference(scope.tenant, each) for each in named[:MOST_ATTACHED]])
        told = {resource_of(each.key): orjson.loads(each.body) for each in found}
        return {
            name: decoded(each.get("data"), str(each.get("contentType", ""))) for name, each in told.items()
        }


def _items(members: Sequence[ChartMember], bodies: dict[str, bytes], zone: tzinfo) -> Iterator[ChartItem]:
    for each in members:
        text = bodies.get(each.key) if each.body is None else each.body
        if text is not None:
            yield chart_item(each.reference, each.version_id, each.updated, text, zone)


def _body(text: bytes) -> Resource:
    found: Resource = orjson.loads(text)
    return found
