"""`/patients/<id>/overview`: the page that a reader of pictures takes in before opening them."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, render_template, request

from app.http.glance.drawing import (
    DrawnTimeline,
    TimeWindow,
    asked_window,
    bars,
    drawn,
    sparkline,
)
from app.http.glance.units import shown_unit
from app.http.kit.guard import signed_in
from app.http.kit.languages import marked
from app.http.kit.moments import shown_at
from app.http.kit.own_paths import see_other
from app.http.kit.request_context import current, current_scope
from app.records.glance import PatientGlances
from app.site import Sites

_RECORD, _PICTURES = "fhir.read", "imaging.read"
_STUDY_PAGE = "pages.show_study"
_PART = "HX-Request"
LABELS = {
    "imaging": marked("Imaging"),
    "reports": marked("Reports"),
    "problems": marked("Problems"),
    "care": marked("Encounters"),
    "procedures": marked("Procedures"),
    "medications": marked("Medications"),
    "results": marked("Results"),
    "orders": marked("Orders"),
    "other": marked("Other"),
    "overdue": marked("overdue"),
    "open": marked("open"),
    "conditional": marked("conditional"),
    "done": marked("done"),
    "pregnant": marked("pregnant"),
    "not pregnant": marked("not pregnant"),
    "unknown": marked("unknown"),
    "active": marked("active"),
    "past": marked("past"),
}
"""What words of the API are called on the page."""
REASONS: tuple[tuple[str, float, str], ...] = (
    ("region", 0.85, marked("same region")),
    ("region", 0.25, marked("region beside")),
    ("modality", 0.99, marked("same kind of picture")),
    ("modality", 0.4, marked("related kind of picture")),
    ("recency", 0.5, marked("recent")),
    ("problem", 1.0, marked("same problem")),
    ("cited", 1.0, marked("compared with later")),
)
"""How the reasons of a prior are said: from which factor on, the strongest words first."""


def add_pages(rooms: Blueprint, glances: PatientGlances, sites: Sites) -> None:
    """Add the page of a patient at a glance, and what its form does."""
    base = sites.own.base_url

    @rooms.get("/overview")
    @signed_in("R", _RECORD)
    def overview(patient_id: str) -> str:
        scope, now = current_scope(), current().received
        links = OverviewLinks(base, patient_id, sees_pictures=_PICTURES in scope.permissions)
        since, until = request.args.get("from"), request.args.get("to")
        if request.headers.get(_PART):
            chart = glances.chart(scope, patient_id, now)
            timeline = drawn(chart, asked_window(chart, since, until))
            return render_template("glance_timeline.html", timeline=timeline, links=links, words=LABELS)
        found = glances.overview(scope, patient_id, now, request.args.get("study"))
        timeline = drawn(found.chart, asked_window(found.chart, since, until))
        return render_template(
            "glance_overview.html",
            glance=found.glance,
            changes=found.changes,
            timeline=timeline,
            read=_moment(found.changes["since"]),
            bars=lambda drug: bars(drug, timeline.whole),
            sparkline=sparkline,
            unit=shown_unit,
            reasons_of=_reasons_of,
            links=links,
            words=LABELS,
        )

    @rooms.post("/overview/read")
    @signed_in("U", _RECORD)
    def read(patient_id: str) -> Response:
        state = request.form.get("state") or None
        glances.mark_read(current_scope(), patient_id, current().received, state)
        return see_other(OverviewLinks(base, patient_id).page)


class OverviewLinks:
    """Where the things of the page of a patient lead."""

    def __init__(self, base: str, patient_id: str, *, sees_pictures: bool = False) -> None:
        self._base = base
        self._sees_pictures = sees_pictures
        self.patient = f"{base}/patients/{patient_id}"
        self.page = f"{base}/patients/{patient_id}/overview"
        self.undated = f"{base}/patients/{patient_id}/timeline?undated=true"

    def of(self, entry: Any) -> str:
        """Where an entry, or a mark of the timeline, leads: a study to its page, all else to the record."""
        told = entry if isinstance(entry, dict) else entry.entry()
        if told.get("uid") and _STUDY_PAGE in current_app.view_functions:
            return f"{self._base}/studies/{told['uid']}"
        return f"{self._base}/fhir/{told['reference']}"

    def study(self, reason: Any) -> str:
        """The page of the study to be read; empty where there is none, or it is not the reader's to see."""
        uid = reason.get("studyUid")
        return f"{self._base}/studies/{uid}" if uid and self._sees_pictures else ""

    def beside(self, reason: Any, prior: Any) -> str:
        """The viewer with a prior beside the study to be read; empty where one is none, or not theirs."""
        now, before = (reason or {}).get("studyUid"), prior.get("uid")
        shown = now and before and self._sees_pictures
        return f"{self._base}/viewer?StudyInstanceUIDs={now},{before}" if shown else ""

    def record(self, reference: str) -> str:
        """Where a resource is in the record."""
        return f"{self._base}/fhir/{reference}"

    def window(self, window: TimeWindow) -> str:
        """The page with another window of the timeline."""
        return f"{self.page}?{urlencode(window.asked)}#timeline"

    def windows(self, timeline: DrawnTimeline) -> list[tuple[str, str]]:
        """The other windows that one goes to from here, each with what it is called."""
        here = timeline.window
        return [
            (marked("Earlier"), self.window(here.moved(-0.5))),
            (marked("Later"), self.window(here.moved(0.5))),
            (marked("Closer"), self.window(here.moved(0, 0.5))),
            (marked("Wider"), self.window(here.moved(0, 2))),
            (marked("Everything"), f"{self.page}#timeline"),
        ]


def _reasons_of(prior: dict[str, Any]) -> list[str]:
    """The reasons of a prior in words, each once."""
    factors = {each["what"]: each["factor"] for each in prior["reasons"]}
    said: dict[str, str] = {}
    for what, least, words in REASONS:
        if factors.get(what, 0) >= least:
            said.setdefault(what, words)
    return list(said.values())


def _moment(text: str | None) -> str | None:
    """When the patient was read last; None where they never were."""
    return shown_at(int(datetime.fromisoformat(text).timestamp() * 1_000_000)) if text else None
