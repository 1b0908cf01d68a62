"""`/health/live`, `/health/ready` and `/metrics`: open to anybody, and free of patient data."""

from typing import Any

import orjson
from flask import Blueprint, Response

from app.http.kit.guard import public
from app.http.kit.metrics import exposition
from app.http.kit.openapi import documented
from app.http.operations.description import LIVE, METRICS, READY
from app.processes.readiness import readiness
from app.wiring import Services

_READY, _NOT_READY = 200, 503


def blueprint(services: Services) -> Blueprint:
    """The routes of the operator."""
    rooms = Blueprint("operations", __name__)

    @rooms.get("/health/live")
    @public
    @documented(LIVE)
    def live() -> Response:
        return _json({"status": "live"})

    @rooms.get("/health/ready")
    @public
    @documented(READY)
    def ready() -> Response:
        checks = readiness(services)
        is_ready = all(check["status"] == "pass" for check in checks.values())
        body = {"status": "ready" if is_ready else "not ready", "checks": checks}
        return _json(body, _READY if is_ready else _NOT_READY)

    @rooms.get("/metrics")
    @public
    @documented(METRICS)
    def metrics() -> Response:
        body, content_type = exposition()
        return Response(body, content_type=content_type)

    return rooms


def _json(body: Any, status: int = _READY) -> Response:
    return Response(orjson.dumps(body), status, content_type="application/json")
