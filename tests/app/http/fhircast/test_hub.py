"""The hub on a gateway that is really served: who subscribes is told by a real WebSocket, and confirms it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
import requests

from app.processes.child import Command
from app.processes.events import EVENTS
from app.security.scopes import system_scope
from graph.accounts.accounts import Granted
from graph.clock import now
from graph.local.state import Neo4jAddress
from graph.session import Graph
from tests.app.serving import ServedGateway, gateway_at
from tests.factories.dicom import ct_instance, uid

SECONDS = 30.0
READS = "ImagingStudy-open,ImagingStudy-close,Patient-open,syncerror,heartbeat"
Json = dict[str, Any]


class Hub:
    """A gateway with its process of channels, and a study of a patient in it."""

    def __init__(self, gateway: ServedGateway, command: Command) -> None:
        self.gateway, self.command = gateway, command
        self.base = gateway.config.base_url
        self.patient = self.study = ""

    def http(self, role: str = "clinician") -> requests.Session:
        return self.gateway.session(role)

    def topic(self, role: str = "clinician") -> str:
        return str(self.http(role).get(f"{self.base}/fhircast").json()["hub.topic"])

    def subscribe(self, events: str = READS, role: str = "clinician", **more: str) -> requests.Response:
        form = {
            "hub.channel.type": "websocket",
            "hub.mode": "subscribe",
            "hub.topic": self.topic(role),
            "hub.events": events,
            **more,
        }
        return self.http(role).post(f"{self.base}/fhircast", data=form)

    def channel(self, events: str = READS, role: str = "clinician", **more: str) -> str:
        answer = self.subscribe(events, role, **more)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["hub.channel.endpoint"])

    def event(self, name: str, role: str = "clinician", **more: Any) -> Json:
        patient = {"resourceType": "Patient", "id": self.patient}
        study = {"resourceType": "ImagingStudy", "id": self.study, "status": "available"}
        report = {"resourceType": "DiagnosticReport", "id": "unsaved-1", "status": "unknown"}
        of = {
            "Patient": [("patient", patient)],
            "ImagingStudy": [("study", study), ("patient", patient)],
            "DiagnosticReport": [("report", report), ("study", study), ("patient", patient)],
        }[name.partition("-")[0]]
        context = [{"key": key, "resource": resource} for key, resource in of]
        told = {"hub.topic": self.topic(role), "hub.event": name, "context": context, **more}
        return {"timestamp": "2026-11-30T12:00:00Z", "id": uuid4().hex, "event": told}

    def send(self, event: Json, role: str = "clinician") -> requests.Response:
        return self.http(role).post(f"{self.base}/fhircast", json=event)

    def tell(self, name: str, role: str = "clinician", **more: Any) -> Json:
        """Send an event that is accepted; returns what was sent."""
        event = self.event(name, role, **more)
        answer = self.send(event, role)
        assert answer.status_code == 202, answer.text
        return event

    def close_all(self, role: str = "clinician") -> None:
        """Close what tests before have left open."""
        for kind in ("DiagnosticReport", "ImagingStudy", "Patient"):
            self.send(self.event(f"{kind}-close", role), role)


class Listener:
    """An application on its channel."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def hear(self) -> Json:
        async with asyncio.timeout(SECONDS):
            found: Json = json.loads(await self.socket.receive_str())
        return found

    async def event(self, *names: str) -> Json:
        """The next event of one of these names, confirmed; others are confirmed and passed over."""
        while True:
            found = await self.hear()
            if "event" in found:
                await self.answer(found)
                if found["event"]["hub.event"] in names:
                    return found

    async def answer(self, event: Json, status: int = 200) -> None:
        await self.socket.send_str(json.dumps({"id": event["id"], "status": status}))


@asynccontextmanager
async def listening(address: str) -> AsyncIterator[Listener]:
    async with aiohttp.ClientSession() as client, client.ws_connect(address) as socket:
        yield Listener(socket)


