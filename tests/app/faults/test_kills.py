"""kill -9 at random under eight storing clients: nothing acknowledged is lost, and nobody has to help.

The slow tests do twenty rounds at full speed, the others one to three of clients that rest between stores.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread

import psutil
import pytest

from app.imaging.store.kill_points import POINTS, VARIABLE
from app.work.orphans import OrphanSweeper
from graph.local.process import wait_until
from graph.local.state import Neo4jAddress
from graph.session import Graph
from tests.app.faults.ledger import Ledger
from tests.app.serving import ServedGateway, gateway_at
from tests.factories.gateway import RunningGateway

ROLE = "superuser"
REST = 0.05  # seconds


@pytest.fixture
def gateway(graph: Graph, neo4j_address: Neo4jAddress, tmp_path: Path) -> Iterator[ServedGateway]:
    """A served gateway of two worker processes, not yet started."""
    with gateway_at(tmp_path / "home", neo4j_address, HILUM_ORPHAN_SECONDS="1") as served:
        yield served


@contextmanager
def storing(ledger: Ledger, name: str, seed: int) -> Iterator[None]:
    """Eight clients store while the block runs."""
    stop = Event()
    clients = Thread(target=ledger.store_until, args=(stop, name, seed))
    clients.start()
    try:
        yield
    finally:
        stop.set()
        clients.join()


def grown(ledger: Ledger, by: int, seconds: float = 300.0) -> bool:
    """Whether so many more pictures are acknowledged before long."""
    aim = len(ledger.acknowledged) + by
    return wait_until(lambda: len(ledger.acknowledged) >= aim, seconds)


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


def kill_web_processes(gateway: ServedGateway, rounds: int, seed: int, pause: float = 0.0) -> None:
    random = Random(seed)
    gateway.start()
    ledger = Ledger(gateway.base, gateway.tokens[ROLE], pause)
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


def test_killed_web_processes_lose_nothing(gateway: ServedGateway) -> None:
    kill_web_processes(gateway, rounds=3, seed=1, pause=REST)


@pytest.mark.slow
def test_web_processes_killed_twenty_times_lose_nothing(gateway: ServedGateway) -> None:
    kill_web_processes(gateway, rounds=20, seed=2)


def all_replaced(gateway: ServedGateway, workers: set[int]) -> bool:
    """Whether each of the workers dies before long."""
    return wait_until(lambda: not workers & set(gateway.workers), 30)


def kill_at(gateway: ServedGateway, point: str, rounds: int, seed: int, pause: float = 0.0) -> None:
    """Workers die at the point on each of their stores, then all is started without it."""
    gateway.start()
    ledger = Ledger(gateway.base, gateway.tokens[ROLE], pause)
    with storing(ledger, point, seed):
        assert grown(ledger, 20)
    gateway.end()
    for each in range(rounds):
        gateway.start(**{VARIABLE: point})
        with storing(ledger, f"{point}-{each}", seed + each):
            assert all_replaced(gateway, set(gateway.workers))
        gateway.kill()
    gateway.start()
    assert ledger.sent.keys() > ledger.acknowledged  # somebody was left without an answer
    ledger.settle()
    ledger.prove()
    prove_clean(gateway)


@pytest.mark.parametrize("point", sorted(POINTS))
def test_a_kill_between_rename_and_answer_loses_nothing(gateway: ServedGateway, point: str) -> None:
    kill_at(gateway, point, rounds=1, seed=3, pause=REST)


@pytest.mark.slow
@pytest.mark.parametrize("point", sorted(POINTS))
def test_kills_between_rename_and_answer_lose_nothing(gateway: ServedGateway, point: str) -> None:
    kill_at(gateway, point, rounds=7, seed=4)


@pytest.fixture
def machine(tmp_path: Path, neo4j_jars: tuple[Path, ...]) -> Iterator[RunningGateway]:
    """All of `hilum up`: graph, committer, worker and web server, on a home of its own."""
    running = RunningGateway(tmp_path / "home", HILUM_ORPHAN_SECONDS="3600")
    yield running
    running.send(signal.SIGTERM)
    running.ended()


def token_of(machine: RunningGateway) -> str:
    """The superuser's token, from the greeting."""
    return next(line.split()[1] for line in machine.output.splitlines() if line.split()[:1] == [ROLE])


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


def kill_everything_in_turn(machine: RunningGateway, rounds: int, seed: int, pause: float = 0.0) -> None:
    random = Random(seed)
    machine.start("--no-samples")
    assert machine.becomes_ready()
    ledger = Ledger(f"http://127.0.0.1:{machine.port}", token_of(machine), pause)
    with storing(ledger, "machine", seed):
        for each in range(rounds):
            assert grown(ledger, 20)
            time.sleep(random.random() / 2)
            psutil.Process(VICTIMS[each % len(VICTIMS)](machine, random)).kill()
        assert grown(ledger, 20)
    assert machine.becomes_ready()
    ledger.settle()
    ledger.prove()
    prove_that_it_cleans_up(machine)


def prove_that_it_cleans_up(machine: RunningGateway) -> None:
    """Its own worker removes what the crashes left, beyond their grace; then `check` is clean."""
    machine.send(signal.SIGTERM)
    assert machine.ended()
    machine.environment["HILUM_ORPHAN_SECONDS"] = "1"
    machine.start("--no-samples")
    assert wait_until(lambda: machine.check() == (0, ""), 120), machine.check()


def test_a_killed_graph_and_committer_lose_nothing(machine: RunningGateway) -> None:
    kill_everything_in_turn(machine, rounds=2, seed=5, pause=REST)


@pytest.mark.slow
def test_each_process_killed_in_turn_twenty_times_loses_nothing(machine: RunningGateway) -> None:
    kill_everything_in_turn(machine, rounds=20, seed=6)
