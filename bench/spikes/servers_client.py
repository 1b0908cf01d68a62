"""A cheap HTTP client for the web-server spike: raw sockets, because client and server share two cores."""

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

HOST = "127.0.0.1"
_BUFFER = bytearray(1 << 20)


def connect(port: int, *, timeout: float = 60) -> socket.socket:
    """A connected socket without Nagle's delay."""
    sock = socket.create_connection((HOST, port), timeout=timeout)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def get(path: str) -> bytes:
    """The bytes of a GET."""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept: */*\r\n\r\n".encode()


def head_of(data: bytes) -> tuple[int, int, int]:
    """(status, length of the head, Content-Length or -1 when chunked or open-ended) of a response."""
    end = data.index(b"\r\n\r\n") + 4
    status = int(data[9:12])
    for line in data[:end].lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return status, end, int(line[15:])
    return status, end, -1


def ask(port: int, request: bytes, *, timeout: float = 60) -> tuple[int, bytes]:
    """One request on a connection of its own; (status, body), status 0 when the server closed first."""
    with connect(port, timeout=timeout) as sock:
        sock.sendall(request)
        return receive(sock)


def receive(sock: socket.socket) -> tuple[int, bytes]:
    """Read one response with a Content-Length; status 0 when the peer closed before a whole head."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = sock.recv(1 << 16)
        if not more:
            return 0, data
        data += more
    status, end, length = head_of(data)
    while length < 0 or len(data) < end + length:
        more = sock.recv(1 << 16)
        if not more:
            break
        data += more
    return status, data[end:]


@dataclass(slots=True)
class _Lane:
    """One keep-alive connection and what it still has to receive."""

    sock: socket.socket
    port: int
    expected: int = -1
    received: int = 0
    head: bytearray = field(default_factory=bytearray)
    started: float = 0.0

    def again(self, selector: selectors.BaseSelector, request: bytes) -> None:
        """Begin the next request, on a new connection when the server ends each (gunicorn's sync worker)."""
        if b"\r\nconnection: close" in bytes(self.head).lower():
            selector.unregister(self.sock)
            self.sock.close()
            self.sock = connect(self.port)
            selector.register(self.sock, selectors.EVENT_READ, self)
        self.begin(request)

    def begin(self, request: bytes) -> None:
        self.expected, self.received = -1, 0
        self.head.clear()
        self.started = time.perf_counter()
        self.sock.sendall(request)

    def take(self) -> bool:
        """Receive once; True when the response is whole."""
        count = self.sock.recv_into(_BUFFER)
        if not count:
            raise ConnectionError("server closed a connection under load")
        self.received += count
        if self.expected < 0:
            self.head += _BUFFER[:count]
            if b"\r\n\r\n" not in self.head:
                return False
            status, end, length = head_of(bytes(self.head))
            if status != 200:
                raise ConnectionError(f"answer {status}")
            self.expected = end + length
        return self.received >= self.expected


@dataclass(frozen=True, slots=True)
class Load:
    """Outcome of one load: requests and bytes a second, slowest answer in seconds."""

    per_second: float
    bytes_per_second: float
    slowest: float


def load(port: int, requests: Callable[[], Iterator[bytes]], *, clients: int, seconds: float) -> Load:
    """Drive `clients` keep-alive connections from one thread for `seconds`, a request in flight each."""
    source = requests()
    selector = selectors.DefaultSelector()
    lanes = [_Lane(connect(port), port) for _ in range(clients)]
    for lane in lanes:
        selector.register(lane.sock, selectors.EVENT_READ, lane)
        lane.begin(next(source))
    start = time.perf_counter()
    done, taken, slowest = 0, 0, 0.0
    while (now := time.perf_counter()) < start + seconds:
        for key, _ in selector.select(1.0):
            lane = key.data
            if lane.take():
                done, taken = done + 1, taken + lane.received
                slowest = max(slowest, time.perf_counter() - lane.started)
                lane.again(selector, next(source))
    slowest = max(slowest, *(now - lane.started for lane in lanes))
    for lane in lanes:
        lane.sock.close()
    return Load(done / (now - start), taken / (now - start), slowest)
