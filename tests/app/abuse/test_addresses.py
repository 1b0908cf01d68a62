"""Where a request came to is a setting: nothing that a request says of it changes a byte of an answer."""

import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import closing
from http.client import HTTPConnection

import pytest

from tests.app.abuse.test_connections import opened, until_closed
from tests.app.security.planting import Target
from tests.app.security.routes import Route
from tests.app.security.routes_table import ROUTES
from tests.app.serving import NOT_ALL_IS_THERE, ServedGateway

TARGET = Target("mark", "nobody", "no-study")
ELSEWHERE = "elsewhere.example"
CLAIMS = (
    ("Host", ELSEWHERE),
    ("Host", f"{ELSEWHERE}:1"),
    ("X-Forwarded-Host", ELSEWHERE),
    ("X-Forwarded-Server", ELSEWHERE),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Protocol", "ssl"),
    ("X-Forwarded-Ssl", "on"),
    ("X-Forwarded-Scheme", "https"),
    ("X-Forwarded-Port", "1"),
    ("X-Forwarded-Prefix", "/elsewhere"),
    ("X-Forwarded-For", "192.0.2.1"),
    ("Forwarded", f"for=192.0.2.1;host={ELSEWHERE};proto=https"),
    ("X-Real-IP", "192.0.2.1"),
    ("X-Script-Name", "/elsewhere"),
    ("X-Original-URL", "/metrics"),
    ("X-Rewrite-URL", "/metrics"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("SCRIPT_NAME", "/elsewhere"),
    ("SCRIPT_NAME", "/fhir"),
    ("PATH_INFO", "/metrics"),
    ("REMOTE_USER", "administrator"),
    ("REMOTE_ADDR", "192.0.2.1"),
    ("X_Forwarded_Host", ELSEWHERE),
    ("Script-Name", "/elsewhere"),
)


def in_turns(claims: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """The claims in as few requests as say no header twice, with either spelling of its name."""
    made: list[dict[str, tuple[str, str]]] = []
    for claim in claims:
        name = claim[0].casefold().replace("_", "-")
        free = next((each for each in made if name not in each), None)
        if free is None:
            made.append(free := {})
        free[name] = claim
    return [[*each.values()] for each in made]


TOGETHER = in_turns(CLAIMS)
REDIRECTED = (Route("GET /docs", None, "/docs"), Route("GET /docs", None, "/docs?x=//elsewhere.example"))
COUNTING = ("/metrics", "/operations/purge")  # of numbers that grow, of a job that is named after its second
_JOB = re.compile(r"(?:export|import)-[0-9a-f]{32}")
_PASSING = re.compile(
    rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32,64}|\d{4}-\d\d-\d\dT[\d:.]+Z?"
)


@pytest.fixture(scope="module")
def connection(served: ServedGateway) -> Iterator[HTTPConnection]:
    with closing(served.connection()) as opened_once:
        yield opened_once


def withdraw(connection: HTTPConnection, served: ServedGateway, job: str) -> None:
    """End a job that was asked for, since one caller may have a few only."""
    headers = {"Authorization": f"Bearer {served.tokens['superuser']}"}
    connection.request("DELETE", job.removeprefix(served.base), headers=headers)
    assert connection.getresponse().read() == b""


def answer_to(
    connection: HTTPConnection, served: ServedGateway, route: Route, *claims: tuple[str, str]
) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body, without the request id and the time; what writes is asked without a token."""
    said = {name for name, _ in claims}
    connection.putrequest(route.method, route.at(TARGET), skip_host="Host" in said)
    if route.needs and not route.changes:
        connection.putheader("Authorization", f"Bearer {served.tokens['superuser']}")
    body = route.body(TARGET) if route.body else b""
    for name, value in (*route.headers.items(), ("Content-Length", str(len(body))), *claims):
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    found = b"" if (text := answer.read()) and route.path in COUNTING else text
    passing = {
        "Date",
        "Expires",
        "X-Request-Id",
        *(("Content-Length", "Location") if route.path in COUNTING else ()),
    }
    if _JOB.search(job := answer.getheader("Content-Location", "")):
        withdraw(connection, served, job)
    told = [each for each in answer.getheaders() if each[0] not in passing]
    headers = [(name, _JOB.sub("*", value)) for name, value in told]
    return answer.status, headers, _PASSING.sub(b"*", found)


@pytest.mark.parametrize("route", [*ROUTES, *REDIRECTED], ids=str)
def test_nothing_that_a_request_claims_changes_its_answer(
    connection: HTTPConnection, served: ServedGateway, route: Route
) -> None:
    plain = answer_to(connection, served, route)

    assert plain[0] < 500 or route.path.startswith(NOT_ALL_IS_THERE)
    for claims in TOGETHER:
        told = answer_to(connection, served, route, *claims)
        assert told == plain, [each for each in claims if answer_to(connection, served, route, each) != plain]


def test_a_redirect_leads_to_the_base_address(connection: HTTPConnection, served: ServedGateway) -> None:
    status, headers, _ = answer_to(connection, served, REDIRECTED[0], ("Host", ELSEWHERE))

    assert status == 308
    assert dict(headers)["Location"] == f"{served.base}/docs/"


def test_an_absolute_address_is_taken_for_its_path(served: ServedGateway) -> None:
    lines = (f"GET http://{ELSEWHERE}/docs HTTP/1.1", f"Host: {ELSEWHERE}", "Connection: close", "", "")

    answer = until_closed(opened(served, "\r\n".join(lines).encode()))

    assert f"Location: {served.base}/docs/".encode() in answer
    assert ELSEWHERE.encode() not in answer


HOSTS = {
    "none": b"",
    "two": b"Host: gateway\r\nHost: gateway\r\n",
    "two others": b"Host: gateway\r\nhost: elsewhere.example\r\n",
    "an empty one": b"Host:\r\n",
    "one with a path": b"Host: gateway/fhir\r\n",
    "one with a space": b"Host: gate way\r\n",
    "one with a user": b"Host: me@gateway\r\n",
    "one with a port that is none": b"Host: gateway:http\r\n",
    "a list": b"Host: gateway, elsewhere.example\r\n",
    "one beyond ASCII": b"Host: g\xc3\xa4teway\r\n",
}


@pytest.mark.parametrize("name", HOSTS)
def test_a_request_needs_one_host_that_is_one(served: ServedGateway, name: str) -> None:
    """RFC 9112 3.2."""
    answer = until_closed(opened(served, b"GET /health/live HTTP/1.1\r\n" + HOSTS[name] + b"\r\n"))

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"application/problem+json" in answer


@pytest.mark.parametrize("path", [b"/fhir/Patient?name=\xff", b"/dicom-web/studies?\xfe", b"/\xc3\x28"])
def test_a_target_is_text(served: ServedGateway, path: bytes) -> None:
    answer = until_closed(opened(served, b"GET " + path + b" HTTP/1.1\r\nHost: gateway\r\n\r\n"))

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer


def test_a_target_may_be_of_letters_of_any_script(served: ServedGateway) -> None:
    path = "/health/live?이름".encode()
    request = b"GET " + path + b" HTTP/1.1\r\nConnection: close\r\nHost: gateway\r\n\r\n"

    assert until_closed(opened(served, request)).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("host", [b"gateway", b"127.0.0.1:8042", b"[::1]:8042", b"gateway:"])
def test_every_host_that_is_one_will_do(served: ServedGateway, host: bytes) -> None:
    request = b"GET /health/live HTTP/1.1\r\nConnection: close\r\nHost: " + host + b"\r\n\r\n"
    assert until_closed(opened(served, request)).startswith(b"HTTP/1.1 200 ")


def test_http_1_0_knows_no_host(served: ServedGateway) -> None:
    answer = until_closed(opened(served, b"GET /health/live HTTP/1.0\r\n\r\n"))
    assert answer.startswith(b"HTTP/1.0 200 ")


FORMS = {
    "/auth/token": b"grant_type=client_credentials&client_id=a&client_secret=b",
    "/fhir/Patient/_search": b"name=a",
}


@pytest.mark.parametrize("path", FORMS)
def test_a_form_that_ends_before_its_length_is_refused(served: ServedGateway, path: str) -> None:
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: gateway",
        f"Authorization: Bearer {served.tokens['superuser']}",
        "Content-Type: application/x-www-form-urlencoded",
        "Content-Length: 1000",
        "",
        "",
    )
    client = opened(served, "\r\n".join(lines).encode() + FORMS[path])
    client.shutdown(socket.SHUT_WR)

    assert until_closed(client).startswith(b"HTTP/1.1 400 ")


BASIC = ("", "=", "!!!", "a", "Zm9v", "/w==", "Og==", "Zm9vOv8=", "Zm9v Zm9v", "\xff", "A" * 4000)


@pytest.mark.parametrize("credentials", BASIC)
def test_malformed_basic_credentials_are_challenged(served: ServedGateway, credentials: str) -> None:
    with closing(served.connection()) as connection:
        connection.request(
            "POST",
            "/auth/token",
            b"grant_type=client_credentials",
            {
                "Authorization": f"Basic {credentials}",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        answer = connection.getresponse()

        assert (answer.status, answer.read() != b"") == (401, True)
        assert (answer.headers["WWW-Authenticate"] or "").startswith("Basic ")
