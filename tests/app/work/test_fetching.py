"""Lines of an import are fetched from the origins that are allowed, and from nowhere else."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from app.work.bulk.fetching import Fetching
from graph.errors import HilumError, Invalid, TooLarge, Unavailable

LINES = b'{"resourceType":"Patient"}\n' * 3


class Elsewhere(BaseHTTPRequestHandler):
    """Lines at /lines, another way to them at /moved, and nothing else."""

    def do_GET(self) -> None:
        found = {"/lines": 200, "/moved": 302}.get(self.path, 404)
        self.send_response(found)
        self.send_header("Location", "/lines")
        self.send_header("Content-Length", str(len(LINES)))
        self.end_headers()
        self.wfile.write(LINES)

    def log_message(self, *_: object) -> None:
        """Nothing is said of it."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def fetched(origin: str, url: str, largest: int = 1000) -> bytes:
    return b"".join(Fetching(frozenset({origin}), largest).fetch(url))


def test_what_is_allowed_is_fetched(origin: str) -> None:
    assert fetched(origin, f"{origin}/lines") == LINES


@pytest.mark.parametrize(
    ("path", "largest", "failure"),
    [("/moved", 1000, Invalid), ("/nothing", 1000, Invalid), ("/lines", 10, TooLarge)],
)
def test_no_other_way_is_gone_and_no_more_is_taken(
    origin: str, path: str, largest: int, failure: type[HilumError]
) -> None:
    with pytest.raises(failure):
        fetched(origin, origin + path, largest)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/lines",
        "http://localhost:{port}/lines",
        "http://127.0.0.1:{port}@elsewhere.example/lines",
        "http://user:secret@127.0.0.1:{port}/lines",
        "http://127.0.0.1:{port}0/lines",
        "ftp://127.0.0.1:{port}/lines",
        "//127.0.0.1:{port}/lines",
        "http://[::1/lines",
        "file:///etc/passwd",
    ],
)
def test_another_origin_is_not_asked(origin: str, url: str) -> None:
    with pytest.raises(Invalid):
        fetched(origin, url.format(port=origin.rpartition(":")[2]))


def test_who_does_not_answer_is_asked_again_later() -> None:
    with pytest.raises(Unavailable):
        fetched("http://127.0.0.1:9", "http://127.0.0.1:9/lines")