@pytest.fixture(scope="module")
def hub(graph: Graph, neo4j_address: Neo4jAddress, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    home: Path = tmp_path_factory.mktemp("casts")
    with gateway_at(home, neo4j_address) as gateway:
        (command,) = EVENTS.commands(gateway.config)
        command.environment = {**gateway.environment, "NEO4J_PASSWORD_FILE": None}
        made = Hub(gateway, command)
        gateway.services.demo.tokens(now())
        command.start()
        gateway.start()
        assert EVENTS.answers is not None
        while not EVENTS.answers(gateway.config):
            assert command.running()
            time.sleep(0.05)
        study = uid("study", "CAST-1")
        file = ct_instance(patient_id="CAST-1", study_uid=study)
        headers = {"Content-Type": "application/dicom"}
        stored = made.http("superuser").post(f"{gateway.dicomweb}/studies", data=file, headers=headers)
        assert stored.status_code == 200
        found = made.http("superuser").get(f"{made.base}/fhir/ImagingStudy?identifier=urn:oid:{study}").json()
        resource = found["entry"][0]["resource"]
        made.study = resource["id"]
        made.patient = resource["subject"]["reference"].removeprefix("Patient/")
        yield made
        command.stop()


def test_who_subscribes_is_confirmed_and_told_what_the_others_open(hub: Hub) -> None:
    hub.close_all()

    async def both() -> None:
        async with listening(hub.channel()) as one, listening(hub.channel()) as other:
            confirmed = await one.hear()
            assert confirmed["hub.mode"] == "subscribe"
            assert confirmed["hub.topic"] == hub.topic()
            assert set(confirmed["hub.events"].split(",")) == set(READS.split(","))
            assert 0 < confirmed["hub.lease_seconds"] <= 7200
            sent = await asyncio.to_thread(hub.tell, "ImagingStudy-open")
            for each in (one, other):
                heard = await each.event("ImagingStudy-open")
                assert heard["id"] == sent["id"]
                assert heard["event"]["context"] == sent["event"]["context"]
                assert heard["event"]["context.versionId"]

    asyncio.run(both())


def test_who_comes_later_is_told_what_is_open_and_the_context_can_be_asked_for(hub: Hub) -> None:
    hub.close_all()
    hub.tell("Patient-open")
    hub.tell("ImagingStudy-open")

    async def later() -> list[str]:
        async with listening(hub.channel()) as one:
            return [
                (await one.event("Patient-open", "ImagingStudy-open"))["event"]["hub.event"] for _ in "12"
            ]

    assert asyncio.run(later()) == ["Patient-open", "ImagingStudy-open"]
    found = hub.http().get(f"{hub.base}/fhircast/{hub.topic()}").json()
    assert found["context.type"] == "ImagingStudy"
    assert [each["key"] for each in found["context"]] == ["study", "patient", "content"]
    hub.tell("ImagingStudy-close")
    assert hub.http().get(f"{hub.base}/fhircast/{hub.topic()}").json()["context.type"] == "Patient"
    hub.tell("Patient-close")
    empty = hub.http().get(f"{hub.base}/fhircast/{hub.topic()}").json()
    assert (empty["context.type"], empty["context"]) == ("", [])


def test_content_is_shared_in_versions_and_of_two_updates_one_comes_first(hub: Hub) -> None:
    hub.close_all()
    version = hub.send(hub.event("DiagnosticReport-open")).json()["context.versionId"]

    def update(version: str, *entries: Json) -> requests.Response:
        event = hub.event("DiagnosticReport-update", **{"context.versionId": version})
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}
        event["event"]["context"] = [event["event"]["context"][0], {"key": "updates", "resource": bundle}]
        return hub.send(event)

    seen = {"resourceType": "Observation", "id": "o1", "status": "preliminary", "code": {"text": "cyst"}}
    put = {"request": {"method": "PUT"}, "resource": seen}
    first = update(version, put)
    assert first.status_code == 202
    late = update(version, put)
    assert late.status_code == 409
    assert first.json()["context.versionId"] in late.json()["detail"]
    found = hub.http().get(f"{hub.base}/fhircast/{hub.topic()}").json()
    assert found["context.versionId"] == first.json()["context.versionId"] != version
    assert found["context"][-1]["resource"]["entry"] == [{"resource": seen}]
    gone = {"request": {"method": "DELETE"}, "fullUrl": "Observation/o1"}
    assert update(found["context.versionId"], gone).status_code == 202
    last = hub.http().get(f"{hub.base}/fhircast/{hub.topic()}").json()["context"][-1]["resource"]
    assert last == {"resourceType": "Bundle", "type": "collection"}

    async def versions() -> Json:
        async with listening(hub.channel("DiagnosticReport-update")) as one:
            await one.hear()
            await asyncio.to_thread(
                update, hub.http().get(f"{hub.base}/fhircast/{hub.topic()}").json()["context.versionId"], put
            )
            return (await one.event("DiagnosticReport-update"))["event"]

    told = asyncio.run(versions())
    assert told["context.priorVersionId"] != told["context.versionId"]


