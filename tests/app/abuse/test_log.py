"""Nothing that a client sends stands in the log, whatever part of a request it is in, right or wrong."""

import json
import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote

import pytest

from tests.app.abuse.conftest import CANARY
from tests.app.abuse.test_bad_input import hostile_uid, part
from tests.app.abuse.test_connections import opened, until_closed
from tests.app.serving import ServedGateway
from tests.factories.elements import file_of, text

SPOKEN = CANARY.encode()
BASIC = b64encode(f"{CANARY}:{CANARY}".encode())
TRACES = (CANARY, CANARY.upper(), CANARY.lower(), BASIC.decode(), SPOKEN.hex(), quote(CANARY)[:8], "Kanarien")

Requested = dict[str, bytes]


def request(
    line: bytes = b"GET /health/live HTTP/1.1", *headers: bytes, body: bytes = b"", host: bytes = b"Host: x"
) -> bytes:
    length = b"Content-Length: %d" % len(body)
    own = [length] if body and not any(b"Transfer-Encoding" in each for each in headers) else []
    return b"\r\n".join((line, host, *headers, *own, b"Connection: close", b"", body))


def get(path: bytes, *headers: bytes) -> bytes:
    return request(b"GET " + path + b" HTTP/1.1", *headers)


def post(path: bytes, kind: bytes, body: bytes, *headers: bytes) -> bytes:
    return request(b"POST " + path + b" HTTP/1.1", b"Content-Type: " + kind, *headers, body=body)


def chunked(body: bytes) -> bytes:
    head = post(b"/fhir/Patient", b"application/fhir+json", b"", b"Transfer-Encoding: chunked")
    return head + body


