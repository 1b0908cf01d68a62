"""An address that somebody named leads to the public network over https, or nobody hears of it."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from app.outgoing import Reach, fetch, is_public, origin_of, outgoing
from graph.errors import Invalid, TooLarge, Unavailable

BODY = b'{"keys": []}'


PUBLIC = Reach(public=True)


class Inside(BaseHTTPRequestHandler):
    """A server of the inner network; it notes who came."""

    asked: list[str] = []  # noqa: RUF012 - shared by all requests on purpose

    def do_GET(self) -> None:
        self.asked.append(self.path)
        redirected = self.path == "/redirect"
        self.send_response(302 if redirected else 200)
        if redirected:
            self.send_header("Location", "/keys")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def do_POST(self) -> None:
        self.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


class Listening(HTTPServer):
    """Counts connections, whether anything is said on them or not."""

    reached = 0

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        self.reached += 1
        return super().get_request()


@pytest.fixture
def server() -> Iterator[Listening]:
    Inside.asked.clear()
    with Listening(("127.0.0.1", 0), Inside) as listening:
        Thread(target=listening.serve_forever, daemon=True).start()
        yield listening
        listening.shutdown()


@pytest.fixture
def inside(server: Listening) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


def test_an_origin_that_is_allowed_is_asked(inside: str) -> None:
    assert fetch(f"{inside}/keys", Reach(frozenset({inside})), 100) == BODY


def test_a_form_is_posted_there_too(inside: str) -> None:
    with outgoing(f"{inside}/token", Reach(frozenset({inside})), form={"code": "a b"}) as answer:
        assert answer.status_code == 200
    assert Inside.asked == ["code=a+b"]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[::7f00:1]",
    ],
)
def test_nobody_inside_hears_of_an_address_whatever_form_it_has(server: Listening, host: str) -> None:
    with pytest.raises(Unavailable):
        fetch(f"https://{host}:{server.server_address[1]}/", PUBLIC, 100)
    assert server.reached == 0


@pytest.mark.parametrize(
    "resolved",
    [("127.0.0.1",), ("10.0.0.5", "192.168.1.1"), ("169.254.169.254",), ("::1", "fe80::1", "fd00::7")],
)
def test_a_name_that_stands_for_the_inner_network_is_not_asked(
    server: Listening, monkeypatch: pytest.MonkeyPatch, resolved: tuple[str, ...]
) -> None:
    port = server.server_address[1]
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in resolved]
    monkeypatch.setattr("app.outgoing.socket.getaddrinfo", lambda *_, **__: answers)

    with pytest.raises(Unavailable):
        fetch(f"https://keys.example:{port}/", PUBLIC, 100)
    assert server.reached == 0


def test_a_name_is_resolved_once_and_the_address_that_was_judged_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    turns = iter((("127.0.0.1", "93.184.216.34"), ("127.0.0.1",)))

    def resolve(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in next(turns)]

    def connect(address: tuple[str, int], *_: object, **__: object) -> socket.socket:
        asked.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("app.outgoing.socket.getaddrinfo", resolve)
    monkeypatch.setattr("app.outgoing.create_connection", connect)
    with pytest.raises(Unavailable):
        fetch("https://keys.example/", PUBLIC, 100)

    assert asked == ["93.184.216.34"]


@pytest.mark.parametrize(
    "address",
    ["ftp://x.example/", "file:///etc/passwd", "http://x.example/", "https://u@x.example/", "x", ""],
)
def test_what_is_no_https_address_is_not_asked(address: str) -> None:
    with pytest.raises(Invalid):
        fetch(address, PUBLIC, 100)


def test_redirects_and_endless_bodies_lead_nowhere(inside: str) -> None:
    reach = Reach(frozenset({inside}))
    with pytest.raises(Unavailable):
        fetch(f"{inside}/redirect", reach, 100)
    assert Inside.asked == ["/redirect"]
    with pytest.raises(TooLarge):
        fetch(f"{inside}/keys", reach, 3)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("2002:5db8:d822::1", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("64:ff9b:1::1", False),
        ("::7f00:1", False),
        ("::", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("2001:0:4136:e378::1", False),
        ("2001:db8::1", False),
        ("3fff::1", False),
        ("5f00::1", False),
        ("192.88.99.1", False),
        ("198.18.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
    ],
)
def test_what_is_public_is_known(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://x.example/a?b", "https://x.example"),
        ("http://[::1]:80/", "http://[::1]:80"),
        ("https://x.example:99999/", None),
        ("org.app:/x", None),
    ],
)
def test_an_origin_is_written_as_the_settings_write_it(url: str, origin: str | None) -> None:
    assert origin_of(url) == origin
