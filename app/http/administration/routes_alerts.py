"""`/administration/alerts`: what the audit shows that somebody should look at, and who has."""

from flask import Blueprint, Response, request

from app.audit.alerts import Alerts
from app.http.administration.answers import alert_shown
from app.http.administration.description_audit import ACKNOWLEDGE, ALERTS
from app.http.administration.routes_roles import LARGEST_FORM
from app.http.administration.windows import ListWindow
from app.http.kit.bodies import read_json
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.request_context import current, current_scope
from graph.errors import Invalid

_READ = "audit.read"
_WAITING = {"yes": False, "no": True}


def add_alerts(rooms: Blueprint, alerts: Alerts, base_url: str) -> None:
    """Add the routes of alerts to the room."""

    @rooms.get("/administration/alerts")
    @requires(_READ)
    @documented(ALERTS)
    def list_alerts() -> Response:
        window = ListWindow.of(request.args, "acknowledged")
        waiting = _waiting(request.args.get("acknowledged"))
        found = alerts.page(current_scope(), window.limit, waiting=waiting, after=window.place())
        last = f"{found[-1].at},{found[-1].id}" if found else ""
        return plain_json(window.page("alerts", [*map(alert_shown, found)], base_url + request.path, last))

    @rooms.post("/administration/alerts/<alert_id>/acknowledge")
    @requires(_READ, action="U")
    @documented(ACKNOWLEDGE)
    def acknowledge(alert_id: str) -> Response:
        form = read_json(LARGEST_FORM)
        return plain_json(
            alert_shown(alerts.acknowledge(current_scope(), alert_id, form, current().received))
        )


def _waiting(text: str | None) -> bool | None:
    """Whether those are asked for that nobody has acknowledged; raises `Invalid`."""
    if text is None:
        return None
    if text not in _WAITING:
        raise Invalid("acknowledged is yes or no", location="acknowledged")
    return _WAITING[text]