MALFORMED: Requested = {
    "a request line of one word": SPOKEN + b"\r\n\r\n",
    "a method that is none": request(SPOKEN + b"@ / HTTP/1.1"),
    "a method in small letters": request(SPOKEN + b" / HTTP/1.1"),
    "an address that is none": get(b"http://[" + SPOKEN),
    "an endless address": get(b"/" + SPOKEN * 1000),
    "a version that is none": request(b"GET / " + SPOKEN),
    "a version to come": request(b"GET /" + SPOKEN + b" HTTP/9.9"),
    "a header without a colon": request(b"GET / HTTP/1.1", SPOKEN),
    "a name with a space": request(b"GET / HTTP/1.1", SPOKEN + b" x: 1"),
    "a name beyond ASCII": request(b"GET / HTTP/1.1", SPOKEN + b"\xff: 1"),
    "a value with a NUL": request(b"GET / HTTP/1.1", b"X-Name: " + SPOKEN + b"\0"),
    "a folded value": request(b"GET / HTTP/1.1", b"X-Name: a", b" " + SPOKEN),
    "an endless value": request(b"GET / HTTP/1.1", b"X-Name: " + SPOKEN * 1000),
    "endless headers": request(b"GET / HTTP/1.1", *(b"%s-%d: 1" % (SPOKEN, each) for each in range(200))),
    "a host": request(host=b"Host: " + SPOKEN + b"/"),
    "two hosts": request(b"GET / HTTP/1.1", b"Host: " + SPOKEN),
    "a length": request(b"GET / HTTP/1.1", b"Content-Length: " + SPOKEN),
    "a transfer coding": request(b"GET / HTTP/1.1", b"Transfer-Encoding: " + SPOKEN),
    "an expectation": request(b"GET / HTTP/1.1", b"Expect: " + SPOKEN),
    "the start of a header": b"GET / HTTP/1.1\r\n" + SPOKEN,
    "a chunk size": chunked(SPOKEN + b"\r\n"),
    "a chunk extension": chunked(b"1;" + SPOKEN + b"=\r\r\n{\r\n0\r\n\r\n"),
    "a chunk without its end": chunked(b"2\r\n" + SPOKEN),
    "a trailer": chunked(b"2\r\n{}\r\n0\r\n" + SPOKEN + b"\r\n\r\n"),
    "a script name": request(b"GET /docs HTTP/1.1", b"SCRIPT_NAME: /" + SPOKEN),
    "bytes of TLS": b"\x16\x03\x01" + SPOKEN + b"\r\n\r\n",
}
WELL_FORMED: Requested = {
    "a method": request(b"BREW /" + SPOKEN + b" HTTP/1.1"),
    "a path": get(b"/" + SPOKEN),
    "an id": get(b"/fhir/Patient/" + SPOKEN),
    "a path of escapes": get(b"/%4B" + SPOKEN[1:] + b"%00%ff"),
    "a query": get(b"/fhir/Patient?name=" + SPOKEN + b"&" + SPOKEN + b"=1"),
    "a fragment": get(b"/docs#" + SPOKEN),
    "a header": get(b"/", SPOKEN + b": " + SPOKEN, b"Referer: " + SPOKEN, b"User-Agent: " + SPOKEN),
    "a cookie": get(b"/", b"Cookie: session=" + SPOKEN),
    "a request id": get(b"/", b"X-Request-Id: " + SPOKEN),
    "a token": get(b"/fhir/Patient", b"Authorization: Bearer " + SPOKEN),
    "a scheme": get(b"/fhir/Patient", b"Authorization: " + SPOKEN + b" x"),
    "a media type": get(b"/fhir/Patient", b"Accept: " + SPOKEN + b"/x"),
    "a name and its secret": post(
        b"/auth/token",
        b"application/x-www-form-urlencoded",
        b"grant_type=client_credentials",
        b"Authorization: Basic " + BASIC,
    ),
    "a sign-in": post(
        b"/auth/token",
        b"application/x-www-form-urlencoded",
        b"grant_type=" + SPOKEN + b"&client_id=" + SPOKEN + b"&client_secret=" + SPOKEN + b"&scope=" + SPOKEN,
    ),
}
SIGNED_IN: Requested = {
    "a search form": post(
        b"/fhir/Patient/_search", b"application/x-www-form-urlencoded", SPOKEN + b"=1&name=" + SPOKEN
    ),
    "broken JSON": post(b"/fhir/Patient", b"application/fhir+json", b'{"' + SPOKEN),
    "a resource": post(
        b"/fhir/Patient",
        b"application/fhir+json",
        json.dumps({"resourceType": "Patient", "name": [{"family": CANARY}], CANARY: CANARY}).encode(),
    ),
    "a question": post(
        b"/cohorts/query", b"application/json", json.dumps({"version": "1", CANARY: CANARY}).encode()
    ),
    "a boundary": post(b"/dicom-web/studies", b"multipart/related; boundary=" + SPOKEN, SPOKEN),
    "a header of a part": post(
        b"/dicom-web/studies",
        b'multipart/related; type="application/dicom"; boundary=part',
        b"--part\r\n" + SPOKEN + b"\r\n" + SPOKEN + b": \xff\r\n\r\nx\r\n--part--",
    ),
    "a part": post(
        b"/dicom-web/studies",
        b'multipart/related; type="application/dicom"; boundary=part',
        part(SPOKEN * 50) + b"--part--",
    ),
    "a UID": post(b"/dicom-web/studies", b"application/dicom", hostile_uid(SPOKEN)),
    "elements of every kind": post(
        b"/dicom-web/studies",
        b"application/dicom",
        file_of(
            *(
                text(tag, vr, SPOKEN)
                for tag, vr in (
                    (0x00080005, "CS"),
                    (0x00080020, "DA"),
                    (0x00080030, "TM"),
                    (0x00100010, "PN"),
                    (0x00101010, "AS"),
                    (0x00200013, "IS"),
                    (0x00281050, "DS"),
                )
            )
        ),
    ),
    "a search of pictures": get(b"/dicom-web/studies?PatientName=" + SPOKEN + b"&" + SPOKEN + b"=1"),
    "a study": get(b"/dicom-web/studies/" + SPOKEN + b"/metadata"),
    "an operation": get(b"/operations/" + SPOKEN),
}


def all_requests(token: str) -> Iterator[bytes]:
    yield from MALFORMED.values()
    yield from WELL_FORMED.values()
    for each in SIGNED_IN.values():
        line, _, rest = each.partition(b"\r\n")
        yield b"\r\n".join((line, f"Authorization: Bearer {token}".encode(), rest))


def answer_to(served: ServedGateway, sent: bytes) -> bytes:
    client = opened(served, sent)
    with suppress(OSError):  # it was refused before its end
        client.shutdown(socket.SHUT_WR)
    return until_closed(client)


@pytest.fixture(scope="module")
def log(served: ServedGateway) -> str:
    """What the gateway has written to its two streams once all of them were sent."""
    for each in all_requests(served.tokens["superuser"]):
        answer_to(served, each)
    return served.log


def test_no_line_of_the_log_holds_what_a_client_sent(log: str) -> None:
    assert [line for line in log.splitlines() if any(trace in line for trace in TRACES)] == []


def test_every_line_of_the_log_is_json(log: str) -> None:
    events = {json.loads(line)["event"] for line in log.splitlines()}

    assert {"request", "refused"} <= events
    assert "unforeseen" not in events


@pytest.mark.parametrize("name", MALFORMED)
def test_no_refusal_repeats_what_is_refused(served: ServedGateway, name: str) -> None:
    answer = answer_to(served, MALFORMED[name])

    assert SPOKEN.lower() not in answer.lower()
    assert not answer.startswith(b"HTTP/1.1 5") or b" 501 " in answer
