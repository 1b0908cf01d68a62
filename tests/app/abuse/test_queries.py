"""A query that is no UTF-8 asks for nothing, in every window and wherever a query can stand."""

import json
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection

import pytest

from tests.app.abuse.test_addresses import TARGET
from tests.app.security.routes import Route
from tests.app.security.routes_table import ROUTES
from tests.app.serving import ServedGateway
from tests.factories.fhir import bundle, entry, patient

NO_UTF8 = {
    "a byte": "%ff",
    "half a character": "%c3",
    "a surrogate": "%ed%a0%80",
    "too long": "%c0%af",
    "in the name": "",
}


@pytest.fixture(scope="module")
def connection(served: ServedGateway) -> Iterator[HTTPConnection]:
    with closing(served.connection()) as opened_once:
        yield opened_once


def status(
    connection: HTTPConnection,
    served: ServedGateway,
    method: str,
    path: str,
    body: object = None,
    **more: str,
) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {served.tokens['superuser']}", **more}
    text = None if body is None else json.dumps(body)
    connection.request(method, path, text, {"Content-Type": "application/fhir+json", **headers})
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_no_route_takes_a_query_that_is_no_utf8(
    connection: HTTPConnection, served: ServedGateway, route: Route
) -> None:
    path = route.at(TARGET)
    mark = "&" if "?" in path else "?"
    for place, value in NO_UTF8.items():
        asked = f"{path}{mark}x={value}" if value else f"{path}{mark}%ff=x"
        found, text = status(connection, served, route.method, asked)
        assert (found, b"not UTF-8" in text or route.method == "HEAD") == (400, True), place


def test_neither_does_an_entry_of_a_bundle_nor_a_condition(
    connection: HTTPConnection, served: ServedGateway
) -> None:
    none = {"If-None-Exist": "identifier=%ff"}
    kept = entry(patient())
    kept["request"]["ifNoneExist"] = none["If-None-Exist"]
    entries = {
        "read": ("batch", entry(None, "GET", "Patient?name=%ff")),
        "condition": ("batch", kept),
        "delete": ("transaction", entry(None, "DELETE", "Patient?identifier=%ff")),
        "update": ("transaction", entry(patient(), "PUT", "Patient?identifier=%ff")),
        "create": ("transaction", kept),
    }
    for name, (kind, asked) in entries.items():
        found, text = status(connection, served, "POST", "/fhir/", bundle(asked, kind=kind))
        assert found == (200 if kind == "batch" else 400), name
        assert b"not UTF-8" in text, name
    for header in (none["If-None-Exist"], "identifier=\xff"):  # http.client sends it as Latin-1
        found, _ = status(connection, served, "POST", "/fhir/Patient", patient(), **{"If-None-Exist": header})
        assert found == 400, header


def test_a_condition_in_a_header_is_read_as_utf8(connection: HTTPConnection, served: ServedGateway) -> None:
    known = patient("김-7")
    asked = {"If-None-Exist": "identifier=김-7".encode().decode("latin-1")}

    answers = [status(connection, served, "POST", "/fhir/Patient", known, **asked)[0] for _ in range(2)]

    assert answers == [201, 200]


@pytest.mark.parametrize("text", ["%EA%B9%80", "a+b", "%25ff", "%", "%zz"])
def test_what_is_utf8_is_asked(connection: HTTPConnection, served: ServedGateway, text: str) -> None:
    assert status(connection, served, "GET", f"/fhir/Patient?name={text}")[0] == 200