def test_who_does_not_follow_is_told_of_to_the_others(hub: Hub) -> None:
    hub.close_all()

    async def refuse() -> Json:
        async with (
            listening(hub.channel(**{"subscriber.name": "Old PACS"})) as one,
            listening(hub.channel()) as other,
        ):
            await one.hear()
            await other.hear()
            sent = await asyncio.to_thread(hub.tell, "ImagingStudy-open")
            heard = await one.hear()
            assert heard["id"] == sent["id"]
            await one.answer(heard, 409)
            told = await other.event("syncerror")
            codes = told["event"]["context"][0]["resource"]["issue"][0]["details"]["coding"]
            assert {each["code"] for each in codes} == {sent["id"], "ImagingStudy-open", "Old PACS"}
            return told

    assert asyncio.run(refuse())["event"]["context"][0]["resource"]["issue"][0]["severity"] == "warning"


def test_a_name_that_others_read_is_one_plain_line(hub: Hub) -> None:
    answer = hub.subscribe(**{"subscriber.name": "Old\nPACS"})

    assert (answer.status_code, answer.json()["location"]) == (400, ["subscriber.name"])


def test_who_is_not_granted_an_event_is_told_what_it_implies(hub: Hub) -> None:
    hub.close_all()

    async def patient_only() -> Json:
        async with listening(hub.channel("Patient-open")) as one:
            await one.hear()
            await asyncio.to_thread(hub.tell, "DiagnosticReport-open")
            return await one.event("Patient-open")

    told = asyncio.run(patient_only())
    assert [each["key"] for each in told["event"]["context"]] == ["patient"]


def test_nobody_else_has_ones_topic(hub: Hub) -> None:
    mine, theirs = hub.topic(), hub.topic("superuser")
    assert mine != theirs
    event = hub.event("Patient-open")

    assert hub.http("superuser").get(f"{hub.base}/fhircast/{mine}").status_code == 404
    assert hub.http("superuser").get(f"{hub.base}/fhircast/{uuid4()}").status_code == 404
    assert hub.send(event, "superuser").status_code == 404
    assert hub.subscribe(role="superuser", **{"hub.topic": mine}).status_code == 404
    channel = hub.channel()
    stolen = {"hub.channel.type": "websocket", "hub.mode": "unsubscribe", "hub.topic": theirs}
    stolen["hub.channel.endpoint"] = channel
    assert hub.http("superuser").post(f"{hub.base}/fhircast", data=stolen).status_code == 404


def test_a_context_names_what_one_may_see_and_stops_when_one_may_not(hub: Hub) -> None:
    role = "teleradiologist"
    hidden, made_up = hub.event("Patient-open", role), hub.event("Patient-open", role)
    made_up["event"]["context"][0]["resource"]["id"] = "nobody"
    answers = [hub.send(each, role) for each in (hidden, made_up)]
    assert [each.status_code for each in answers] == [403, 403]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]

    services = hub.gateway.services
    scope, name = system_scope(services.sites.own.tenant), f"demo-{role}"
    granted = Granted(hub.patient)
    services.accounts.grant(scope, name, granted, now())
    time.sleep(2.5)

    async def seen() -> Json:
        async with listening(hub.channel(role=role)) as one:
            await one.hear()
            await asyncio.to_thread(hub.tell, "ImagingStudy-open", role)
            heard = await one.event("ImagingStudy-open")
            services.accounts.revoke(scope, name, granted)
            return heard

    assert asyncio.run(seen())["event"]["context"]
    time.sleep(2.5)
    found = hub.http(role).get(f"{hub.base}/fhircast/{hub.topic(role)}").json()
    assert (found["context.type"], found["context"]) == ("", [])


def test_a_subscription_ends_when_it_is_ended_or_its_lease_is(hub: Hub) -> None:
    async def ended(how: str) -> Json:
        channel = hub.channel(**({"hub.lease_seconds": "3"} if how == "lease" else {}))
        async with listening(channel) as one:
            confirmed = await one.hear()
            if how == "lease":
                assert confirmed["hub.lease_seconds"] <= 3
            else:
                form = {"hub.channel.type": "websocket", "hub.mode": "unsubscribe", "hub.topic": hub.topic()}
                answer = await asyncio.to_thread(
                    hub.http().post, f"{hub.base}/fhircast", data={**form, "hub.channel.endpoint": channel}
                )
                assert answer.status_code == 202
            while (heard := await one.hear()).get("hub.mode") != "denied":
                await one.answer(heard)
            closing = await one.socket.receive()
            assert closing.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        async with aiohttp.ClientSession() as client:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await client.ws_connect(channel)
            assert refused.value.status == 404
        return heard

    for how in ("asked", "lease"):
        assert asyncio.run(ended(how))["hub.reason"] == "the subscription has ended"


