"""The one gate of every connection that a request makes to somewhere else: what it trusts, where it may lead.

Trusted are the authorities of the operating system's store, as pip does: a hospital's proxy often signs what
passes through it with an authority of the site, which its administrators put into that store.
`SSL_CERT_FILE`, read by OpenSSL, and `REQUESTS_CA_BUNDLE` name others.

An address that somebody else named leads to the public network only, over https, unless the settings name its
origin: who may register clients could reach into the network behind the gateway otherwise. A name is resolved
once, by the gate, and the connection goes to the address that was judged, so no name means two things. No
redirect is followed and no credentials are sent that the caller does not give.
"""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
import truststore
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.util.connection import create_connection

from graph.errors import Invalid, TooLarge, Unavailable

SECONDS = (3.05, 5.0)
"""To connect, and between two chunks."""
_CHUNK = 16 << 10
_SCHEMES = ("http", "https")
_AUTHORITIES = "REQUESTS_CA_BUNDLE"
_GLOBAL_UNICAST = IPv6Network(
    "2000::/3"
)  # RFC 4291 2.4; nothing else of IPv6 is a host of the public network
_TRANSLATED = IPv6Network("64:ff9b::/96")  # IPv4 as a translating network writes it (RFC 6052 2.1)
_RELAYS = (
    IPv6Network("2001::/32"),
    IPv6Network("3fff::/20"),
)  # Teredo (RFC 4380 2.6); documentation (RFC 9637)
_OLD_RELAY = IPv4Address("192.88.99.0")  # /24, given back by RFC 7526


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one kind of address may lead.

    `origins` are named by the settings, inside the network or not; `public`: https of the public network
    beside them; `proxied`: the proxy of the environment is asked, which then decides what it lets through.
    """

    origins: frozenset[str] = field(default_factory=frozenset)
    public: bool = False
    proxied: bool = False

    def allows(self, url: str) -> bool:
        """Whether the address is in reach by what it says; the public network is judged on connecting."""
        origin = origin_of(url)
        if origin is None:
            return False
        return origin in self.origins or (self.public and origin.startswith("https:"))


def trust_the_system() -> None:
    """Let every TLS connection of this process trust what the operating system trusts."""
    truststore.inject_into_ssl()


class _Inside(HTTPError):
    """A name that stands for no address of the public network."""


def _connected(host: str, port: int, options: Any, timeout: Any) -> socket.socket:
    """A connection to the first public address of a host that answers; raises `OSError` or `_Inside`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    public = list(dict.fromkeys(str(each[4][0]) for each in found if is_public(str(each[4][0]))))
    if not public:
        raise _Inside("not of the public network")
    failure: OSError = OSError("no address answers")
    for address in public:
        try:
            return create_connection((address, port), timeout, socket_options=options)
        except OSError as error:
            failure = error
    raise failure


class _PublicConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self.host, self.port, self.socket_options, self.timeout)


class _PublicSecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self.host, self.port, self.socket_options, self.timeout)


class _PublicPool(HTTPConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicSecurePool(HTTPSConnectionPool):
    ConnectionCls = _PublicSecureConnection


class _PublicOnly(HTTPAdapter):
    """Connects to addresses of the public network only; nothing inside hears of the attempt."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        pools = {"http": _PublicPool, "https": _PublicSecurePool}
        self.poolmanager.pool_classes_by_scheme = pools


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network; one of IPv4 inside of IPv6 counts as itself."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = _inner(found)
        if inner is None:
            relayed = any(found in each for each in _RELAYS)
            return found in _GLOBAL_UNICAST and found.is_global and not relayed
        found = inner
    old = int(found) >> 8 == int(_OLD_RELAY) >> 8
    return found.is_global and not (found.is_multicast or found.is_reserved or old)


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


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


@contextmanager
def outgoing(
    url: str,
    reach: Reach,
    *,
    form: Mapping[str, str] | None = None,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: tuple[float, float] = SECONDS,
) -> Iterator[requests.Response]:
    """The answer to one request, its body unread: a GET, or a POST of the form or body that is given.

    `seconds` are the patience to connect and between two chunks. Raises `Invalid` for an address beyond its
    reach, before anything is sent, and `Unavailable` where nobody answers, then and while the body is read.
    """
    if not reach.allows(url):
        raise Invalid("the address is no https address of the public network, and no origin that is allowed")
    trust_the_system()
    with requests.Session() as session:
        session.trust_env = False  # no password of a .netrc goes out
        proxies = requests.utils.get_environ_proxies(url) if reach.proxied else {}
        if origin_of(url) not in reach.origins and not proxies:
            for scheme in _SCHEMES:
                session.mount(f"{scheme}://", _PublicOnly())
        try:
            with session.request(
                "GET" if form is None and body is None else "POST",
                url,
                data=body if form is None else form,
                headers=headers,
                stream=True,
                allow_redirects=False,
                timeout=seconds,
                proxies=proxies,
                verify=os.environ.get(_AUTHORITIES) or True,
            ) as answer:
                yield answer
        except (requests.RequestException, HTTPError, OSError) as error:
            raise Unavailable("the address does not answer, or is inside the network") from error


def fetch(url: str, reach: Reach, largest: int) -> bytes:
    """The body behind an address, at most `largest` bytes of it.

    Raises what `outgoing` raises, `Unavailable` for any status but 200, and `TooLarge`.
    """
    with outgoing(url, reach) as answer:
        return read(answer, largest)


def read(answer: requests.Response, largest: int) -> bytes:
    """The body of an answer of 200, unpacked; raises `Unavailable` for another status, and `TooLarge`."""
    _require_ok(answer)
    body = bytes(answer.raw.read(largest + 1, decode_content=True))
    if len(body) > largest:
        raise TooLarge(f"more than {largest} bytes are there")
    return body


def read_until(answer: requests.Response, largest: int, until: float) -> bytes:
    """The body of an answer of 200, unpacked, which has to be there by a moment of `time.monotonic`.

    Raises `Unavailable` for another status and where it comes too late, and `TooLarge`.
    """
    _require_ok(answer)
    body = bytearray()
    while chunk := bytes(answer.raw.read1(_CHUNK, decode_content=True)):
        body += chunk
        if len(body) > largest:
            raise TooLarge(f"more than {largest} bytes are there")
        if monotonic() >= until:
            raise Unavailable("the address answers too slowly")
    return bytes(body)


def _require_ok(answer: requests.Response) -> None:
    if answer.status_code != HTTPStatus.OK:
        raise Unavailable(f"the address answers {answer.status_code}")
