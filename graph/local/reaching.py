"""Why an address cannot be fetched from this machine, and what to do about it."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from http.client import HTTPSConnection
from urllib.parse import urlsplit

import requests
from cryptography import x509
from urllib3.exceptions import ProtocolError

TIMEOUT_SECONDS = 10
_MOST_CAUSES = 20
_FAILURES: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (  # the first that fits
    ((requests.exceptions.ProxyError,), "the proxy {proxy} does not let {host} through; see HTTPS_PROXY"),
    (
        (socket.gaierror,),
        "the name {host} is not found; ask for DNS, or name the site's proxy in HTTPS_PROXY",
    ),
    (
        (ssl.SSLCertVerificationError,),
        "the certificate that {host} shows{issuer} is not trusted; if that is the authority of your site, "
        "add it to the certificates of the operating system, or name its file in SSL_CERT_FILE",
    ),
    ((ssl.SSLError,), "no TLS connection to {host} comes about"),
    (
        (ConnectionRefusedError,),
        "{host} refuses the connection; a firewall may ask for the proxy, to be named in HTTPS_PROXY",
    ),
    ((TimeoutError, requests.Timeout), "{host} does not answer in time; a firewall may drop what is sent"),
    (
        (ConnectionResetError, ProtocolError, requests.exceptions.ChunkedEncodingError),
        "the connection to {host} was cut off; a filter may stop large files",
    ),
)
_STATUSES: Mapping[int, str] = {
    HTTPStatus.FORBIDDEN: "{host} answers 403: it, or a filter before it, forbids the download",
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: "the proxy asks for a sign-in: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT",
    HTTPStatus.NOT_FOUND: "{host} does not have them",
}


def why_unfetched(url: str, failure: BaseException) -> str:
    """What keeps this machine from fetching an address, after `failure`; asks for it once more."""
    try:
        with requests.get(url, stream=True, timeout=TIMEOUT_SECONDS) as answer:
            if answer.status_code != HTTPStatus.OK:
                return _STATUSES.get(answer.status_code, "{host} answers {status}").format(
                    host=_host(url), status=answer.status_code
                )
    except requests.RequestException as error:
        failure = error
    return _told(url, failure)


def _told(url: str, failure: BaseException) -> str:
    causes = tuple(_causes(failure))
    for kinds, text in _FAILURES:
        if any(isinstance(cause, kinds) for cause in causes):
            issuer = _issuer(url) if "{issuer}" in text else ""
            return text.format(host=_host(url), proxy=_proxy(url) or "", issuer=issuer)
    return f"{_host(url)} cannot be reached"


def _causes(failure: BaseException) -> Iterator[BaseException]:
    """A failure and what is behind it: the libraries hand it on as an argument, a reason or a cause."""
    waiting, seen = [failure], 0
    while waiting and seen < _MOST_CAUSES:
        cause = waiting.pop(0)
        seen += 1
        yield cause
        behind = (*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__)
        waiting.extend(each for each in behind if isinstance(each, BaseException))


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _proxy(url: str) -> str | None:
    """The proxy that requests would take, without the sign-in that its address may hold."""
    chosen = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))
    return urlsplit(chosen).netloc.rpartition("@")[2] if chosen else None


def _issuer(url: str) -> str:
    """Who issued the certificate that is shown, which is not believed; empty where none can be read."""
    where = urlsplit(url)
    proxy = _proxy(url)
    connection = HTTPSConnection(
        proxy or where.netloc,
        timeout=TIMEOUT_SECONDS,
        context=ssl._create_unverified_context(),  # noqa: S323 - to read a certificate, not to trust it
    )
    if proxy:
        connection.set_tunnel(where.hostname or "", where.port or 443)
    try:
        connection.connect()
        shown = bytes(connection.sock.getpeercert(binary_form=True) or b"")
        issuer = x509.load_der_x509_certificate(shown).issuer.rfc4514_string()
    except (OSError, ValueError):
        return ""
    finally:
        connection.close()
    return f", issued by {issuer},"
