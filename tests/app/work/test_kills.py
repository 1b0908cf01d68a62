"""A worker is killed in the middle of a job, and in the middle of a batch of changes: another goes on."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from app.config import Config
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.bulk import bulk_kinds, exports
from app.work.bulk import files
from app.work.bulk.files import BulkFolder
from app.work.bulk.wishes import ExportWish
from app.work.doing import JobDoer
from app.work.following import Following
from app.work.kinds import Retry
from app.work.running import Running
from graph.changes.changes import ChangeStore
from graph.clock import now
from graph.jobs.claims import ClaimStore
from graph.jobs.followers import FollowerStore
from graph.jobs.jobs import JobStore
from graph.jobs.records import JobFailure, JobState, Wanted
from graph.local.state import Neo4jAddress
from graph.records import Change
from graph.scope import AccessScope
from graph.session import Graph
from tests.app.work.kinds_for_tests import Scripted
from tests.factories.dicom import ct_instance
from tests.factories.fhir import condition, encode, patient

LEASE = 0.5
LONG_LEASE = 3.0  # outlives the end of the process, so that its hold is seen
TWICE = Retry(attempts=2)
KILLED = """
import sys
from pathlib import Path
from app.security.scopes import system_scope
from graph.session import Graph
from tests.app.work import test_kills

