"""Structured logs: one JSON line per event, with the request id, and without patient data.

A request is logged by its route's template (`/fhir/<type>/<id>`), never by its address: ids and search values
are patient data. Neither does the log name who asked; the audit does that.
"""

import logging
import sys
import time
from typing import Any, TextIO

import orjson
import structlog
from flask import Flask, Response, request

from app.http.kit.request_context import current

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_MILLISECONDS = 1000
UNMATCHED = "-"


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's loggers as JSON lines to `stream` (standard error)."""
    target = stream or sys.stderr
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_line),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(target),
    )
    logging.basicConfig(stream=target, level=_LEVELS["warning"], format=_LIBRARY_LINE, force=True)


# Messages of libraries may repeat what a client sent, so only their source is kept.
_LIBRARY_LINE = '{"event": "library", "logger": "%(name)s", "level": "%(levelname)s", "line": %(lineno)d}'


def _line(event: Any, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()


def install_logging(app: Flask) -> None:
    """Log every request when its answer leaves."""
    log = structlog.get_logger("hilum.request")

    def note(answer: Response) -> Response:
        context = current()
        log.info(
            "request",
            request_id=context.request_id,
            method=request.method if request.url_rule else UNMATCHED,
            route=route_template(),
            status=answer.status_code,
            ms=round((time.perf_counter() - context.started) * _MILLISECONDS, 1),
        )
        return answer

    app.after_request(note)


def route_template() -> str:
    """The template of the matched route; `-` when none matched, since the path may be anything."""
    return request.url_rule.rule if request.url_rule else UNMATCHED
