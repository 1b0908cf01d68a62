"""`hilum up` whole: it starts, it heals under storing clients, it stops, and a second one is refused.

The tests are the life of one gateway, in their order; each starts it where it does not run.
"""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.security.demo import DEMO_ROLES
from graph.local.process import wait_until
from tests.app.faults.ledger import REST, Ledger, grown, storing
from tests.factories.gateway import CHILDREN, RunningGateway


@pytest.fixture(scope="module")
def installed(
    tmp_path_factory: pytest.TempPathFactory, neo4j_jars: tuple[Path, ...]
) -> Iterator[RunningGateway]:
    gateway = RunningGateway(tmp_path_factory.mktemp("home"))
    gateway.start("--no-samples")
    yield gateway
    gateway.send(signal.SIGTERM)
    gateway.ended()


@pytest.fixture
def gateway(installed: RunningGateway) -> RunningGateway:
    """One that runs, started again where the test before has stopped it."""
    if installed.exit_status is not None:
        installed.start("--no-samples")
    return installed


@pytest.fixture(scope="module")
def ledger(installed: RunningGateway) -> Ledger:
    """What the clients were told that store while things are killed."""
    return Ledger(installed.base, installed.token("superuser"), REST)


def test_it_greets_with_addresses_and_a_token_for_every_role(gateway: RunningGateway) -> None:
    assert f"{gateway.base}/dicom-web" in gateway.output
    tokens = [line.split() for line in gateway.output.splitlines() if " eyJ" in line]
    assert {role for role, _ in tokens} == set(DEMO_ROLES)


def test_it_is_ready(gateway: RunningGateway) -> None:
    assert gateway.becomes_ready()


def test_a_second_one_on_the_same_home_is_refused(gateway: RunningGateway) -> None:
    second = RunningGateway(gateway.home)
    second.launch("--no-samples")

    assert second.ended()
    assert second.exit_status == 1
    assert "already running" in second.output
    assert gateway.becomes_ready()


ALWAYS = "committer"  # in every run of the tests; the others are killed in the slow ones


@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=[pytest.mark.slow] if each != ALWAYS else []) for each in CHILDREN]
)
def test_after_a_child_was_killed_the_gateway_is_ready_again_and_stores(
    gateway: RunningGateway, ledger: Ledger, name: str
) -> None:
    assert gateway.becomes_ready()
    killed = gateway.pid_of(name)

    with storing(ledger, name, seed=5):
        assert grown(ledger, 20)
        gateway.kill_child(name)
        assert wait_until(lambda: gateway.pid_of(name) != killed, 60)
        assert gateway.becomes_ready()
        assert grown(ledger, 20)


@pytest.mark.slow
def test_after_everything_was_killed_the_next_start_recovers(gateway: RunningGateway) -> None:
    gateway.send(signal.SIGKILL)
    for pid in gateway.left_over():
        os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not gateway.left_over(), 10)
    assert gateway.ended()

    gateway.start("--no-samples")

    assert gateway.becomes_ready()


def test_nothing_acknowledged_was_lost(gateway: RunningGateway, ledger: Ledger) -> None:
    with storing(ledger, "after", seed=6):
        assert grown(ledger, 1)
    ledger.settle()
    ledger.prove()


def test_after_the_supervisor_was_killed_the_next_start_takes_over_and_removes_what_crashes_left(
    gateway: RunningGateway,
) -> None:
    neo4j, web = gateway.pid_of("neo4j"), gateway.pid_of("web")
    gateway.send(signal.SIGKILL)
    assert gateway.ended()

    assert gateway.cleans_up(), gateway.check()

    assert gateway.pid_of("neo4j") == neo4j  # adopted
    assert gateway.pid_of("web") != web  # ended and started again
    assert gateway.becomes_ready()


def stops_in_order(gateway: RunningGateway, number: signal.Signals, *running: str) -> None:
    gateway.send(number)

    assert gateway.ended()
    assert gateway.exit_status == 0
    assert gateway.left_over() == []
    stops = [line.split(":")[0] for line in gateway.output.splitlines() if line.endswith(": stopping")]
    assert stops == list(reversed(running))


def test_a_wish_to_stop_stops_everything_in_order(gateway: RunningGateway) -> None:
    stops_in_order(gateway, signal.SIGTERM, *CHILDREN)


def test_ctrl_c_while_it_starts_stops_what_was_started(installed: RunningGateway) -> None:
    if installed.exit_status is None:
        stops_in_order(installed, signal.SIGTERM, *CHILDREN)

    installed.launch("--no-samples")
    assert wait_until(lambda: installed.runs("neo4j"), 60)
    stops_in_order(installed, signal.SIGINT, "neo4j")


def test_a_taken_port_is_said_before_anything_starts(tmp_path: Path) -> None:
    gateway = RunningGateway(tmp_path / "home")
    with socket.socket() as other:
        other.bind(("127.0.0.1", gateway.port))
        other.listen()
        gateway.launch("--no-samples")
        assert gateway.ended()

    assert gateway.exit_status == 1
    assert "HILUM_PORT" in gateway.output