uri, user, password, tenant, folder, what = sys.argv[1:]
getattr(test_kills, what)(Graph.connect(uri, user, password), system_scope(tenant), Path(folder))
"""


def kill_itself() -> None:
    import os
    import signal

    os.kill(os.getpid(), signal.SIGKILL)


def write_five(folder: Path, dies_at: int | None = None) -> Scripted:
    """Writes five files, a step each; the process may die after the file and before its step is kept."""

    def run(job: Running) -> Mapping[str, Any]:
        for number in range(job.cursor or 0, 5):
            with (folder / str(number)).open("a", encoding="utf-8") as file:
                file.write("x")
            if number == dies_at:
                kill_itself()
            job.step(number + 1, number + 1, total=5)
        return {"files": 5}

    return Scripted(run)


def do_and_die(graph: Graph, scope: AccessScope, folder: Path) -> None:
    JobDoer(ClaimStore(graph), [write_five(folder, dies_at=2)], scope, LEASE).do_due("killed", Event())


def always_die(graph: Graph, scope: AccessScope, folder: Path) -> None:
    poison = Scripted(lambda job: kill_itself() or {}, TWICE)
    JobDoer(ClaimStore(graph), [poison], scope, LEASE).do_due("killed", Event())


class Writing:
    """Writes a file for each change; may die in the middle of a batch."""

    name = "writing"

    def __init__(self, folder: Path, dies_at: int | None = None) -> None:
        self._folder, self._dies_at = folder, dies_at

    def handle(self, scope: AccessScope, changes: Sequence[Change]) -> None:
        for change in changes:
            if change.sequence == self._dies_at:
                kill_itself()
            (self._folder / str(change.sequence)).write_text(change.sop_uid, encoding="utf-8")


def follow_and_die(graph: Graph, scope: AccessScope, folder: Path) -> None:
    following = Following(FollowerStore(graph), ChangeStore(graph), scope, LONG_LEASE)
    following.catch_up(Writing(folder, dies_at=3), "killed", Event())


class DiesWriting(BulkFolder):
    """A folder whose writer dies in the middle of its second file."""

    def write(self, name: str, at: int, data: bytes) -> int:
        if name.startswith("Patient"):
            super().write(name, at, data[: len(data) // 2])
            kill_itself()
        return super().write(name, at, data)


def export_and_die(graph: Graph, scope: AccessScope, folder: Path) -> None:
    files.BulkFolder = DiesWriting  # type: ignore[misc]
    wiring = Wiring(
        Config.from_env({"HILUM_HOME": str(folder / "home"), "HILUM_TENANT": scope.tenant}), graph
    )
    JobDoer(ClaimStore(graph), bulk_kinds(wiring), scope, LEASE).do_due("killed", Event())


@pytest.fixture
def killed(neo4j_address: Neo4jAddress, tenant: str, tmp_path: Path) -> Any:
    """Run one of the functions above in a process that dies in it."""
    where = (neo4j_address.uri, neo4j_address.user, neo4j_address.password)

    def run(what: str) -> None:
        command = [sys.executable, "-c", KILLED, *where, tenant, str(tmp_path), what]
        assert subprocess.run(command, check=False).returncode == -9

    return run


def test_another_goes_on_from_the_last_step_that_was_kept(
    killed: Any, jobs: JobStore, claims: ClaimStore, scope: AccessScope, tmp_path: Path
) -> None:
    jobs.ask(scope, Wanted("one", "scripted"))
    killed("do_and_die")
    assert jobs.find(scope, "one").state is JobState.RUNNING
    time.sleep(LEASE)

    JobDoer(claims, [write_five(tmp_path)], scope).do_due("another", Event())

    job = jobs.find(scope, "one")
    assert (job.state, job.result, job.attempts) == (JobState.SUCCEEDED, {"files": 5}, 2)
    written = [(tmp_path / str(number)).read_text(encoding="utf-8") for number in range(5)]
    assert written == ["x", "x", "xx", "x", "x"]  # the step in hand again, what was kept not


def test_a_job_that_kills_each_of_its_workers_ends(
    killed: Any, jobs: JobStore, claims: ClaimStore, scope: AccessScope
) -> None:
    jobs.ask(scope, Wanted("poison", "scripted"))
    for _ in range(TWICE.attempts):
        killed("always_die")
        time.sleep(LEASE)

    JobDoer(claims, [Scripted(lambda job: {}, TWICE)], scope).do_due("another", Event())

    job = jobs.find(scope, "poison")
    assert (job.state, job.error) == (JobState.FAILED, JobFailure.ABANDONED)


def test_a_batch_of_a_killed_follower_comes_again_and_none_is_left_out(
    killed: Any, services: Wiring, graph: Graph, scope: AccessScope, tmp_path: Path
) -> None:
    for number in range(4):
        file = ct_instance(number=number)
        assert services.ingest.store(system_scope(scope.tenant), [[file]]).outcomes[0].stored
    killed("follow_and_die")
    assert sorted(path.name for path in tmp_path.glob("[0-9]")) == ["1", "2"]
    following = Following(FollowerStore(graph), ChangeStore(graph), scope, LEASE)
    following.catch_up(Writing(tmp_path), "too early", Event())
    assert not (tmp_path / "3").exists()  # the lease of the killed one
    time.sleep(LONG_LEASE)

    following.catch_up(Writing(tmp_path), "another", Event())

    assert sorted(path.name for path in tmp_path.glob("[0-9]")) == ["1", "2", "3", "4"]
    assert not FollowerStore(graph).is_behind(scope, Writing.name)
    (tmp_path / "1").unlink()
    following.catch_up(Writing(tmp_path), "another", Event())
    assert not (tmp_path / "1").exists()  # handled once and for all


def test_an_export_goes_on_in_the_file_that_its_writer_died_in(
    killed: Any, services: Wiring, claims: ClaimStore, scope: AccessScope, config: Config
) -> None:
    for kind, name in (("Condition", "dx"), ("Patient", "p"), ("Patient", "q")):
        made = condition("Patient/p", id=name) if kind == "Condition" else patient(name, id=name)
        services.records.update(scope, kind, name, encode(made))
    wish = ExportWish(request="", until=now(), types=("Condition", "Patient"))
    job = exports(services).begin(scope, wish)
    killed("export_and_die")
    half = next(iter(config.home.glob("bulk/*/Patient*"))).read_bytes()
    time.sleep(LEASE)

    JobDoer(claims, bulk_kinds(services), scope).do_due("another", Event())

    found = exports(services).find(scope, job.id)
    conditions, patients = (
        exports(services).file(scope, job.id, each["name"]).read_bytes() for each in found.result["output"]
    )
    assert (found.state, found.attempts) == (JobState.SUCCEEDED, 2)
    assert (len(conditions.splitlines()), half in patients, half != patients) == (1, True, True)
    assert {json.loads(line)["id"] for line in patients.splitlines()} == {"p", "q"}
