"""What gunicorn says, as lines of our log: of a request its source alone, of itself in its own words.

gunicorn brings loggers with handlers of their own, and its warnings about requests repeat request lines,
header names and values. Its master reads no request, so what that says (a port in use, a worker that died) is
kept.
"""

import logging
from collections.abc import Callable
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

from app.http.kit.logging import SourceFormatter

_OF_THE_MASTER = ("gunicorn/arbiter.py", "gunicorn/sock.py")
_CALLER = 2  # frames from the logging call to whoever called gunicorn's logger


class ServerFormatter(SourceFormatter):
    """Words a line of gunicorn."""

    def about(self, record: logging.LogRecord) -> dict[str, Any]:
        """What is told of a line: its message too, where the master wrote it."""
        told = super().about(record)
        return {**told, "message": record.getMessage()} if record.pathname.endswith(_OF_THE_MASTER) else told


def _at(level: int, **more: Any) -> Callable[..., None]:
    def log(self: "ServerLog", message: Any, *arguments: Any, **named: Any) -> None:
        self.error_log.log(level, message, *arguments, **{"stacklevel": _CALLER, **more, **named})

    return log


class ServerLog(Logger):
    """gunicorn's logger, which tells the source of each line."""

    critical, error, warning = _at(logging.CRITICAL), _at(logging.ERROR), _at(logging.WARNING)
    info, debug = _at(logging.INFO), _at(logging.DEBUG)
    exception = _at(logging.ERROR, exc_info=True)

    def setup(self, cfg: Config) -> None:
        """Install gunicorn's handlers with our wording."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(ServerFormatter())
