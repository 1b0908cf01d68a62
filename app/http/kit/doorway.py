"""Where a request came to and whom it came from: of the settings and the socket, not of what it says itself.

Host, SCRIPT_NAME and forwarded headers are a client's words, and an application that builds addresses or
routes from them sends the next client elsewhere (RFC 9110 17.1). So the gateway's own address takes their
place before anything reads them, and a proxy is believed about its client only where the settings name the
proxy.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PORTS = {"http": "80", "https": "443"}
_FORWARDED_FOR = "HTTP_X_FORWARDED_FOR"


class Doorway:
    """Lets requests in to an application as requests to `base_url`, whatever they call it.

    `proxies` are the addresses and networks whose X-Forwarded-For counts.
    """

    def __init__(self, application: "WSGIApplication", base_url: str, proxies: Sequence[str]) -> None:
        self._application = application
        self._place = _place_of(base_url)
        self._client = Proxies(proxies).client if proxies else None

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        environ.update(self._place)
        if self._client and (forwarded := environ.get(_FORWARDED_FOR)):
            environ["REMOTE_ADDR"] = self._client(environ.get("REMOTE_ADDR", ""), forwarded)
        return self._application(environ, start_response)


def _place_of(base_url: str) -> dict[str, Any]:
    """The variables of WSGI that say which address was asked, for the gateway's own."""
    found = urlsplit(base_url)
    return {
        "wsgi.url_scheme": found.scheme,
        "HTTP_HOST": found.netloc.rpartition("@")[2],
        "SERVER_NAME": found.hostname or "",
        "SERVER_PORT": str(found.port or _PORTS[found.scheme]),
        "SCRIPT_NAME": found.path.rstrip("/"),
    }


class Proxies:
    """The proxies that are believed about their clients."""

    def __init__(self, names: Sequence[str]) -> None:
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(map(ip_network, names))

    def client(self, peer: str, forwarded: str) -> str:
        """The address of who asked: the last one that no proxy of ours has, from the connection outwards.

        What stands before it in X-Forwarded-For is that client's own word; what is no address ends the way.
        """
        nearest = peer
        for each in reversed(forwarded.split(",")):
            if not self._trusts(nearest):
                break
            named = each.strip()
            if not _is_address(named):
                break
            nearest = named
        return nearest

    def _trusts(self, address: str) -> bool:
        if not _is_address(address):
            return False
        found = ip_address(address)
        return any(found in network for network in self._networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
