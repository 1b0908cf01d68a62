"""The application that the web-server spike serves: one route for each thing that can bound a request.

Settings come from the environment: SPIKE_BOLT (uri), SPIKE_PASSWORD, SPIKE_FILES (folder of blobs) and
SPIKE_GATE (how many threads of one process may wait for Bolt at once; 0 = no gate).
"""

import contextlib
import os
import resource
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import orjson
from flask import Flask, Response, request, send_file
from neo4j import READ_ACCESS, Driver, GraphDatabase, Record

READ_ONE = "MATCH (r:SpikeResource {key: $key}) RETURN r.body AS body"
READ_MANY = "UNWIND $keys AS key MATCH (r:SpikeResource {key: key}) RETURN key, r.body AS body"
READ_PAGE = "MATCH (r:SpikeResource) WHERE r.serial > $after RETURN r.body AS body ORDER BY r.serial LIMIT 50"
CHUNK = 1 << 20
LARGEST_GROUP = 64

_GATE_SIZE = int(os.environ.get("SPIKE_GATE", "0"))
_gate: contextlib.AbstractContextManager[Any] = (
    threading.BoundedSemaphore(_GATE_SIZE) if _GATE_SIZE else contextlib.nullcontext()
)


@cache
def driver() -> Driver:
    """One driver a process, made after the fork."""
    return GraphDatabase.driver(os.environ["SPIKE_BOLT"], auth=("neo4j", os.environ["SPIKE_PASSWORD"]))


def rows(text: str, **parameters: object) -> list[Record]:
    """Run one auto-commit READ statement behind the gate (`.data()` would walk each byte of bytes)."""
    with _gate, driver().session(default_access_mode=READ_ACCESS, database="neo4j") as session:
        return list(session.run(text, parameters))


class GroupReader:
    """Reads by key that wait together share one UNWIND round trip."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[tuple[str, Future[bytes]]] = SimpleQueue()
        threading.Thread(target=self._serve, daemon=True).start()

    def read(self, key: str) -> bytes:
        """The body under a key; waits for the group's round trip."""
        future: Future[bytes] = Future()
        self._waiting.put((key, future))
        return future.result(timeout=30)

    def _serve(self) -> None:
        while True:
            group = [self._waiting.get()]
            while not self._waiting.empty() and len(group) < LARGEST_GROUP:
                group.append(self._waiting.get())
            found = {row["key"]: row["body"] for row in rows(READ_MANY, keys=[key for key, _ in group])}
            for key, future in group:
                future.set_result(found[key])


@cache
def group_reader() -> GroupReader:
    """The process's group reader."""
    return GroupReader()


def _file_chunks(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.iterdir()):
        with path.open("rb", buffering=0) as file:
            while chunk := file.read(CHUNK):
                yield chunk


def _fhir(body: bytes) -> Response:
    return Response(body, mimetype="application/fhir+json")


def create_app() -> Flask:
    """The routes of the spike."""
    app = Flask(__name__)
    files = Path(os.environ["SPIKE_FILES"])
    app.add_url_rule("/hello", "hello", lambda: Response(b"hello", mimetype="text/plain"))
    app.add_url_rule("/read/<key>", "read", lambda key: _fhir(rows(READ_ONE, key=key)[0]["body"]))
    app.add_url_rule("/grouped/<key>", "grouped", lambda key: _fhir(group_reader().read(key)))
    app.add_url_rule("/page/<int:after>", "page", _page)
    app.add_url_rule("/stream", "stream", lambda: _stream(files))
    app.add_url_rule("/frame", "frame", lambda: _fhir(next(_file_chunks(files))))
    app.add_url_rule("/file", "file", lambda: send_file(files.parent / "whole.bin", conditional=False))
    app.add_url_rule("/sink", "sink", _sink, methods=["POST"])
    app.add_url_rule("/slow", "slow", _slow)
    app.add_url_rule("/status", "status", _status)
    return app


def _page(after: int) -> Response:
    bodies = [row["body"] for row in rows(READ_PAGE, after=after)]
    return _fhir(b'{"entry":[' + b",".join(bodies) + b"]}")


def _stream(files: Path) -> Response:
    size = sum(path.stat().st_size for path in files.iterdir())
    return Response(
        _file_chunks(files), mimetype="application/octet-stream", headers={"Content-Length": str(size)}
    )


def _sink() -> Response:
    received = 0
    try:
        while chunk := request.stream.read(1 << 16):
            received += len(chunk)
    except Exception as error:  # what each server raises is a finding
        return Response(f"{type(error).__name__}: {error}", status=408)
    return Response(orjson.dumps({"received": received}), mimetype="application/json")


def _slow() -> Response:
    time.sleep(2)
    return Response(b"finished", mimetype="text/plain")


def _status() -> Response:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    facts = {"pid": os.getpid(), "peak_kb": peak, "threads": threading.active_count()}
    return Response(orjson.dumps(facts), mimetype="application/json")


def __getattr__(name: str) -> Flask:
    if name == "app":
        return create_app()
    raise AttributeError(name)
