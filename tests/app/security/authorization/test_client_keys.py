"""Keys of clients are asked for rarely, replaced when the client replaces them, and never guessed."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey
from joserfc.util import urlsafe_b64encode

from app.security.authorization.client_keys import FRESH_SECONDS, PAUSE_SECONDS, ClientKeys, keys_of
from graph.authorization.clients import RegisteredClient
from graph.errors import Invalid

SHORT = urlsafe_b64encode((1 << 1023 | 1).to_bytes(128)).decode()  # the modulus of a short key


def key(kid: str) -> dict[str, Any]:
    return dict(ECKey.generate_key("P-384", {"kid": kid}, private=True).as_dict(private=False))


class Published(BaseHTTPRequestHandler):
    """The keys of a client at an address of its own."""

    keys: list[dict[str, Any]] = []  # noqa: RUF012 - shared by all requests on purpose
    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        body = json.dumps({"keys": self.keys}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def origin() -> Iterator[str]:
    Published.asked, Published.keys = 0, [key("one")]
    with HTTPServer(("127.0.0.1", 0), Published) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def client(address: str) -> RegisteredClient:
    return RegisteredClient(
        client_id="c", name="c", method="private_key_jwt", scope="", jwks_uri=f"{address}/keys"
    )


def test_keys_are_fetched_once_and_again_when_one_is_not_known(origin: str) -> None:
    moment = [0.0]
    keys, own = ClientKeys({origin}, lambda: moment[0]), client(origin)
    assert keys.find(own, "one")
    assert keys.find(own, "one")
    assert Published.asked == 1

    Published.keys = [key("two")]
    assert keys.find(own, "two") is None  # a made-up kid makes nobody ask again at once
    assert Published.asked == 1

    moment[0] = PAUSE_SECONDS
    assert keys.find(own, "two")
    assert keys.find(own, "one") is None


def test_keys_that_cannot_be_confirmed_are_not_believed_any_more(origin: str) -> None:
    moment = [0.0]
    keys, own = ClientKeys({origin}, lambda: moment[0]), client(origin)
    assert keys.find(own, "one")

    Published.keys = []  # no JWK set of a client any more
    moment[0] = FRESH_SECONDS - 1
    assert keys.find(own, "one")
    moment[0] = FRESH_SECONDS + 1
    assert keys.find(own, "one") is None


def test_an_address_inside_the_network_is_not_asked(origin: str) -> None:
    assert ClientKeys(()).find(client(origin), "one") is None
    assert Published.asked == 0


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"keys": {}},
        {"keys": [7]},
        {"keys": []},
        {"keys": [key("x")] * 100},
        {"keys": [{**key("x"), "kid": 7}]},
        {"keys": [{**key("x"), "use": "enc"}]},
        {"keys": [ECKey.generate_key("P-384", {"kid": "x"}, private=True).as_dict(private=True)]},
        {"keys": [ECKey.generate_key("P-256", {"kid": "x"}, private=True).as_dict(private=False)]},
        {"keys": [OctKey.generate_key(256, {"kid": "x"}).as_dict(private=True)]},
        {"keys": [{"kty": "RSA", "kid": "x", "e": "AQAB", "n": SHORT}]},
    ],
)
def test_what_is_no_set_of_public_keys_for_signing_is_refused(document: Any) -> None:
    with pytest.raises(Invalid):
        keys_of(document)
