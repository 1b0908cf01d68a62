"""`/health/live`, `/health/ready` and `/metrics`: open to anybody, and free of patient data."""

from flask import Blueprint, Response

from app.audit.alerts import Alerts
from app.http.kit.guard import public
from app.http.kit.json_answers import plain_json
from app.http.kit.metrics import exposition
from app.http.kit.openapi import documented
from app.http.operations.description import LIVE, METRICS, READY
from app.http.operations.routes_operations import add_operations
from app.paging import PageTokens
from app.processes.readiness import Readiness
from app.site import Sites
from app.work.operations import Operations
from app.work.purging import Purging

_READY, _NOT_READY = 200, 503


def blueprint(
    *,
    readiness: Readiness,
    alerts: Alerts,
    operations: Operations,
    purging: Purging,
    tokens: PageTokens,
    sites: Sites,
) -> Blueprint:
    """The routes of the operator."""
    rooms = Blueprint("operations", __name__)

    @rooms.get("/health/live")
    @public(limited=False)
    @documented(LIVE)
    def live() -> Response:
        return plain_json({"status": "live"})

    @rooms.get("/health/ready")
    @public(limited=False)
    @documented(READY)
    def ready() -> Response:
        checks = readiness.checks()
        is_ready = all(check["status"] == "pass" for check in checks.values())
        body = {"status": "ready" if is_ready else "not ready", "checks": checks}
        return plain_json(body, _READY if is_ready else _NOT_READY)

    @rooms.get("/metrics")
    @public(limited=False)
    @documented(METRICS)
    def metrics() -> Response:
        body, content_type = exposition(alerts.waiting())
        return Response(body, content_type=content_type)

    add_operations(rooms, operations, purging, tokens, sites)
    return rooms
