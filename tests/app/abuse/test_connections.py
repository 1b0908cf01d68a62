"""Clients that stall or speak HTTP falsely: each is ended in time, and the others do not notice."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import requests

from tests.app.abuse.conftest import STALL_SECONDS
from tests.app.serving import ServedGateway
from tests.factories.dicom import ct_instance, uid

DEADLINE = STALL_SECONDS + 30.0  # for a machine that is busy with other things
STUDY = uid("large")
STUDY_PATH = f"/dicom-web/studies/{STUDY}"


@pytest.fixture(scope="module")
def study(served: ServedGateway) -> str:
    """A study of thirty megabytes: more than the sockets of both sides take."""
    with served.session() as client:
        for number in range(15):
            raw = ct_instance(rows=1024, study_uid=STUDY, number=number)
            stored = client.post(
                f"{served.dicomweb}/studies", data=raw, headers={"Content-Type": "application/dicom"}
            )
            assert stored.status_code == 200
    return STUDY_PATH


def head(served: ServedGateway, method: str, path: str, *lines: str) -> bytes:
    token = served.tokens["superuser"]
    fixed = (f"{method} {path} HTTP/1.1", "Host: gateway", f"Authorization: Bearer {token}")
    return "\r\n".join((*fixed, *lines, "", "")).encode()


def opened(served: ServedGateway, data: bytes) -> socket.socket:
    client = socket.create_connection((served.config.host, served.config.port), timeout=DEADLINE)
    client.sendall(data)
    return client


def until_closed(client: socket.socket) -> bytes:
    """Everything that still comes; fails when the connection is not closed by the deadline."""
    received = []
    with client:
        try:
            while data := client.recv(1 << 20):
                received.append(data)
        except ConnectionResetError:
            pass
    return b"".join(received)


def half_a_head(served: ServedGateway) -> socket.socket:
    return opened(served, head(served, "GET", "/fhir/Patient")[:-10])


def half_a_body(served: ServedGateway, path: str = "/fhir/Patient") -> socket.socket:
    kind = "application/fhir+json" if path.startswith("/fhir") else "application/dicom"
    lines = (f"Content-Type: {kind}", "Content-Length: 100000")
    return opened(served, head(served, "POST", path, *lines) + b'{"resourceType":')


def unread_answer(served: ServedGateway, path: str) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(DEADLINE)
    client.connect((served.config.host, served.config.port))
    client.sendall(head(served, "GET", path, 'Accept: multipart/related; type="application/dicom"'))
    return client


@pytest.fixture(scope="module")
def stalled(served: ServedGateway, study: str) -> Iterator[dict[str, socket.socket]]:
    """Clients that all stall from now on, so that the wait for their end is one."""
    with ExitStack() as held:
        clients = {path: half_a_body(served, path) for path in ("/fhir/Patient", "/dicom-web/studies")}
        clients |= {"half a head": half_a_head(served), "unread": unread_answer(served, study)}
        for each in clients.values():
            held.enter_context(each)
        time.sleep(STALL_SECONDS + 3)  # what a client does that stalls
        yield clients


def test_half_a_head_is_closed(stalled: dict[str, socket.socket]) -> None:
    assert until_closed(stalled["half a head"]).startswith((b"", b"HTTP/1.1 408"))


@pytest.mark.parametrize("path", ["/fhir/Patient", "/dicom-web/studies"])
def test_half_a_body_is_answered_408_and_closed(stalled: dict[str, socket.socket], path: str) -> None:
    answer = until_closed(stalled[path])

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer.lower()
    assert (b"OperationOutcome" if "fhir" in path else b"application/problem+json") in answer


def test_a_body_by_the_byte_is_answered_408(served: ServedGateway) -> None:
    client = half_a_body(served)
    client.settimeout(0.05)
    answer = b""
    ends = time.monotonic() + DEADLINE
    while not answer and time.monotonic() < ends:
        try:
            client.send(b" ")
            answer = client.recv(4096)
        except TimeoutError:
            continue
    client.close()

    assert answer.startswith(b"HTTP/1.1 408 ")


def test_an_answer_that_nobody_reads_is_cut(stalled: dict[str, socket.socket]) -> None:
    received = until_closed(stalled["unread"])

    declared = int(received.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    assert len(received) < declared


def test_two_hundred_that_stall_do_not_stop_the_others(served: ServedGateway, study: str) -> None:
    with ExitStack() as held, served.session() as client:
        stalled = [held.enter_context(half_a_body(served)) for _ in range(80)]
        stalled += [held.enter_context(half_a_head(served)) for _ in range(80)]
        stalled += [held.enter_context(unread_answer(served, study)) for _ in range(40)]
        for number in range(20):
            stored = client.post(
                f"{served.dicomweb}/studies",
                data=ct_instance(study_uid=uid("among", "the", "stalled"), number=number),
                headers={"Content-Type": "application/dicom"},
                timeout=DEADLINE,
            )
            assert stored.status_code == 200
            assert client.get(f"{served.base}/fhir/Patient?_count=1", timeout=DEADLINE).status_code == 200
        for each in stalled:
            until_closed(each)


FALSE_HTTP = {
    "a length and chunks": ("Content-Length: 5", "Transfer-Encoding: chunked"),
    "two lengths": ("Content-Length: 5", "Content-Length: 6"),
    "an unknown transfer coding": ("Transfer-Encoding: xchunked",),
    "a length that is no number": ("Content-Length: five",),
    "a negative length": ("Content-Length: -5",),
    "a name with a space": ("Content-Length : 5",),
}


@pytest.mark.parametrize("name", FALSE_HTTP)
def test_false_http_is_refused_and_the_connection_closed(served: ServedGateway, name: str) -> None:
    lines = ("Content-Type: application/fhir+json", *FALSE_HTTP[name])
    smuggled = head(served, "GET", "/fhir/Patient")

    answer = until_closed(
        opened(served, head(served, "POST", "/fhir/Patient", *lines) + b"0\r\n\r\n" + smuggled)
    )

    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 "))
    assert answer.count(b"HTTP/1.1 ") == 1  # what followed was not taken for a request
    assert b"Traceback" not in answer


def test_a_false_chunk_size_is_refused(served: ServedGateway) -> None:
    lines = ("Content-Type: application/fhir+json", "Transfer-Encoding: chunked")

    answer = until_closed(
        opened(served, head(served, "POST", "/fhir/Patient", *lines) + b"zz\r\n{}\r\n0\r\n\r\n")
    )

    assert answer.startswith(b"HTTP/1.1 400 ")


def test_headers_without_end_are_refused(served: ServedGateway) -> None:
    lines = tuple(f"X-{number}: {'x' * 1000}" for number in range(500))

    answer = until_closed(opened(served, head(served, "GET", "/fhir/Patient", *lines)))

    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 ")) or not answer


def test_a_client_that_leaves_is_forgotten(served: ServedGateway) -> None:
    for _ in range(50):
        half_a_body(served, "/dicom-web/studies").close()
    with requests.Session() as client:
        assert client.get(f"{served.base}/health/live", timeout=DEADLINE).status_code == 200
