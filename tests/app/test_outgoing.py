"""An address that somebody named leads to the public network over https, or it is not asked."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from app.outgoing import fetch_foreign, is_public, origin_of
from graph.errors import HilumError, Invalid, TooLarge, Unavailable

BODY = b'{"keys": []}'


class Inside(BaseHTTPRequestHandler):
    """A server of the inner network; it counts who came."""

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

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def inside() -> Iterator[str]:
    Inside.asked.clear()
    with HTTPServer(("127.0.0.1", 0), Inside) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_an_origin_that_is_allowed_is_asked(inside: str) -> None:
    assert fetch_foreign(f"{inside}/keys", {inside}, 100) == BODY


def test_what_is_inside_the_network_is_not_asked_whatever_its_name(inside: str) -> None:
    port = inside.rpartition(":")[2]
    for address in (f"{inside}/keys", f"https://127.0.0.1:{port}/", f"https://localhost:{port}/"):
        with pytest.raises(HilumError):
            fetch_foreign(address, (), 100)
    assert not Inside.asked


@pytest.mark.parametrize(
    "address",
    ["ftp://x.example/", "file:///etc/passwd", "http://x.example/", "https://u@x.example/", "x", ""],
)
def test_what_is_no_https_address_is_not_asked(address: str) -> None:
    with pytest.raises(Invalid):
        fetch_foreign(address, (), 100)


def test_redirects_and_endless_bodies_lead_nowhere(inside: str) -> None:
    with pytest.raises(Unavailable):
        fetch_foreign(f"{inside}/redirect", {inside}, 100)
    assert Inside.asked == ["/redirect"]
    with pytest.raises(TooLarge):
        fetch_foreign(f"{inside}/keys", {inside}, 3)


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
