"""A service that speaks OpenAI's chat completions, on a port of its own: it answers what a test lays down."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Answering = Callable[[BaseHTTPRequestHandler], None]


class Outside:
    """What it was asked, and how it answers next."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.paths: list[str] = []
        self.answering: Answering = message({})
        self.url = ""


def sent(body: bytes, status: int = 200, **headers: str) -> Answering:
    """Answer with a body."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def content(text: str) -> Answering:
    """Answer with a message."""
    return sent(json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode())


def message(question: Any) -> Answering:
    """Answer with a question."""
    return content(json.dumps(question))


def drop_by_drop(seconds: float) -> Answering:
    """Answer a byte at a time."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(seconds)

    return answer


def nothing(handler: BaseHTTPRequestHandler) -> None:
    """Hang up."""
    handler.close_connection = True


@contextmanager
def serving() -> Iterator[Outside]:
    """A service that runs as long as the block."""
    outside = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            outside.paths.append(self.path)
            outside.keys.append(self.headers["Authorization"])
            outside.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            try:
                outside.answering(self)
            except ConnectionError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        outside.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        yield outside
        server.shutdown()
