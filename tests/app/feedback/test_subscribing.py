"""A reader is told at an address of theirs that something came, and nothing of whom it is about."""

import json
from collections.abc import Iterator
from hashlib import sha256
from hmac import new
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.work.doing import JobDoer
from graph.accounts.accounts import AccountTerms
from graph.clock import now
from graph.jobs.claims import ClaimStore
from tests.app.feedback.episodes import Episode
from tests.app.feedback.wards import Colleague, Ward


class Listening:
    """A server of a reader's, which keeps what it is told; `refusing` times it answers 500 first."""

    def __init__(self) -> None:
        self.told: list[tuple[dict[str, str], bytes]] = []
        self.refusing = 0
        listening = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                refused = listening.refusing > 0
                listening.refusing -= refused
                if not refused:
                    listening.told.append((dict(self.headers.items()), body))
                self.send_response(500 if refused else 204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture(scope="module")
def server() -> Iterator[Listening]:
    """The server, while the tests of the module run."""
    made = Listening()
    Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def more_settings(server: Listening) -> dict[str, str]:
    """A gateway that may tell it."""
    return {"HILUM_FEEDBACK_ORIGINS": server.origin}


@pytest.fixture
def listening(server: Listening) -> Listening:
    """The server, which was told nothing yet."""
    server.told.clear()
    server.refusing = 0
    return server


@pytest.fixture
def reader(ward: Ward) -> Colleague:
    return ward.colleague("teleradiologist")


def subscribe(reader: Colleague, endpoint: str) -> TestResponse:
    return reader.client.put("/feedback/subscription", headers=reader.headers, json={"endpoint": endpoint})


def do_jobs(ward: Ward) -> None:
    """Do what is due, as the worker does."""
    doer = JobDoer(ClaimStore(ward.gateway.graph), (ward.feedback.announcement_job,), ward.scope)
    doer.do_due("a test", Event())


def told_of(ward: Ward, reader: Colleague) -> Episode:
    """An episode of which the reader is told."""
    episode = Episode(ward)
    episode.read(reader.practitioner)
    episode.pathology()
    return episode


def test_a_packet_is_announced_signed_and_without_a_word_of_the_patient(
    ward: Ward, reader: Colleague, listening: Listening
) -> None:
    secret = subscribe(reader, f"{listening.origin}/hook").get_json()["secret"]

    episode = told_of(ward, reader)
    do_jobs(ward)

    ((headers, body),) = listening.told
    assert json.loads(body) == {"event": "feedback", "open": 1, "inbox": "http://127.0.0.1:8042/feedback"}
    signed = new(secret.encode(), headers["Hilum-Timestamp"].encode() + b"." + body, sha256)
    assert headers["Hilum-Signature"] == f"v1={signed.hexdigest()}"
    assert episode.mark.encode() not in body


def test_an_address_that_refuses_is_asked_again(ward: Ward, reader: Colleague, listening: Listening) -> None:
    subscribe(reader, f"{listening.origin}/hook")
    listening.refusing = 1

    told_of(ward, reader)
    until = monotonic() + 30
    while not listening.told and monotonic() < until:
        do_jobs(ward)
        sleep(0.2)

    assert len(listening.told) == 1


def test_who_ended_their_subscription_is_told_nothing(
    ward: Ward, reader: Colleague, listening: Listening
) -> None:
    subscribe(reader, f"{listening.origin}/hook")
    told_of(ward, reader)
    assert reader.client.delete("/feedback/subscription", headers=reader.headers).status_code == 204
    do_jobs(ward)

    assert listening.told == []
    assert reader.get("/feedback/subscription").status_code == 404


def test_a_subscription_is_a_resource_that_its_reader_alone_sees(
    ward: Ward, reader: Colleague, listening: Listening
) -> None:
    name = subscribe(reader, f"{listening.origin}/one").get_json()["subscription"]
    again = subscribe(reader, f"{listening.origin}/two").get_json()

    assert again["subscription"] == name
    shown = reader.get(f"/fhir/{name}").get_json()
    assert shown["channel"] == {"type": "rest-hook", "endpoint": f"{listening.origin}/two"}
    assert ward.owner.get(f"/fhir/{name}").status_code == 404


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://reader.example.org/hook",
        "ftp://reader.example.org/",
        "https://",
        "",
        "https://[::1]/",
        "x" * 3_000,
    ],
)
def test_an_address_that_messages_may_not_be_sent_to_is_refused(reader: Colleague, endpoint: str) -> None:
    refused = subscribe(reader, endpoint)

    assert (refused.status_code, refused.get_json()["location"]) == (400, ["$.endpoint"])


def test_who_is_nobody_in_the_record_cannot_be_told(ward: Ward) -> None:
    name = "unbound"
    ward.gateway.accounts.put(ward.scope, name, AccountTerms("clinician"), now())
    token = ward.gateway.issuer.issue(
        name, ward.scope.tenant, now=now() // 1_000_000, token_id=name, lifetime=600
    )
    nobody = Colleague(ward.client, {"Authorization": f"Bearer {token}"}, "")

    assert subscribe(nobody, "https://reader.example.org/").status_code == 422
    assert nobody.packets(status="all") == []
