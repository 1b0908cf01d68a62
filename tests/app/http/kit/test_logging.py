"""Lines of libraries keep their source, and nothing of what they say of a request."""

import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from gunicorn.config import Config

from app.http.kit.logging import configure_logging, note_last_words
from app.http.kit.server_log import ServerFormatter, ServerLog

CANARY = "Canary^Chulsoo"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    written, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging("info", written)
    yield written
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    logging.raiseExceptions = True


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    assert CANARY not in log.getvalue()
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_line_of_a_library_keeps_its_source(log: io.StringIO) -> None:
    logging.getLogger("library").warning("no such patient: %s", CANARY)

    (line,) = lines(log)
    assert (line["event"], line["logger"], line["level"]) == ("library", "library", "warning")
    assert line["source"].startswith("test_logging.py:")


def test_an_exception_keeps_its_kind_and_its_places(log: io.StringIO) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("library").exception("not for %s", CANARY)

    (line,) = lines(log)
    assert line["error"] == "ValueError"
    assert "test_an_exception_keeps" in line["frames"][-1]


def test_a_line_that_cannot_be_formatted_is_no_report_of_what_it_holds(
    log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("library").warning("%d", CANARY)

    assert len(lines(log)) == 1
    assert CANARY not in capsys.readouterr().err


def test_a_warning_is_a_line(log: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"odd value {CANARY}", stacklevel=1)

    assert [line["logger"] for line in lines(log)] == ["py.warnings"]


def test_what_ends_a_thread_is_a_line(log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    for hooks, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(hooks, name, getattr(hooks, name))
    note_last_words()

    def fail() -> None:
        raise KeyError(CANARY)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    (line,) = lines(log)
    assert (line["event"], line["error"]) == ("ended", "KeyError")


def test_gunicorn_speaks_for_itself_and_not_for_its_clients(capsys: pytest.CaptureFixture[str]) -> None:
    logger = ServerLog(Config())
    try:
        logger.warning("Invalid request from ip=%s: %s", "192.0.2.1", CANARY)
        told = json.loads(capsys.readouterr().err)
    finally:
        logger.error_log.handlers.clear()

    assert told.keys() == {"event", "logger", "level", "source"}
    assert told["source"].startswith("test_logging.py:")


@pytest.mark.parametrize(
    ("path", "told"), [("gunicorn/arbiter.py", True), ("gunicorn/workers/base.py", False)]
)
def test_only_the_master_which_reads_no_request_is_quoted(path: str, told: bool) -> None:
    record = logging.LogRecord(
        "gunicorn.error", 40, f"/x/{path}", 1, "Connection in use: %s", ("8042",), None
    )

    line = json.loads(ServerFormatter().format(record))
    assert line.get("message") == ("Connection in use: 8042" if told else None)
