"""What outgoing connections trust, and where those may go that somebody else named.

Trusted are the authorities of the operating system's store, as pip does: a hospital's proxy often signs what
passes through it with an authority of the site, which its administrators put into that store.
`SSL_CERT_FILE`, read by OpenSSL, and `REQUESTS_CA_BUNDLE`, read by requests, name others.

An address that a client registered leads to the public network only, over https, unless the settings name its
origin: who may register clients could reach into the network behind the gateway otherwise. What counts is the
address that the connection has in the end, not what a name resolved to before.
"""

import socket
from collections.abc import Collection
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
import truststore
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from graph.errors import Invalid, TooLarge, Unavailable

_SECONDS = (3.05, 5.0)  # to connect, and between two chunks
_OK = 200
_SCHEMES = ("http", "https")


def trust_the_system() -> None:
    """Let every TLS connection of this process trust what the operating system trusts."""
    truststore.inject_into_ssl()


class _Inside(OSError):
    """The other end is not of the public network."""


class _PublicConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _of_the_public(super()._new_conn())


class _PublicSecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _of_the_public(super()._new_conn())


class _PublicPool(HTTPConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicSecurePool(HTTPSConnectionPool):
    ConnectionCls = _PublicSecureConnection


class _PublicOnly(HTTPAdapter):
    """Connects to addresses of the public network only; it looks before it sends the first byte."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        pools = {"http": _PublicPool, "https": _PublicSecurePool}
        self.poolmanager.pool_classes_by_scheme = pools


def _of_the_public(connected: socket.socket) -> socket.socket:
    if not is_public(str(connected.getpeername()[0])):
        connected.close()
        raise _Inside
    return connected


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network; one of IPv4 inside of IPv6 counts as itself."""
    found = ip_address(address.partition("%")[0])
    inner = (found.ipv4_mapped or found.sixtofour) if isinstance(found, IPv6Address) else None
    found = inner or found
    return found.is_global and not found.is_multicast


def origin_of(url: str) -> str | None:
    """The origin of a web address (RFC 6454 6.1) as the settings write it; None for what is none."""
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        return None
    if found.scheme not in _SCHEMES or not found.hostname or "@" in found.netloc:
        return None
    host = f"[{found.hostname}]" if ":" in found.hostname else found.hostname
    return f"{found.scheme}://{host}" + (f":{port}" if port else "")


def fetch_foreign(url: str, allowed: Collection[str], largest: int) -> bytes:
    """The body behind an address that somebody named, at most `largest` bytes of it.

    Redirects are not followed, no credentials are sent and no proxy is asked. `allowed` are origins of the
    inner network. Raises `Invalid` for an address that is not to be fetched, `TooLarge`, and `Unavailable`
    where the other side does not answer.
    """
    origin = origin_of(url)
    known = origin in allowed
    if origin is None or not (known or origin.startswith("https:")):
        raise Invalid("the address is no https address of the public network, and no origin that is allowed")
    trust_the_system()
    with requests.Session() as session:
        session.trust_env = False
        if not known:
            for scheme in _SCHEMES:
                session.mount(f"{scheme}://", _PublicOnly())
        try:
            with session.get(url, stream=True, allow_redirects=False, timeout=_SECONDS) as answer:
                body = answer.raw.read(largest + 1, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise Unavailable("the address does not answer, or is inside the network") from error
    if answer.status_code != _OK:
        raise Unavailable(f"the address answers {answer.status_code}")
    if len(body) > largest:
        raise TooLarge(f"more than {largest} bytes are there")
    return bytes(body)
