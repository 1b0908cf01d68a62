"""`/administration/audit`: who touched the record of a patient, and what was disclosed of it."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from app.audit.alerts import Alerts
from app.audit.checkpoints import Checkpoints
from app.audit.entries import ID, entry_key
from app.http.administration.answers import access_shown, disclosure_shown
from app.http.administration.description_audit import ACCESSES, CHECKPOINT, DISCLOSURES
from app.http.administration.windows import ListWindow
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.request_context import current, current_scope
from app.records.audited import AuditSearch, Disclosures
from graph.clock import instant
from graph.errors import Invalid
from graph.jobs.records import SECOND
from graph.scope import AccessScope

_READ, _OWN = "audit.read", "audit.own"
_PERIOD = {"since": "ge", "until": "lt"}
_TREATMENT = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditUses:
    """The use cases that the routes of the audit call."""

    search: AuditSearch
    disclosures: Disclosures
    checkpoints: Checkpoints
    alerts: Alerts


def add_audit(rooms: Blueprint, uses: AuditUses, base_url: str) -> None:
    """Add the routes of the audit to the room."""

    @rooms.get("/administration/audit/patients/<patient_id>")
    @requires(_READ)
    @documented(ACCESSES)
    def accesses(patient_id: str) -> Response:
        scope, window = current_scope(), ListWindow.of(request.args, *_PERIOD)
        period = [
            ("date", f"{_PERIOD[name]}{value}") for name, value in request.args.items() if name in _PERIOD
        ]
        asked = (("patient", f"Patient/{_named(patient_id)}"), *period)
        page = uses.search.page(scope, asked, window.limit, _after(scope, window))
        shown = [*map(access_shown, page.events)]
        return plain_json(window.whole("accesses", shown, base_url + request.path, _last(page.after)))

    @rooms.get("/administration/audit/patients/<patient_id>/disclosures")
    @requires(_READ, instead=(_OWN,))
    @documented(DISCLOSURES)
    def disclosures(patient_id: str) -> Response:
        scope, window = current_scope(), ListWindow.of(request.args, "treatment")
        page = uses.disclosures.page(
            scope,
            _named(patient_id),
            now=current().received,
            limit=window.limit,
            treatment=_treatment(request.args.get("treatment", "no")),
            after=_after(scope, window),
        )
        shown = [*map(disclosure_shown, page.disclosures)]
        return plain_json(window.whole("disclosures", shown, base_url + request.path, _last(page.after)))

    @rooms.get("/administration/audit/checkpoint")
    @requires(_READ)
    @documented(CHECKPOINT)
    def checkpoint() -> Response:
        made = uses.checkpoints.make(current().received // SECOND)
        answer = plain_json(
            {
                "roll": made.roll,
                "place": made.place,
                "hash": made.hash,
                "at": instant(made.at * SECOND),
                "signed": made.text,
            }
        )
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _treatment(text: str) -> bool:
    """Whether what need not be accounted for is asked for, too; raises `Invalid`."""
    if text not in _TREATMENT:
        raise Invalid("treatment is yes or no", location="treatment")
    return _TREATMENT[text]


def _named(patient_id: str) -> str:
    """The id of a patient; raises `Invalid` for what can be none."""
    if not ID.fullmatch(patient_id):
        raise Invalid("a patient is named by an id", location="patient")
    return patient_id


def _after(scope: AccessScope, window: ListWindow) -> tuple[int, str] | None:
    """The place of the last entry of the page before; None for the first page."""
    place = window.place()
    return (place[0], entry_key(scope.tenant, place[1])) if place else None


def _last(after: tuple[int, str] | None) -> str | None:
    """What the next page is after, without the key of the tenant."""
    return f"{after[0]},{after[1].rpartition('|')[2]}" if after else None
