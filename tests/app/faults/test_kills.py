"""kill -9 at random under eight storing clients: nothing acknowledged is lost, and nobody has to help.

The slow tests do many rounds at full speed, each on a gateway of its own. What every run does is one round of
each point, by clients that rest between stores.
`tests/app/cli/test_up.py` kills each process of a whole machine.
"""

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psutil
import pytest

from app.imaging.store.kill_points import POINTS, VARIABLE
from app.work.orphans import OrphanSweeper
from graph.local.process import wait_until
from graph.local.state import Neo4jAddress
from graph.session import Graph
from tests.app.faults.ledger import REST, Ledger, grown, storing
from tests.app.serving import ServedGateway, gateway_at
from tests.factories.gateway import RunningGateway

ROLE = "superuser"


@dataclass(frozen=True)
class Stored:
    """A gateway that is served, and what its clients were told."""

    gateway: ServedGateway
    ledger: Ledger


@contextmanager
def stored(home: Path, address: Neo4jAddress, pause: float = 0.0) -> Iterator[Stored]:
    """A gateway of two worker processes, and clients that rest for `pause` seconds between stores."""
    with gateway_at(home, address, HILUM_ORPHAN_SECONDS="1") as gateway:
        gateway.start()
        yield Stored(gateway, Ledger(gateway.base, gateway.tokens[ROLE], pause))


@pytest.fixture(scope="module")
def resting(
    graph: Graph, neo4j_address: Neo4jAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stored]:
    """The gateway of all tests that are not slow."""
    with stored(tmp_path_factory.mktemp("home"), neo4j_address, REST) as found:
        yield found


@pytest.fixture
def busy(graph: Graph, neo4j_address: Neo4jAddress, tmp_path: Path) -> Iterator[Stored]:
    """The gateway of one slow test."""
    with stored(tmp_path / "home", neo4j_address) as found:
        yield found


def prove_clean(gateway: ServedGateway) -> None:
    """After the worker's sweep the checks find nothing."""
    services = gateway.services
    config = services.config
    sweeper = OrphanSweeper(
        services.removals, services.blobs, config.home, config.tenant, config.orphan_seconds
    )
    for rounds in range(1, 4):  # two that find, and one that finds nothing any more
        found = sweeper.sweep(time.time() + rounds * 2 * config.orphan_seconds)
    assert (found, list(services.checks.run())) == (0, [])


def kill_web_processes(on: Stored, rounds: int, seed: int) -> None:
    random, gateway, ledger = Random(seed), on.gateway, on.ledger
    with storing(ledger, "web", seed):
        for each in range(rounds):
            assert grown(ledger, 20)
            time.sleep(random.random() / 4)  # at a moment that nobody chose
            if each % 3 == 2:
                gateway.kill()
                gateway.start()
            else:
                gateway.kill_a_worker(random.randrange(100))
        assert grown(ledger, 20)
    ledger.settle()
    ledger.prove()
    prove_clean(gateway)


@pytest.mark.slow
def test_web_processes_killed_twenty_times_lose_nothing(busy: Stored) -> None:
    kill_web_processes(busy, rounds=20, seed=2)


def all_replaced(gateway: ServedGateway, workers: set[int]) -> bool:
    """Whether each of the workers dies before long."""
    return wait_until(lambda: not workers & set(gateway.workers), 30)


def kill_at(on: Stored, points: Sequence[str], seed: int) -> None:
    """Workers die at one point after the other on each of their stores, then all is started without one."""
    gateway, ledger = on.gateway, on.ledger
    with storing(ledger, "before", seed):
        assert grown(ledger, 20)
    for each, point in enumerate(points):
        unanswered = len(ledger.sent) - len(ledger.acknowledged)
        gateway.kill()
        gateway.start(**{VARIABLE: point})
        with storing(ledger, f"{point}-{each}", seed + each):
            assert all_replaced(gateway, set(gateway.workers))
        assert len(ledger.sent) - len(ledger.acknowledged) > unanswered
    gateway.kill()
    gateway.start()
    ledger.settle()
    ledger.prove()
    prove_clean(gateway)


def test_a_kill_at_each_point_between_rename_and_answer_loses_nothing(resting: Stored) -> None:
    kill_at(resting, sorted(POINTS), seed=3)


@pytest.mark.slow
@pytest.mark.parametrize("point", sorted(POINTS))
def test_kills_between_rename_and_answer_lose_nothing(busy: Stored, point: str) -> None:
    kill_at(busy, [point] * 7, seed=4)


@pytest.fixture
def machine(tmp_path: Path, neo4j_jars: tuple[Path, ...]) -> Iterator[RunningGateway]:
    """All of `hilum up`: graph, committer, worker and web server, on a home of its own."""
    running = RunningGateway(tmp_path / "home", HILUM_ORPHAN_SECONDS="3600")
    yield running
    running.send(signal.SIGTERM)
    running.ended()


def a_web_worker(machine: RunningGateway, random: Random) -> int:
    children = psutil.Process(machine.pid_of("web")).children()
    return random.choice(children).pid if children else machine.pid_of("web")


def the_graph(machine: RunningGateway, random: Random) -> int:
    return machine.pid_of("neo4j")


def the_web_server(machine: RunningGateway, random: Random) -> int:
    return machine.pid_of("web")


def the_committer(machine: RunningGateway, random: Random) -> int:
    return machine.pid_of("committer")


VICTIMS: tuple[Callable[[RunningGateway, Random], int], ...] = (
    the_graph,
    the_committer,
    a_web_worker,
    the_web_server,
)


@pytest.mark.slow
def test_each_process_killed_in_turn_twenty_times_loses_nothing(machine: RunningGateway) -> None:
    rounds, seed = 20, 6
    random = Random(seed)
    machine.start("--no-samples")
    assert machine.becomes_ready()
    ledger = Ledger(machine.base, machine.token(ROLE))
    with storing(ledger, "machine", seed):
        for each in range(rounds):
            assert grown(ledger, 20)
            time.sleep(random.random() / 2)
            psutil.Process(VICTIMS[each % len(VICTIMS)](machine, random)).kill()
        assert grown(ledger, 20)
    assert machine.becomes_ready()
    ledger.settle()
    ledger.prove()
    machine.send(signal.SIGTERM)
    assert machine.ended()
    assert machine.cleans_up(), machine.check()
