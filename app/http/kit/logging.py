"""Structured logs: one JSON line per event, with the request id, and without patient data.

A request is logged by its route's template (`/fhir/<type>/<id>`), never by its address: ids and search values
are patient data. Neither does the log name who asked; the audit does that. What a library says may repeat
what a client sent, so of its lines only their source is kept, and of its exceptions what kind they are and
where.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import Any, TextIO

import orjson
import structlog

_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_MILLISECONDS = 1000
_MOST_FRAMES = 12
UNMATCHED = "-"


def configure_logging(level: str, stream: TextIO | None = None) -> None:
    """Send structlog and the standard library's loggers as JSON lines to `stream` (standard error).

    Warnings of libraries become lines too, and so does what ends a thread or the process.
    """
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
    handler = logging.StreamHandler(target)
    handler.setFormatter(SourceFormatter())
    logging.basicConfig(handlers=[handler], level=_LEVELS["warning"], force=True)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # the report of a line that cannot be written repeats the line


def note_last_words() -> None:
    """Let the log tell of what ends this process or one of its threads, instead of a printed traceback."""
    sys.excepthook = lambda kind, error, trace: _note_end(error, trace)
    threading.excepthook = lambda ended: _note_end(ended.exc_value, ended.exc_traceback)
    sys.unraisablehook = lambda ended: _note_end(ended.exc_value, ended.exc_traceback)


def _note_end(error: BaseException | None, trace: TracebackType | None) -> None:
    _log.error("ended", error=type(error).__name__, frames=frames_of(trace))


def frames_of(trace: TracebackType | None) -> list[str]:
    """Where an error happened, innermost last, without the message that may hold patient data."""
    frames = traceback.extract_tb(trace)[-_MOST_FRAMES:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]


class SourceFormatter(logging.Formatter):
    """Words a line of a library by its source alone."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as JSON."""
        return _line({**self.about(record), **_failure_of(record)})

    def about(self, record: logging.LogRecord) -> dict[str, Any]:
        """What is told of a line: who wrote it, how grave it is, and where in the source it stands."""
        return {
            "event": "library",
            "logger": record.name,
            "level": record.levelname.lower(),
            "source": f"{record.filename}:{record.lineno}",
        }


def _failure_of(record: logging.LogRecord) -> dict[str, Any]:
    if not record.exc_info or record.exc_info[1] is None:
        return {}
    return {"error": type(record.exc_info[1]).__name__, "frames": frames_of(record.exc_info[2])}


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


def note_refusal(*, request_id: str, error: BaseException, status: int) -> None:
    """Log what never became a request of the application, by the kind of its fault."""
    _log.warning("refused", request_id=request_id, error=type(error).__name__, status=status)


def note_unforeseen(*, request_id: str, error: BaseException) -> None:
    """Log an error that nobody foresaw, by its kind and where it happened."""
    trace = error.__traceback__
    _log.error("unforeseen", request_id=request_id, error=type(error).__name__, frames=frames_of(trace))


def note_missing_assets(names: Sequence[str]) -> None:
    """Log that files for browsers were not brought in: pages work without them, but less well."""
    _log.warning("assets are missing", files=list(names), remedy="make run, or python deploy/assets.py")
