"""The chart of a person: what is written of them before pictures are taken, the studies, and the reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bench.population import records
from bench.population.clinical_codes import DISEASES, ENCOUNTERS, Disease
from bench.population.draws import TODAY, Draws
from bench.population.imaging_protocols import PROTOCOLS, SCREENING
from bench.population.laboratory_codes import PANELS
from bench.population.people import Person, Resource, person
from bench.population.records import Visit
from bench.population.reports import documents
from bench.population.studies import Study, study

_YEARS = 10  # that charts go back
_MOST_DISEASES = 12
_MOST_STUDIES = 6
_CHECKED = 0.44  # of encounters: something is measured
_DRAWN_AGAIN = 8
_SCANNED, _SCREENED = 0.34, 0.5  # of the scans that a disease asks for; of those that nothing asks for


@dataclass(slots=True)
class Chart:
    """Everything of one person; `resources` are written before the pictures of `studies` are stored."""

    person: Person
    resources: list[Resource] = field(default_factory=list)
    studies: list[Study] = field(default_factory=list)

    def reports(self, ids: Mapping[str, str]) -> list[Resource]:
        """What is written after the pictures; `ids` are those of the ImagingStudies by Study Instance UID."""
        return [each for study in self.studies for each in documents(self.person, study, ids[study.uid])]


def chart(seed: int, number: int) -> Chart:
    """Draw the chart of the person of a number."""
    draws = Draws(seed, number)
    who = person(draws, number)
    made = Chart(who, [who.resource])
    _Writing(made, draws).write()
    return made


class _Writing:
    """Writes one chart, visit after visit."""

    def __init__(self, made: Chart, draws: Draws) -> None:
        self._chart, self._draws, self._who = made, draws, made.person
        self._numbers: dict[int, int] = {}

    def write(self) -> None:
        diseases = self._diseases()
        visits = self._visits(len(diseases))
        for disease in diseases:
            self._suffer(disease, self._draws.one_of(visits))
        for visit in visits:
            if self._draws.chance(_CHECKED):
                self._measure(self._panels(diseases), visit)
        self._beside(visits[0])

    def _diseases(self) -> list[Disease]:
        """What they have: the older, the more."""
        age, found = self._who.age(TODAY), dict[str, Disease]()
        for _ in range(min(_MOST_DISEASES, self._draws.several(0.8 + age / 14))):
            for _ in range(_DRAWN_AGAIN):
                drawn = self._draws.ranked(DISEASES)
                if drawn.age <= age and drawn.sex in ("", self._who.sex) and drawn.snomed not in found:
                    found[drawn.snomed] = drawn
                    break
        return list(found.values())

    def _visits(self, diseases: int) -> list[Visit]:
        """When they came; at least once."""
        first = max(self._who.born, TODAY - timedelta(days=365 * _YEARS))
        visits = []
        for _ in range(1 + self._draws.several(1.6 + 1.1 * diseases)):
            day = self._draws.day(first)
            kind = self._draws.ranked(ENCOUNTERS)
            made = records.encounter(self._who, self._next(1), day, kind, self._draws)
            visits.append(Visit(day, self._keep(made)))
        return visits

    def _suffer(self, disease: Disease, visit: Visit) -> None:
        """Write a diagnosis, and what usually comes with it."""
        draws, who = self._draws, self._who
        self._keep(records.condition(who, self._next(2), disease, visit, draws))
        for _ in range(draws.between(1, 3) if disease.chronic and disease.drugs else bool(disease.drugs)):
            drug = draws.ranked(disease.drugs)
            self._keep(records.prescription(who, self._next(3), drug, visit.later(draws), draws))
        if disease.procedure and draws.chance(0.5):
            self._operate(disease.procedure, visit.later(draws))
        for scan in disease.scans:
            if draws.chance(_SCANNED if disease.chronic else 2 * _SCANNED):
                self._picture(scan, visit.later(draws))

    def _panels(self, diseases: list[Disease]) -> list[str]:
        named = [panel for each in diseases for panel in each.labs]
        return ["vitals", self._draws.one_of(named) if named else self._draws.one_of(tuple(PANELS))]

    def _measure(self, panels: list[str], visit: Visit) -> None:
        self._keep(records.pressures(self._who, self._next(4), visit, self._draws))
        for name in panels:
            for alternatives in PANELS[name]:
                lab = self._draws.ranked(alternatives)
                self._keep(records.measured(self._who, self._next(4), lab, visit, self._draws))

    def _beside(self, visit: Visit) -> None:
        """Write what a chart holds whatever somebody has."""
        draws, who = self._draws, self._who
        self._keep(records.smoking(who, self._next(4), visit.day, draws))
        for _ in range(draws.several(0.9)):
            self._operate("", visit.later(draws))
        for _ in range(draws.several(0.4)):
            self._keep(records.allergy(who, self._next(6), draws.day(who.born), draws))
        for _ in range(draws.several(1.3)):
            self._keep(records.immunization(who, self._next(7), visit.day, draws))
        if draws.chance(0.2):
            self._keep(records.family(who, self._next(8), draws))
        if draws.chance(0.05):
            self._keep(records.device(who, self._next(9), draws))
        for _ in range(draws.several(_SCREENED)):
            self._picture(draws.ranked(SCREENING), visit.later(draws))
        if draws.chance(0.01):
            self._keep(records.foreign_study(who, self._next(14), visit.day))

    def _operate(self, code: str, visit: Visit) -> None:
        self._keep(records.procedure(self._who, self._next(5), code, visit, self._draws))

    def _picture(self, name: str, visit: Visit) -> None:
        """Order pictures, and have them taken."""
        protocol, studies = PROTOCOLS[name], self._chart.studies
        if len(studies) >= _MOST_STUDIES or (protocol.modality == "MG" and self._who.sex != "female"):
            return
        taken = study(self._who, len(studies) + 1, protocol, visit.day, self._draws)
        studies.append(taken)
        if taken.order:
            self._keep(records.order(self._who, taken, visit))

    def _keep(self, resource: Resource) -> str:
        self._chart.resources.append(resource)
        return str(resource["id"])

    def _next(self, kind: int) -> int:
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return self._numbers[kind]
