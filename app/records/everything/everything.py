"""The use case that gives out charts, page by page.

FHIR R4 patient-operation-everything.html, encounter-operation-everything.html.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.records.everything.care_dates import care_dates
from graph.budget import spend
from graph.errors import Forbidden, TooLarge
from graph.keys import resource_key
from graph.query.prices import QUESTION, rows
from graph.records import ResourceVersion
from graph.resources.compartments import ChartQuestion, ChartRow, CompartmentStore
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope

MOST_PATIENTS = 25  # of whom one answer tells everything; of more, `$export` does
_CHART = 20  # the price of finding one chart
_REFERRED = 2  # the rank of what a chart refers to


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """Which part of a chart: `since` of the versions and `care` in [since, until), in µs since the epoch.

    `types` None is every type; `after` is the place of the last one of the page before.
    """

    count: int
    types: frozenset[str] | None = None
    since: int | None = None
    care: tuple[int | None, int | None] = (None, None)
    after: tuple[int, int] | None = None

    def has(self, row: ChartRow) -> bool:
        """Whether a row of the chart is of that part."""
        return (self.types is None or row.resource_type in self.types) and (
            self.since is None or row.updated >= self.since
        )


@dataclass(frozen=True, slots=True)
class EverythingPage:
    """A page: what the chart has, and what that refers to.

    `total` counts what the chart has; `after` is where the next page begins, None where this is the last one.
    """

    members: tuple[ResourceVersion, ...]
    referred: tuple[ResourceVersion, ...]
    total: int
    after: tuple[int, int] | None


class Everything:
    """Gives out charts."""

    def __init__(self, compartments: CompartmentStore, resources: ResourceStore) -> None:
        self._compartments = compartments
        self._resources = resources

    def of_patient(self, scope: AccessScope, patient_id: str, asked: Narrowed) -> EverythingPage:
        """The chart of a patient; raises `NotFound`, `Gone`, and `TooLarge` for one that needs an export."""
        scope.require("fhir.read")
        patient = self._resources.read(scope, "Patient", patient_id)
        return self._page(scope, ChartQuestion((patient.key,), dates=care_dates(*asked.care)), asked)

    def of_patients(self, scope: AccessScope, asked: Narrowed) -> EverythingPage:
        """The charts of all patients whom the caller was granted, one after the other.

        Raises `Forbidden` for who has no grants but sees all, `TooLarge` for more than `MOST_PATIENTS`.
        """
        scope.require("fhir.read")
        if scope.patients is None:
            raise Forbidden("everything of all patients is what $export gives", code="forbidden")
        if len(scope.patients) > MOST_PATIENTS:
            raise TooLarge(f"everything of more than {MOST_PATIENTS} patients", code="too-costly")
        granted = tuple(sorted(scope.patients))
        return self._page(scope, ChartQuestion(granted, dates=care_dates(*asked.care)), asked)

    def of_encounter(self, scope: AccessScope, encounter_id: str, asked: Narrowed) -> EverythingPage:
        """What refers to an encounter, and what that refers to; raises `NotFound`, `Gone` and `TooLarge`."""
        scope.require("fhir.read")
        encounter = self._resources.read(scope, "Encounter", encounter_id)
        patients = resource_key(scope.tenant, "Patient", "")
        whom = tuple(each for each in encounter.compartment or () if each.startswith(patients))
        question = ChartQuestion(whom, encounter.key, care_dates(*asked.care))
        return self._page(scope, question, asked)

    def _page(self, scope: AccessScope, question: ChartQuestion, asked: Narrowed) -> EverythingPage:
        spend(QUESTION + _CHART + rows(asked.count))
        chart = [row for row in self._compartments.chart(scope, question) if asked.has(row)]
        rest = [row for row in chart if asked.after is None or (row.rank, row.serial) > asked.after]
        shown = rest[: asked.count]
        last = shown[-1] if shown and len(rest) > len(shown) else None
        members, referred = self._versions(scope, shown)
        return EverythingPage(
            members,
            referred,
            total=sum(row.rank < _REFERRED for row in chart),
            after=(last.rank, last.serial) if last else None,
        )

    def _versions(
        self, scope: AccessScope, shown: Sequence[ChartRow]
    ) -> tuple[tuple[ResourceVersion, ...], tuple[ResourceVersion, ...]]:
        """The versions of members, and of what they refer to; without those that went meanwhile."""
        found = [
            each for each in self._resources.bodies(scope, [row.key for row in shown]) if not each.deleted
        ]
        scope.concerns(key for each in found for key in each.whose)
        referred = {row.key for row in shown if row.rank == _REFERRED}
        return (
            tuple(each for each in found if each.key not in referred),
            tuple(each for each in found if each.key in referred),
        )
