"""A client behind a slow line: it takes an answer at a rate, and says when it could show a first picture."""

import socket
import time
from dataclasses import dataclass

from bench.clients import Gateway

_STEP = 0.01  # seconds between two looks at the line
_WINDOW = 32 << 10  # bytes that may wait in the kernel unread


@dataclass(frozen=True, slots=True)
class SlowLine:
    """A line of `rate` bits a second to a gateway."""

    gateway: Gateway
    rate: float

    def seconds(self, path: str, headers: dict[str, str], size: float) -> float:
        """How long until `size` bytes of the body have come, or that share of it where it is below 1.

        Raises unless the answer is 200 and as long.
        """
        address = (self.gateway.host, self.gateway.port)
        with socket.socket() as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WINDOW)
            line.connect(address)
            told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            began = time.perf_counter()
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\n{told}\r\n".encode())
            head, body = _head(line)
            told_of = _checked(head)
            wanted = size if size > 1 else size * int(told_of["content-length"])
            self._take(line, int(wanted) - len(body))
            return time.perf_counter() - began

    def _take(self, line: socket.socket, size: int) -> None:
        began, taken = time.perf_counter(), 0
        while taken < size:
            allowed = int((time.perf_counter() - began) * self.rate / 8) - taken
            if allowed <= 0:
                time.sleep(_STEP)
                continue
            taken += len(_received(line, min(allowed, size - taken)))


def _head(line: socket.socket) -> tuple[bytes, bytes]:
    """The head of the answer, and what came of its body with it."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _received(line, 4096)
    head, _, body = received.partition(b"\r\n\r\n")
    return head, body


def _received(line: socket.socket, size: int) -> bytes:
    if chunk := line.recv(size):
        return chunk
    raise ConnectionError("the gateway closed the connection")


def _checked(head: bytes) -> dict[str, str]:
    first, *lines = head.decode("latin-1").split("\r\n")
    if " 200 " not in first:
        raise RuntimeError(first)
    return dict(line.lower().split(": ", 1) for line in lines)
