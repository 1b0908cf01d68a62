"""One committer process for several processes: what it answers, and what becomes of units when it dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.config import Config
from app.processes.committer import COMMITTER
from graph.aggregates import AGGREGATES
from graph.clock import now
from graph.commit import Committing, Draft, Unit, View
from graph.commit.listening import CommitterProcess
from graph.commit.remote import RemoteCommitter
from graph.commit.wire import address_of
from graph.errors import PreconditionFailed, Unavailable
from graph.keys import resource_key
from graph.local.process import wait_until
from graph.local.state import Neo4jAddress
from graph.resources.writing import VERSIONS, ResourceWrite
from graph.scope import AccessScope
from graph.session import Graph
from graph.site import Site
from graph.studies.storing import StoreInstances
from tests.factories.rows import instance_row
from tests.factories.scopes import scope_of

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class MakeBasic(Unit[str]):
    """Creates a resource; the answer is its name."""

    scope: AccessScope
    name: str

    def decide(self, view: View, draft: Draft) -> str:
        if self.name == "refused":
            raise PreconditionFailed("not so", location="name", code="conflict")
        if self.name == "broken":
            raise ZeroDivisionError
        key = resource_key(view.tenant, "Basic", self.name)
        draft.add(VERSIONS, ResourceWrite(key, "Basic", self.name, None, 1, "PUT", b"{}", None, None))
        return self.name


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return scope_of("service", tenant=tenant)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[Path]:
    where = address_of(tmp_path)
    yield where
    where.unlink(missing_ok=True)


@pytest.fixture
def remote(graph: Graph, address: Path) -> Iterator[RemoteCommitter]:
    """A client of a committer that listens in a thread."""
    process = CommitterProcess(address, Committing(graph, AGGREGATES, now))
    stop = threading.Event()
    thread = threading.Thread(target=process.run, args=(stop.is_set,))
    thread.start()
    client = RemoteCommitter(address)
    yield client
    client.close()
    stop.set()
    thread.join()
    process.close()


def test_many_threads_are_answered_each_its_own(remote: RemoteCommitter, scope: AccessScope) -> None:
    def store(number: int) -> str:
        with remote.expecting():
            return remote.commit(MakeBasic(scope, f"n{number}"))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(store, range(40))) == [f"n{number}" for number in range(40)]


def test_a_failure_arrives_as_it_was_raised(remote: RemoteCommitter, scope: AccessScope) -> None:
    with pytest.raises(PreconditionFailed) as refused:
        remote.commit(MakeBasic(scope, "refused"))

    assert (refused.value.message, refused.value.location, refused.value.code) == (
        "not so",
        "name",
        "conflict",
    )


def test_a_mistake_arrives_by_its_name_alone(remote: RemoteCommitter, scope: AccessScope) -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        remote.commit(MakeBasic(scope, "broken"))


def test_units_that_are_sent_together_are_answered_together(
    remote: RemoteCommitter, scope: AccessScope
) -> None:
    answers = remote.commit_each([MakeBasic(scope, name) for name in ("a", "refused", "b")])

    assert [answers[0], answers[2]] == ["a", "b"]
    assert isinstance(answers[1], PreconditionFailed)


def test_only_our_own_user_may_open_the_socket(remote: RemoteCommitter, address: Path) -> None:
    assert address.stat().st_mode & 0o777 == 0o600


def test_a_long_home_has_its_socket_elsewhere_in_a_folder_of_ours(tmp_path: Path) -> None:
    where = address_of(tmp_path / ("long" * 40))

    assert len(os.fsencode(where)) < 104
    assert where != address_of(tmp_path / ("other" * 40))


def test_without_a_committer_the_answer_is_that_nothing_can_be_written(
    address: Path, scope: AccessScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.commit.remote.DEADLINE", 0.3)

    with pytest.raises(Unavailable):
        RemoteCommitter(address).commit(MakeBasic(scope, "a"))


@dataclass
class Committer:
    """The committer as a process of the test."""

    home: Path
    graph: Neo4jAddress
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {
            **os.environ,
            "HILUM_HOME": str(self.home),
            "NEO4J_URI": self.graph.uri,
            "NEO4J_USER": self.graph.user,
            "NEO4J_PASSWORD": self.graph.password,
        }
        command = [sys.executable, "-m", "app.cli", "committer"]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)

    @property
    def words(self) -> str:
        """What it has said, since its first start."""
        return self._log.read_text(encoding="utf-8")

    @property
    def _log(self) -> Path:
        return self.home / "committer.log"

    def listens(self) -> bool:
        """Whether it takes units before long, and lives."""
        assert self.process is not None
        ended, answers = self.process.poll, COMMITTER.answers
        config = Config.from_env({"HILUM_HOME": str(self.home)})
        wait_until(lambda: ended() is not None or answers(config), 60)
        return ended() is None

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait(30) == 0, self.words


def test_stores_go_on_over_killed_committers_and_none_is_lost_or_doubled(
    tmp_path: Path, neo4j_address: Neo4jAddress, graph: Graph, scope: AccessScope
) -> None:
    committer = Committer(tmp_path, neo4j_address)
    committer.start()
    remote, site = RemoteCommitter(address_of(tmp_path)), Site("http://localhost")

    def store(number: int) -> str:
        row = instance_row(
            study_uid=f"1.2.{number % 4}", series_uid=f"1.2.{number % 4}.1", sop_uid=f"1.9.{number}"
        )
        (outcome,) = remote.commit(StoreInstances(scope, (row,), site))
        return outcome.status

    with ThreadPoolExecutor(8) as pool:
        stored = [pool.submit(store, number) for number in range(120)]
        for _ in range(2):
            time.sleep(0.7)
            committer.kill()
            committer.start()
        if not (listening := committer.listens()):
            pool.shutdown(cancel_futures=True)  # each of them would wait for its deadline
        assert listening, committer.words
        assert {each.result() for each in stored} == {"stored"}
    committer.stop()
    remote.close()

    assert feed_of(graph, scope) == list(range(1, 121))
    assert instances_of(graph, scope) == 120


def test_a_unit_that_may_not_be_repeated_says_that_it_may_have_happened(
    tmp_path: Path, scope: AccessScope
) -> None:
    class Silent(CommitterProcess):
        """Takes a unit, and dies with it."""

        def _commit(self) -> None:
            if self._queue:
                self.close()
                raise ConnectionAbortedError

    process = Silent(address_of(tmp_path), Committing(Graph.__new__(Graph), AGGREGATES, now))
    thread = threading.Thread(target=_until_it_dies, args=(process,))
    thread.start()

    with pytest.raises(Unavailable, match="may have happened"):
        RemoteCommitter(address_of(tmp_path)).commit(MakeBasic(scope, "a"))
    thread.join()


def _until_it_dies(process: CommitterProcess) -> None:
    with pytest.raises(ConnectionAbortedError):
        process.run(lambda: False)


def feed_of(graph: Graph, scope: AccessScope) -> list[int]:
    text = "MATCH (c:Change) WHERE c.feed = $feed RETURN c.sequence AS number ORDER BY number"
    return [row["number"] for row in graph.read(text, feed=scope.tenant)]


def instances_of(graph: Graph, scope: AccessScope) -> int:
    text = "MATCH (i:Instance) WHERE i.partition STARTS WITH $tenant RETURN count(i) AS count"
    return int(graph.read(text, tenant=f"{scope.tenant}|")[0]["count"])
