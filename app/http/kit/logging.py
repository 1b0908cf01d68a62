"""Structured logs: one JSON line per event, with the request id, and without patient data.

A request is logged by its route's template (`/fhir/<type>/<id>`), never by its address: ids and search values
are patient data. Neither does the log name who asked; the audit does that.
"""

import logging
import sys
from typing import Any, TextIO

import orjson
import structlog

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


_log = structlog.get_logger("hilum.request")


def note_request(*, request_id: str, method: str, route: str, status: int, seconds: float) -> None:
    """Log a request when its answer leaves, `seconds` after it came."""
    _log.info(
        "request",
        request_id=request_id,
        method=method,
        route=route,
        status=status,
        ms=round(seconds * _MILLISECONDS, 1),
    )
