"""A Maven repository on loopback that can misbehave as real networks do."""

import hashlib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from graph.local.lock import LockedJar


def locked_jar(artifact: str, content: bytes) -> LockedJar:
    """The lock's line for a jar of this content."""
    return LockedJar("org.example", artifact, "1.0", "", hashlib.sha256(content).hexdigest(), len(content))


@dataclass
class Repository:
    """`files` by artifact; the first `cut[artifact]` answers for one are cut off half-way.

    With a `refusal` that is the status of every answer.
    """

    url: str
    files: dict[str, bytes]
    cut: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refusal: HTTPStatus | None = None

    def answer(self, path: str) -> tuple[HTTPStatus, bytes, int]:
        """Status, bytes to send, and the length to claim."""
        if self.refusal:
            return self.refusal, b"", 0
        artifact = path.split("/")[-3]
        content = self.files.get(artifact)
        if content is None or not path.endswith(".jar"):
            return HTTPStatus.NOT_FOUND, b"", 0
        self.asked.append(artifact)
        if self.cut.get(artifact, 0) > 0:
            self.cut[artifact] -= 1
            return HTTPStatus.OK, content[: len(content) // 2], len(content)
        return HTTPStatus.OK, content, len(content)


@contextmanager
def serving(files: dict[str, bytes], tls: ssl.SSLContext | None = None) -> Iterator[Repository]:
    """Serve `files` as jars of `org.example`, version 1.0; over TLS where its context is given."""
    repository = Repository("", files)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content, length = repository.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the test reads `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    repository.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/maven2"
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield repository
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