def test_a_sign_of_life_comes_and_who_is_silent_is_let_go(hub: Hub) -> None:
    hub.close_all()

    async def silent() -> tuple[list[str], Json]:
        async with listening(hub.channel()) as one, listening(hub.channel()) as other:
            await one.hear()
            await asyncio.to_thread(hub.tell, "ImagingStudy-open")
            heard: list[Json] = []
            waiting = asyncio.create_task(other.event("syncerror"))
            while not heard or heard[-1].get("hub.mode") != "denied":
                heard.append(await one.hear())
            return [each["event"]["hub.event"] for each in heard if "event" in each], await waiting

    names, told = asyncio.run(silent())
    assert "heartbeat" in names
    assert "did not answer" in told["event"]["context"][0]["resource"]["issue"][0]["diagnostics"]


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"hub.channel.type": "webhook"}, 400),
        ({"hub.mode": "listen"}, 400),
        ({"hub.events": "Weather-open"}, 400),
        ({"hub.events": ""}, 400),
        ({"hub.lease_seconds": "-1"}, 400),
        ({"hub.topic": "mine"}, 404),
        ({"hub.surprise": "1"}, 400),
    ],
)
def test_a_subscription_that_is_wrong_is_refused_with_the_place(
    hub: Hub, changed: dict[str, str], status: int
) -> None:
    answer = hub.subscribe(**changed)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


@pytest.mark.parametrize(
    "spoilt",
    [
        {"event": None},
        {"event": {"hub.event": "heartbeat"}},
        {"event": {"hub.event": "Patient-open", "context": []}},
        {"event": {"hub.event": "Patient-open", "context": [{"key": "patient", "resource": {"a": 1}}]}},
        {"event": {"hub.event": "DiagnosticReport-update", "context": [{"key": 1}]}},
        {"id": 7},
    ],
)
def test_a_message_that_is_wrong_is_refused(hub: Hub, spoilt: Json) -> None:
    event = hub.event("Patient-open")
    inner = spoilt.get("event", {})
    event = {**event, **spoilt, "event": {**event["event"], **inner} if inner is not None else None}

    answer = hub.http().post(f"{hub.base}/fhircast/{hub.topic()}", json=event)

    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_what_is_closed_that_is_not_open_is_a_conflict_and_what_is_sent_twice_is_sent_once(hub: Hub) -> None:
    hub.close_all()
    assert hub.send(hub.event("ImagingStudy-close")).status_code == 409
    event = hub.tell("Patient-open")
    before = hub.http().get(f"{hub.base}/fhircast/{hub.topic()}").json()
    assert hub.send(event).status_code == 202
    assert hub.http().get(f"{hub.base}/fhircast/{hub.topic()}").json() == before


def test_it_says_what_it_supports(hub: Hub) -> None:
    found = requests.get(f"{hub.base}/fhircast/.well-known/fhircast-configuration", timeout=SECONDS).json()

    assert found["websocketSupport"] is found["getCurrentSupport"] is True
    assert {"ImagingStudy-open", "DiagnosticReport-update", "syncerror"} <= set(found["eventsSupported"])


def test_a_page_announces_what_it_opens_and_closes(hub: Hub) -> None:
    hub.close_all("superuser")
    services = hub.gateway.services
    scope = services.authenticator.of_account("demo-superuser")
    services.cast_announcer.study_opened(scope, uid("study", "CAST-1"))

    found = hub.http("superuser").get(f"{hub.base}/fhircast/{hub.topic('superuser')}").json()
    assert found["context.type"] == "ImagingStudy"
    study, patient = (each["resource"] for each in found["context"][:2])
    assert (study["id"], patient["id"]) == (hub.study, hub.patient)
    assert study["identifier"]
    services.cast_announcer.study_closed(scope, uid("study", "CAST-1"))
    assert hub.http("superuser").get(f"{hub.base}/fhircast/{hub.topic('superuser')}").json()["context"] == []
