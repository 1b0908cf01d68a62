"""Channels of events on a gateway that is really served: sockets, streams, rights, limits, coming again."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import requests

from app.http.events.serving import MOST_OF_CALLER
from app.processes.child import Command
from app.processes.events import EVENTS
from graph.clock import now
from graph.local.state import Neo4jAddress
from graph.session import Graph
from tests.app.serving import ServedGateway, gateway_at
from tests.factories.workitems import dataset, new_uid, performed, tag, workitem

ALL, FILTERED = "1.2.840.10008.5.1.4.34.5", "1.2.840.10008.5.1.4.34.5.1"
JSON = {"Content-Type": "application/dicom+json"}
SECONDS = 30.0
STREAM = {"Accept": "text/event-stream"}


class Service:
    """A gateway with its process of channels."""

    def __init__(self, gateway: ServedGateway, command: Command) -> None:
        self.gateway, self.command = gateway, command
        self.http = gateway.session()

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        sent = None if body is None else json.dumps([body])
        headers = JSON if sent else {}
        address = f"{self.gateway.dicomweb}{path}"
        return self.http.request(method, address, data=sent, headers=headers, timeout=60, **more)

    def create(self, **attributes: Any) -> str:
        uid = new_uid()
        assert self.send("POST", f"/workitems?{uid}", workitem(**attributes)).status_code == 201
        return uid

    def claim(self, uid: str, transaction: str, state: str = "IN PROGRESS") -> int:
        body = dataset(ProcedureStepState=state, TransactionUID=transaction)
        return self.send("PUT", f"/workitems/{uid}/state", body).status_code

    def subscribe(self, target: str, title: str, query: str = "") -> requests.Response:
        return self.send("POST", f"/workitems/{target}/subscribers/{title}{query}")

    def restart(self) -> None:
        self.command.stop()
        self.command.start()
        self.wait()

    def wait(self) -> None:
        assert EVENTS.answers is not None
        while not EVENTS.answers(self.gateway.config):
            assert self.command.running()
            time.sleep(0.05)

    def heard(self, title: str, count: int, role: str = "superuser", **headers: str) -> list[dict[str, Any]]:
        """The next reports on a socket."""
        return asyncio.run(self._heard(title, lambda found: len(found) >= count, role, headers))

    def heard_until(self, title: str, last: tuple[str, int, Any]) -> list[tuple[str, int, Any]]:
        """What the next reports tell, up to one."""

        def is_there(found: list[dict[str, Any]]) -> bool:
            return bool(found) and told(found[-1]) == last

        return [told(each) for each in asyncio.run(self._heard(title, is_there, "superuser", {}))]

    async def _heard(
        self, title: str, enough: Callable[[list[dict[str, Any]]], bool], role: str, headers: dict[str, str]
    ) -> list[dict[str, Any]]:
        token = {"Authorization": f"Bearer {self.gateway.tokens[role]}", **headers}
        address = f"{self.gateway.dicomweb}/subscribers/{title}"
        found: list[dict[str, Any]] = []
        async with aiohttp.ClientSession() as client, client.ws_connect(address, headers=token) as socket:
            async with asyncio.timeout(SECONDS):  # of all: a heartbeat begins the wait for one anew
                while not enough(found):
                    found.append(json.loads(await socket.receive_str()))
        return found


def told(report: dict[str, Any]) -> tuple[str, int, Any]:
    """The workitem, the type of the event, and the state that it tells."""
    state = report.get(tag("ProcedureStepState"), {}).get("Value", [None])[0]
    return report["00001000"]["Value"][0], report["00001002"]["Value"][0], state


@pytest.fixture(scope="module")
def service(
    graph: Graph, neo4j_address: Neo4jAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    home: Path = tmp_path_factory.mktemp("channels")
    with gateway_at(home, neo4j_address) as gateway:
        (command,) = EVENTS.commands(gateway.config)
        command.environment = {**gateway.environment, "NEO4J_PASSWORD_FILE": None}
        made = Service(gateway, command)
        gateway.services.demo.tokens(now())
        command.start()
        gateway.start()
        made.wait()
        yield made
        command.stop()


def test_of_two_who_claim_at_once_exactly_one_gets_it(service: Service) -> None:
    clients = [service.gateway.session() for _ in range(2)]
    for _ in range(10):
        uid = service.create()
        bodies = [
            json.dumps([dataset(ProcedureStepState="IN PROGRESS", TransactionUID=new_uid())]) for _ in clients
        ]
        address = f"{service.gateway.dicomweb}/workitems/{uid}/state"

        def claim(at: int, bodies: list[str] = bodies, address: str = address) -> int:
            return clients[at].put(address, data=bodies[at], headers=JSON, timeout=60).status_code

        with ThreadPoolExecutor(2) as both:
            assert sorted(both.map(claim, range(2))) == [200, 409]


def test_who_subscribed_to_a_workitem_is_told_its_state_and_every_change(service: Service) -> None:
    uid, transaction = service.create(), new_uid()
    other = service.create()
    answer = service.subscribe(uid, "ONE")
    assert answer.status_code == 201
    assert answer.headers["Content-Location"].startswith("ws://")
    assert answer.headers["Content-Location"].endswith("/dicom-web/subscribers/ONE")
    assert service.claim(uid, transaction) == service.claim(other, new_uid()) == 200
    progress = dataset(ProcedureStepProgressInformationSequence=({"ProcedureStepProgress": "50"},))
    assert service.send("POST", f"/workitems/{uid}?{transaction}", progress).status_code == 200
    assert service.send("POST", f"/workitems/{uid}/cancelrequest").status_code == 202
    assert service.send("POST", f"/workitems/{uid}?{transaction}", performed()).status_code == 200
    assert service.claim(uid, transaction, "COMPLETED") == 200

    reports = service.heard("ONE", 5)

    assert [told(each) for each in reports] == [
        (uid, 1, "SCHEDULED"),
        (uid, 1, "IN PROGRESS"),
        (uid, 3, None),
        (uid, 2, None),
        (uid, 1, "COMPLETED"),
    ]
    assert all(each["00000002"]["Value"] == ["1.2.840.10008.5.1.4.34.6.4"] for each in reports)


def test_who_comes_again_is_sent_what_was_missed_and_nothing_twice(service: Service) -> None:
    uid = service.create()
    service.subscribe(uid, "AGAIN")
    first = service.heard("AGAIN", 1)
    service.claim(uid, new_uid())

    second = service.heard("AGAIN", 1)

    assert [told(each)[2] for each in first + second] == ["SCHEDULED", "IN PROGRESS"]


def test_the_whole_worklist_until_it_is_suspended(service: Service) -> None:
    assert service.subscribe(ALL, "ALL").status_code == 201
    before = service.create()
    assert service.heard_until("ALL", (before, 5, None))[-2] == (before, 1, "SCHEDULED")
    assert service.send("POST", f"/workitems/{ALL}/subscribers/ALL/suspend").status_code == 200
    service.create()
    service.claim(before, new_uid())

    assert told(service.heard("ALL", 1)[0]) == (before, 1, "IN PROGRESS")
    assert service.send("DELETE", f"/workitems/{ALL}/subscribers/ALL").status_code == 200
    assert service.send("DELETE", f"/workitems/{ALL}/subscribers/ALL").status_code == 404


@pytest.mark.parametrize("lock", ["", "?deletionlock=true"])
def test_who_subscribes_to_the_worklist_is_told_how_it_is(service: Service, lock: str) -> None:
    done, working, waiting = (service.create() for _ in range(3))
    service.claim(working, new_uid())
    assert service.send("POST", f"/workitems/{done}/cancelrequest").status_code == 202
    title = "LOCKED" if lock else "FREE"

    assert service.subscribe(ALL, title, lock).status_code == 201

    after = service.create()
    first, *others = service.heard_until(title, (after, 5, None))
    assert first == (waiting, 1, "SCHEDULED")
    assert (working, 1, "IN PROGRESS") in others
    assert done not in {uid for uid, _, _ in others}
    assert len({first, *others}) == len(others) + 1


def test_what_of_the_worklist_a_filter_matches(service: Service) -> None:
    assert service.subscribe(FILTERED, "SOME").status_code == 400
    label = f"Night {new_uid()[-8:]}"
    before = service.create(WorklistLabel=label)
    assert service.subscribe(FILTERED, "SOME", f"?filter=WorklistLabel={label}").status_code == 201
    service.create(WorklistLabel="Day")
    uid = service.create(WorklistLabel=label)

    found = [told(each) for each in service.heard("SOME", 2)]
    assert found == [(before, 1, "SCHEDULED"), (uid, 1, "SCHEDULED")]


def test_one_workitem_is_left_out_of_the_worklist(service: Service) -> None:
    service.subscribe(ALL, "BUT")
    quiet, other = service.create(), new_uid()
    service.heard_until("BUT", (quiet, 5, None))
    assert service.send("DELETE", f"/workitems/{quiet}/subscribers/BUT").status_code == 200
    service.claim(quiet, new_uid())
    service.send("POST", f"/workitems?{other}", workitem())

    assert told(service.heard("BUT", 1)[0]) == (other, 1, "SCHEDULED")


def test_nobody_is_told_of_a_patient_who_is_not_theirs(service: Service) -> None:
    reader = service.gateway.session("teleradiologist")
    address = f"{service.gateway.dicomweb}/workitems/{ALL}/subscribers/MINE"
    assert reader.post(address, timeout=60).status_code == 201
    service.create(PatientID="hidden-1")

    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(service._heard("MINE", bool, "teleradiologist", {}), 4))


def test_events_come_as_a_stream_too_and_go_on_behind_the_last(service: Service) -> None:
    uid = service.create()
    service.subscribe(uid, "STREAM")
    service.claim(uid, new_uid())
    address = f"{service.gateway.dicomweb}/subscribers/STREAM"

    def lines(count: int, **headers: str) -> list[str]:
        with service.http.get(address, headers={**STREAM, **headers}, stream=True, timeout=SECONDS) as answer:
            assert answer.headers["Content-Type"] == "text/event-stream"
            found: list[str] = []
            for line in answer.iter_lines(decode_unicode=True):
                if line.startswith(("id:", "data:")):
                    found.append(line)
                if len(found) == count:
                    break
            return found

    first, *_, last = found = lines(4)
    assert [told(json.loads(found[at].removeprefix("data: ")))[2] for at in (1, 3)] == [
        "SCHEDULED",
        "IN PROGRESS",
    ]
    again = lines(2, **{"Last-Event-ID": first.removeprefix("id: ")})
    assert again[1] == last

    service.send("POST", f"/workitems/{uid}/cancelrequest")
    beyond = lines(2, **{"Last-Event-ID": "999999"})
    assert told(json.loads(beyond[1].removeprefix("data: ")))[:2] == (uid, 2)


def test_a_channel_needs_a_token_a_page_of_ours_and_one_of_two_forms(service: Service) -> None:
    address = f"{service.gateway.dicomweb}/subscribers/X"
    nobody = requests.get(address, headers=STREAM, timeout=60)
    elsewhere = service.http.get(address, headers={**STREAM, "Origin": "http://evil.test"}, timeout=60)
    plain = service.http.get(address, timeout=60)
    titled = service.http.get(f"{address}{'X' * 16}", headers=STREAM, timeout=60)

    assert [each.status_code for each in (nobody, elsewhere, plain, titled)] == [401, 403, 400, 400]


def test_a_caller_has_so_many_channels_and_no_more(service: Service) -> None:
    async def open_many() -> int:
        token = {"Authorization": f"Bearer {service.gateway.tokens['teleradiologist']}"}
        address = f"{service.gateway.dicomweb}/subscribers/MANY"
        async with aiohttp.ClientSession() as client:
            sockets = [await client.ws_connect(address, headers=token) for _ in range(MOST_OF_CALLER)]
            answer = await client.get(address, headers={**token, **STREAM})
            for each in sockets:
                await each.close()
            return answer.status

    assert asyncio.run(open_many()) == 429


def test_what_a_client_says_on_a_channel_harms_nobody(service: Service) -> None:
    uid = service.create()
    service.subscribe(uid, "LOUD")

    async def shout() -> int | None:
        token = {"Authorization": f"Bearer {service.gateway.tokens['superuser']}"}
        address = f"{service.gateway.dicomweb}/subscribers/LOUD"
        async with aiohttp.ClientSession() as client, client.ws_connect(address, headers=token) as socket:
            await socket.send_str("give me everything")
            await socket.send_bytes(b"\0" * 1_000_000)
            async with asyncio.timeout(SECONDS):
                while (await socket.receive()).type not in (
                    aiohttp.WSMsgType.CLOSE,
                    aiohttp.WSMsgType.CLOSED,
                ):
                    continue
            return socket.close_code

    assert asyncio.run(shout()) == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
    service.claim(uid, new_uid())
    assert told(service.heard("LOUD", 1)[0])[0] == uid


def test_a_process_that_stops_says_so_and_the_next_one_that_it_came(service: Service) -> None:
    uid = service.create()
    service.subscribe(uid, "LONG")
    service.heard("LONG", 1)

    async def over_a_stop() -> tuple[dict[str, Any], int | None]:
        token = {"Authorization": f"Bearer {service.gateway.tokens['superuser']}"}
        address = f"{service.gateway.dicomweb}/subscribers/LONG"
        async with aiohttp.ClientSession() as client, client.ws_connect(address, headers=token) as socket:
            stopping = asyncio.create_task(asyncio.to_thread(service.restart))
            report = json.loads(await socket.receive_str(timeout=SECONDS))
            await socket.receive(timeout=SECONDS)
            await stopping
            return report, socket.close_code

    report, code = asyncio.run(over_a_stop())
    assert (told(report)[1], report["00741242"]["Value"], code) == (4, ["GOING DOWN"], 1001)
    assert service.heard("LONG", 1)[0]["00741242"]["Value"] == ["RESTARTED"]
