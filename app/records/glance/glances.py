"""The use case that lets a reader take in a patient: the glance, the timeline, and what changed since.

All of it is read under the caller's rights at that moment; nothing is kept but what the caller says to have
read.
"""

from dataclasses import dataclass
from typing import Any

from app.records.glance.care import encounters, implants, operations
from app.records.glance.changes import MOST, ChartDelta, delta, delta_told, seen_in
from app.records.glance.chart import PatientChart, Told
from app.records.glance.exam import exam_of, reason_for_exam
from app.records.glance.followups import follow_ups
from app.records.glance.labs import lab_series
from app.records.glance.medications import medications
from app.records.glance.pausing import collector_paused
from app.records.glance.priors import ranked_priors
from app.records.glance.problems import problems
from app.records.glance.reading import ChartReader
from app.records.glance.reports import advising_reports, filed_reports, pathology, report_entries
from app.records.glance.safety import age_of, safety
from app.records.glance.timeline import Stretch, TimelinePage, first_marks, overview, stretch_of
from app.records.people.names import names_of
from graph.clock import instant
from graph.errors import Conflict
from graph.marks.read_marks import ReadMark, ReadMarkStore, state_of
from graph.scope import AccessScope

MOST_OF_A_LIST = 100
MOST_MARKS = 2_000  # of a timeline that comes with the glance whole
_NAMED = ("name", "birthDate", "gender", "deceasedDateTime", "deceasedBoolean", "identifier")


@dataclass(frozen=True, slots=True)
class PatientOverview:
    """What a page of a patient shows, of one reading of the chart."""

    glance: Told
    changes: Told
    chart: PatientChart


class PatientGlances:
    """Makes glances."""

    def __init__(self, charts: ChartReader, marks: ReadMarkStore) -> None:
        self._charts = charts
        self._marks = marks

    def glance(self, scope: AccessScope, patient_id: str, now: int, study: str | None = None) -> Told:
        """All that a reader takes in before the pictures of a study, else of the newest one, are opened.

        `now` in µs since the epoch. Raises `NotFound`, also of a study that is not this patient's, `Gone` and
        `TooLarge`.
        """
        with collector_paused():
            return glance_of(self._charts.chart(scope, patient_id, now), study)

    def overview(
        self, scope: AccessScope, patient_id: str, now: int, study: str | None = None
    ) -> PatientOverview:
        """The glance, what changed, and the chart itself, all of one reading.

        Raises what `glance` raises.
        """
        with collector_paused():
            chart = self._charts.chart(scope, patient_id, now)
            return PatientOverview(glance_of(chart, study), self._changes(scope, patient_id, chart), chart)

    def chart(self, scope: AccessScope, patient_id: str, now: int) -> PatientChart:
        """The chart alone, for a part of the timeline to be drawn; raises `NotFound`, `Gone`, `TooLarge`."""
        return self._charts.chart(scope, patient_id, now)

    def timeline(self, scope: AccessScope, patient_id: str, now: int, asked: Stretch) -> TimelinePage:
        """A page of all that a chart has; raises `NotFound`, `Gone` and `TooLarge`."""
        chart = self._charts.chart(scope, patient_id, now, referred=asked.undated)
        return stretch_of(chart, asked)

    def changes(self, scope: AccessScope, patient_id: str, now: int) -> Told:
        """What changed since the caller read the patient last; nothing where they never did.

        Raises `NotFound`, `Gone` and `TooLarge`.
        """
        return self._changes(scope, patient_id, self._charts.chart(scope, patient_id, now))

    def _changes(self, scope: AccessScope, patient_id: str, chart: PatientChart) -> Told:
        mark = self._marks.last(scope, patient_id)
        found = delta(chart.items, mark.seen) if mark else ChartDelta((), (), ())
        older = self._older(scope, mark, found) if mark else {}
        return {
            "patient": f"Patient/{patient_id}",
            "since": instant(mark.at) if mark else None,
            "state": state_of(seen_in(chart.items)),
            **delta_told(chart, found, older),
        }

    def mark_read(self, scope: AccessScope, patient_id: str, now: int, state: str | None = None) -> None:
        """Keep that the caller has read the patient as they are now, or as a state that was told.

        Raises `Conflict` where something changed since that state, `NotFound`, `Gone` and `TooLarge`.
        """
        seen = seen_in(self._charts.chart(scope, patient_id, now).items)
        if state is not None and state != state_of(seen):
            raise Conflict("something changed since: look at the changes again", location="state")
        self._marks.put(scope, patient_id, ReadMark(now, seen))

    def _older(self, scope: AccessScope, mark: ReadMark, found: ChartDelta) -> dict[str, Any]:
        """The texts that were seen of what is other now or gone."""
        changed = [(each.reference, mark.seen[each.reference]) for each in found.changed[:MOST]]
        return self._charts.older(scope, [*changed, *found.gone[:MOST]])


def glance_of(chart: PatientChart, study: str | None = None) -> Told:
    """The glance of a chart; raises `NotFound` where it has not the study to be read."""
    exam = exam_of(chart, study)
    reports = filed_reports(chart)
    sections: dict[str, list[Told]] = {
        "priors": ranked_priors(chart, exam, reports),
        "followUps": follow_ups(chart, advising_reports(chart, reports)),
        "problems": problems(chart),
        "medications": medications(chart),
        "pathology": pathology(chart),
        "operations": operations(chart),
        "implants": implants(chart),
        "encounters": encounters(chart),
        "labs": lab_series(chart),
        "reports": report_entries(reports),
    }
    return {
        "patient": _person(chart),
        "asOf": chart.as_of.isoformat(),
        "reason": reason_for_exam(chart, exam),
        "safety": safety(chart),
        **{name: listed[:MOST_OF_A_LIST] for name, listed in sections.items()},
        "more": {
            name: len(each) - MOST_OF_A_LIST for name, each in sections.items() if len(each) > MOST_OF_A_LIST
        },
        "timeline": {**overview(chart), "marks": first_marks(chart, MOST_MARKS)},
        "summary": f"/fhir/Patient/{chart.patient['id']}/$summary",
    }


def _person(chart: PatientChart) -> Told:
    """Who it is, in the words of FHIR."""
    told = {name: chart.patient[name] for name in _NAMED if name in chart.patient}
    names = [*names_of(chart.patient)]
    return {"reference": f"Patient/{chart.patient['id']}", **told, "names": names, "age": age_of(chart)}
