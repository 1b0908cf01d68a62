"""A proxy is believed about its client where it is named, and about nothing else."""

from collections.abc import Iterable
from typing import Any

import pytest

from app.http.kit.doorway import Doorway, Proxies

OURS = ("10.0.0.0/8", "::1/128")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.9", "203.0.113.7", "192.0.2.9"),
        ("10.1.2.3", "203.0.113.7", "203.0.113.7"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("10.1.2.3", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        ("10.1.2.3", "203.0.113.7,10.4.5.6", "203.0.113.7"),
        ("10.1.2.3", "10.9.9.9", "10.9.9.9"),
        ("10.1.2.3", "unknown", "10.1.2.3"),
        ("10.1.2.3", "203.0.113.7, _hidden", "10.1.2.3"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("", "203.0.113.7", ""),
    ],
)
def test_the_client_is_the_last_address_that_no_proxy_of_ours_has(
    peer: str, forwarded: str, client: str
) -> None:
    assert Proxies(OURS).client(peer, forwarded) == client


def seen(base_url: str, proxies: tuple[str, ...] = (), **environ: Any) -> dict[str, Any]:
    """What an application sees of a request."""
    found: dict[str, Any] = {}

    def application(environ: dict[str, Any], _: Any) -> Iterable[bytes]:
        found.update(environ)
        return ()

    Doorway(application, base_url, proxies)(environ, lambda *_: lambda _: None)
    return found


def test_a_request_is_one_to_the_base_address() -> None:
    said = {"HTTP_HOST": "evil", "SCRIPT_NAME": "/evil", "wsgi.url_scheme": "ftp", "SERVER_PORT": "1"}

    assert seen("https://hilum.example/pacs", **said) == {
        "wsgi.url_scheme": "https",
        "HTTP_HOST": "hilum.example",
        "SERVER_NAME": "hilum.example",
        "SERVER_PORT": "443",
        "SCRIPT_NAME": "/pacs",
    }


@pytest.mark.parametrize(("proxies", "address"), [((), "10.0.0.1"), (("10.0.0.1",), "203.0.113.7")])
def test_forwarded_addresses_count_from_named_proxies(proxies: tuple[str, ...], address: str) -> None:
    said = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.7"}

    assert seen("http://[::1]:8042", proxies, **said)["REMOTE_ADDR"] == address
