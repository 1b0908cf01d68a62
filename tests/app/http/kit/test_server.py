"""The patient worker: a stalled client is ended, a slow one is served, and an answer still reaches both."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.http.kit import server
from app.http.kit.server import PatientSocket, Stalled

Pair = tuple[PatientSocket, socket.socket]


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    """(the server's end, the client's end), with a patience of a fifth of a second."""
    monkeypatch.setattr(server, "_patience", server.Patience(0.2))
    near, far = socket.socketpair()
    patient = PatientSocket(near)
    patient.setblocking(True)
    with patient, far:
        yield patient, far


def test_bytes_arrive_as_they_were_sent(pair: Pair) -> None:
    patient, client = pair
    client.sendall(b"GET /")
    assert patient.recv(100) == b"GET /"


def test_a_silent_client_is_given_up(pair: Pair) -> None:
    patient, _ = pair
    with pytest.raises(Stalled):
        patient.recv(100)


def test_a_client_below_the_minimum_rate_is_given_up(pair: Pair) -> None:
    patient, client = pair

    client.sendall(bytes(10))
    with pytest.raises(Stalled):
        while patient.recv(1):
            time.sleep(0)
            patient._spend(0.05, 1)  # what waiting for a byte each twentieth of a second costs


def test_what_stalled_once_is_not_waited_for_again(pair: Pair) -> None:
    patient, client = pair
    with pytest.raises(Stalled):
        patient.recv(100)
    client.sendall(b"too late")
    with pytest.raises(Stalled):
        patient.recv(100)


def test_a_refusal_can_still_be_sent_to_a_client_that_stalled(pair: Pair) -> None:
    patient, client = pair
    with pytest.raises(Stalled):
        patient.recv(100)
    patient.sendall(b"HTTP/1.1 408")
    assert client.recv(100) == b"HTTP/1.1 408"


def test_a_client_that_does_not_read_is_given_up(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    patient, _ = pair
    monkeypatch.setattr(server, "_patience", server.Patience(0.2, 1e9))
    with pytest.raises(Stalled):
        patient.sendall(bytes(10_000_000))


def test_a_file_is_sent_from_its_offset(pair: Pair, tmp_path: Path) -> None:
    patient, client = pair
    path = tmp_path / "blob"
    path.write_bytes(b"0123456789")
    with path.open("rb") as file:
        assert patient.sendfile(file, offset=2, count=5) == 5
    assert client.recv(100) == b"23456"


def test_a_file_for_a_client_that_does_not_read_is_given_up(pair: Pair, tmp_path: Path) -> None:
    patient, _ = pair
    path = tmp_path / "blob"
    path.write_bytes(bytes(10_000_000))
    with path.open("rb") as file, pytest.raises(Stalled):
        patient.sendfile(file)


APPLICATION = """
from app.http.kit import server

server.be_patient(0.5, 4096.0)


def app(environ, start_response):
    try:
        size = len(environ["wsgi.input"].read(1000)) if environ["PATH_INFO"] == "/read" else 0
        status, body = "200 OK", str(size).encode()
    except server.Stalled:
        status, body = "408 Request Timeout", b"stalled"
    start_response(status, [("Content-Length", str(len(body)))])
    return [body]
"""
HALF_A_BODY = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf"
HALF_A_HEAD = b"GET /read HT"
WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """The port of a gunicorn with one gateway worker of two threads, half a second patient."""
    (tmp_path / "small.py").write_text(APPLICATION)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "small:app", "-k", "app.http.kit.server.GatewayWorker"]
    options = ["--threads", "2", "-b", f"127.0.0.1:{number}", "--pythonpath", str(tmp_path)]
    with subprocess.Popen([*command, *options, "--no-control-socket"], stderr=subprocess.DEVNULL) as process:
        _wait_for(number)
        yield number
        process.terminate()


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError


def _sent(port: int, data: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    client.sendall(data)
    return client


def _answer(client: socket.socket) -> bytes:
    with client, client.makefile("rb") as file:
        return file.readline().strip()


def test_half_a_body_is_answered_408_and_the_connection_closed(port: int) -> None:
    with _sent(port, HALF_A_BODY) as client, client.makefile("rb") as file:
        answer = file.read()
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"Connection: close" in answer


def test_half_a_head_is_closed(port: int) -> None:
    assert _answer(_sent(port, HALF_A_HEAD)) == b""


def test_others_are_served_when_the_stalled_have_been_given_up(port: int) -> None:
    stalled = [_sent(port, HALF_A_BODY) for _ in range(4)]
    assert _answer(_sent(port, WHOLE)) == b"HTTP/1.1 200 OK"
    assert {_answer(client) for client in stalled} == {b"HTTP/1.1 408 Request Timeout"}


def test_a_large_body_is_read_whole(port: int) -> None:
    head = b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"
    with _sent(port, head + bytes(1000)) as client:
        assert client.recv(4096).endswith(b"1000")


def test_a_chunked_body_is_read_whole(port: int) -> None:
    head = b"POST /read HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with _sent(port, head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") as client:
        assert client.recv(4096).endswith(b"\r\n5")


def test_silent_connections_cost_no_thread(port: int) -> None:
    silent = [_sent(port, b"") for _ in range(20)]
    assert _answer(_sent(port, WHOLE)) == b"HTTP/1.1 200 OK"
    for client in silent:
        client.close()


def test_a_connection_serves_one_request_after_another(port: int) -> None:
    with _sent(port, WHOLE) as client:
        for _ in range(3):
            assert client.recv(4096).startswith(b"HTTP/1.1 200 OK")
            client.sendall(WHOLE)


def test_requests_that_came_together_are_answered_one_after_another(port: int) -> None:
    with _sent(port, WHOLE * 3) as client, client.makefile("rb") as file:
        for _ in range(3):
            assert file.readline() == b"HTTP/1.1 200 OK\r\n"
            while file.readline().strip():
                pass
            assert file.read(1) == b"0"


def test_a_body_that_the_application_left_unread_does_not_become_a_request(port: int) -> None:
    with _sent(
        port, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n" + WHOLE[:40].ljust(40)
    ) as client:
        assert client.recv(4096).startswith(b"HTTP/1.1 200 OK")
        client.sendall(WHOLE)
        assert client.recv(4096).startswith(b"HTTP/1.1 200 OK")
