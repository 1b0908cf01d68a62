"""The local Neo4j as a process: it starts, survives the death of its supervisor, and stops."""

import os
import signal
import socket
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from graph.errors import Conflict
from graph.local.class_archive import make_archive
from graph.local.process import ProcessRecord, wait_until
from graph.local.server import GraphNotStarted, LocalNeo4j, answers, free_port, is_free, listens
from graph.local.settings import GraphMemory
from graph.local.state import Neo4jAddress, ServerState, read_state, write_state
from tests.throw_away import SHORT_LIVED

MEMORY = GraphMemory(heap="256m", page_cache="32m")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home") / "neo4j"


@pytest.fixture(scope="module")
def running(home: Path, neo4j_jars: tuple[Path, ...]) -> Iterator[LocalNeo4j]:
    server = LocalNeo4j(home, neo4j_jars, memory=MEMORY, java=SHORT_LIVED)
    server.start()
    server.wait()
    yield server
    server.stop()


def write_and_count(address: Neo4jAddress) -> int:
    with GraphDatabase.driver(address.uri, auth=(address.user, address.password)) as driver:
        driver.execute_query("CREATE (:Mark)", database_="neo4j")
        records = driver.execute_query("MATCH (m:Mark) RETURN count(m) AS n", database_="neo4j").records
    return int(records[0]["n"])


def test_it_answers_with_its_own_password_and_with_no_other(running: LocalNeo4j) -> None:
    address = running.address

    assert listens(address)
    assert answers(address)
    assert not answers(Neo4jAddress(address.uri, "neo4j", "neo4j"))


def test_nobody_else_may_read_its_folder(running: LocalNeo4j, home: Path) -> None:
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "password").stat().st_mode) == 0o600


def test_the_password_is_in_no_command_line_and_no_representation(running: LocalNeo4j) -> None:
    assert running.process is not None
    command = Path(f"/proc/{running.process.pid}/cmdline").read_text(encoding="utf-8")

    assert running.address.password not in command
    assert running.address.password not in repr(running.address)


def test_it_leads_a_session_of_its_own(running: LocalNeo4j) -> None:
    assert running.process is not None
    assert os.getsid(running.process.pid) == running.process.pid != os.getsid(0)


def test_it_has_mapped_the_archive_of_its_classes(running: LocalNeo4j, neo4j_jars: tuple[Path, ...]) -> None:
    archive = make_archive(neo4j_jars)
    assert running.process is not None
    maps = Path(f"/proc/{running.process.pid}/maps").read_text(encoding="utf-8")

    assert archive is not None
    assert str(archive) in maps


def test_an_orphan_of_a_killed_supervisor_is_adopted(
    running: LocalNeo4j, home: Path, neo4j_jars: tuple[Path, ...]
) -> None:
    successor = LocalNeo4j(home, neo4j_jars, memory=MEMORY, java=SHORT_LIVED)

    successor.start()

    assert successor.process == running.process
    assert successor.address == running.address


@pytest.mark.slow
def test_killed_it_starts_again_on_its_port_with_every_acknowledged_write(running: LocalNeo4j) -> None:
    before = running.address
    counted = write_and_count(before)
    assert running.process is not None

    os.kill(running.process.pid, signal.SIGKILL)
    assert wait_until(lambda: not running.running(), 10)
    running.start()
    running.wait()

    assert running.address == before
    assert write_and_count(before) == counted + 1


def test_a_second_supervisor_of_the_folder_is_refused(home: Path, neo4j_jars: tuple[Path, ...]) -> None:
    first, second = LocalNeo4j(home, neo4j_jars), LocalNeo4j(home, neo4j_jars)

    with first.locked(), pytest.raises(Conflict, match="another Hilum"), second.locked():
        pytest.fail("two supervisors hold one folder")

    with second.locked():
        pass


def test_stopped_it_is_gone_and_started_again_it_has_its_data(running: LocalNeo4j) -> None:
    counted = write_and_count(running.address)

    running.stop()

    assert not listens(running.address)
    assert not running.running()
    running.start()
    running.wait()
    assert write_and_count(running.address) == counted + 1


@pytest.mark.slow
def test_an_orphan_with_other_settings_is_ended_and_replaced(
    running: LocalNeo4j, home: Path, neo4j_jars: tuple[Path, ...]
) -> None:
    old = running.process
    assert old is not None
    counted = write_and_count(running.address)
    successor = LocalNeo4j(
        home, neo4j_jars, memory=GraphMemory(heap="300m", page_cache="32m"), java=SHORT_LIVED
    )

    successor.start()
    successor.wait()

    assert not old.alive
    assert successor.process != old
    assert write_and_count(successor.address) == counted + 1


def test_a_server_that_cannot_start_says_so(tmp_path: Path, neo4j_jars: tuple[Path, ...]) -> None:
    server = LocalNeo4j(tmp_path / "neo4j", neo4j_jars, memory=GraphMemory(heap="256m", page_cache="much"))

    with pytest.raises(GraphNotStarted, match=r"console\.log"):
        server.start()
        server.wait()


def test_a_port_that_somebody_took_since_is_given_up(tmp_path: Path, neo4j_jars: tuple[Path, ...]) -> None:
    server = LocalNeo4j(tmp_path / "neo4j", neo4j_jars, memory=GraphMemory(page_cache="much"))
    state = ServerState(port=free_port())
    server.folder.mkdir()
    write_state(server.folder, state)  # as an earlier start left it

    with socket.socket() as thief:
        thief.bind(("127.0.0.1", state.port))
        thief.listen()
        with pytest.raises(GraphNotStarted):
            server.start()

    again = read_state(server.folder)
    assert again is not None
    assert again.port != state.port


def test_the_process_of_another_is_never_ended(tmp_path: Path, neo4j_jars: tuple[Path, ...]) -> None:
    folder = tmp_path / "neo4j"
    folder.mkdir()
    reused = ProcessRecord(os.getpid(), "another boot:1")
    state = ServerState(port=free_port())
    write_state(folder, replace(state, process=reused))

    LocalNeo4j(folder, neo4j_jars).stop()

    assert read_state(folder) == state


def test_a_free_port_is_one_that_can_be_bound() -> None:
    assert is_free(free_port())
