"""An export comes to an end whatever happens: killed workers, a cancel, a full disk, its time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any, BinaryIO

import pytest

from app.config import Config
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.extracts import extract_files, extract_kinds, extracts
from app.work.doing import JobDoer
from app.work.extracts import files
from app.work.extracts.expiry import ExtractExpiry
from app.work.extracts.extracting import ExtractJob
from app.work.extracts.files import ExtractFolder, WrittenFile
from app.work.extracts.wishes import ExtractPlace
from app.work.kinds import Retry
from graph.clock import now
from graph.jobs.claims import ClaimStore
from graph.jobs.jobs import JobStore
from graph.jobs.records import JobState, Wanted
from graph.local.state import Neo4jAddress
from graph.scope import AccessScope
from graph.session import Graph
from tests.app.work.extracts.conftest import QUESTION, Exporter, fill

Work = Callable[[], object]
LEASE = 0.5
KILLED = """
import sys
from pathlib import Path
from app.security.scopes import system_scope
from graph.session import Graph
from tests.app.work.extracts.test_endings import export_and_die

uri, user, password, tenant, folder, number = sys.argv[1:]
export_and_die(Graph.connect(uri, user, password), system_scope(tenant), Path(folder), int(number))
"""


class DiesPublishing(ExtractFolder):
    """A folder whose writer dies in the middle of one of its files."""

    left = 0

    def publish(self, name: str, write: Callable[[BinaryIO], object]) -> WrittenFile:
        def dying(file: BinaryIO) -> None:
            file.write(b"half")
            os.kill(os.getpid(), signal.SIGKILL)

        DiesPublishing.left -= 1
        return super().publish(name, write if DiesPublishing.left else dying)


def export_and_die(graph: Graph, scope: AccessScope, folder: Path, number: int) -> None:
    files.ExtractFolder = DiesPublishing  # type: ignore[misc]
    DiesPublishing.left = number
    settings = {"HILUM_HOME": str(folder / "home"), "HILUM_TENANT": scope.tenant}
    wiring = Wiring(Config.from_env(settings), graph)
    JobDoer(ClaimStore(graph), extract_kinds(wiring), scope, LEASE).do_due("killed", Event())


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return system_scope(tenant)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_another_worker_goes_on_wherever_one_was_killed(
    services: Wiring, neo4j_address: Neo4jAddress, graph: Graph, scope: AccessScope, tmp_path: Path
) -> None:
    fill(services)
    home = services.config.home
    doer = JobDoer(ClaimStore(graph), extract_kinds(services), scope)
    body = {"project": "Bone study", "question": QUESTION, "destination": {"type": "download"}}
    undisturbed = extracts(services).begin(scope, body, now())
    doer.do_due("worker", Event())
    where = (neo4j_address.uri, neo4j_address.user, neo4j_address.password)

    job = extracts(services).begin(scope, body, now())
    for number in (3, 4, 2):  # among the pictures of one study, of the other, and among the tables
        command = [sys.executable, "-c", KILLED, *where, scope.tenant, str(tmp_path), str(number)]
        assert subprocess.run(command, check=False).returncode == -9
        time.sleep(LEASE)
    doer.do_due("another", Event())

    found = extracts(services).find(scope, job.id)
    assert (found.state, found.attempts) == (JobState.SUCCEEDED, 4)
    first, second = (contents(home / "exports" / each / "out") for each in (undisturbed.id, job.id))
    assert first == second
    assert sorted(path.name for path in (home / "exports" / job.id / "work").iterdir()) == [
        "errors.ndjson",
        "files.ndjson",
    ]


def test_a_cancelled_export_ends_at_its_next_step_and_leaves_nothing(
    owner: Exporter, stocked: Wiring, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = ExtractJob._step
    scope = system_scope(stocked.sites.own.tenant)

    def cancelling(job: ExtractJob, hand: Any, place: ExtractPlace) -> ExtractPlace:
        if place.instance or place.series:
            assert owner.end(hand.job.id).status_code == 202
        return step(job, hand, place)

    monkeypatch.setattr(ExtractJob, "_step", cancelling)
    export_id = owner.asked()
    JobDoer(ClaimStore(graph), extract_kinds(stocked), scope).do_due("worker", Event())

    assert owner.get(export_id).status_code == 404
    assert stocked.jobs.find(scope, export_id).state is JobState.CANCELLED
    assert not extract_files(stocked).exists(export_id)


def test_one_that_waits_is_ended_at_once(owner: Exporter, stocked: Wiring) -> None:
    export_id = owner.asked()

    assert owner.end(export_id).status_code == 202
    assert owner.get(export_id).status_code == 404


def test_a_full_disk_is_said_and_nothing_is_left(
    services: Wiring, graph: Graph, scope: AccessScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(services)
    monkeypatch.setattr(ExtractJob, "retry", Retry(attempts=1))
    full = Wiring(Config.from_env({**_settings(services), "HILUM_DISK_FLOOR": "1024G"}), graph)
    body = {"project": "Bone study", "question": QUESTION}
    job = extracts(services).begin(scope, body, now())

    JobDoer(ClaimStore(graph), extract_kinds(full), scope).do_due("worker", Event())

    found = extracts(services).find(scope, job.id)
    assert (found.state, found.error, found.message) == (
        JobState.FAILED,
        "storage-full",
        "the storage is full",
    )
    full.close()


def _settings(services: Wiring) -> dict[str, str]:
    return {"HILUM_HOME": str(services.config.home), "HILUM_TENANT": services.sites.own.tenant}


def test_files_go_when_their_time_has_come(
    owner: Exporter, stocked: Wiring, work: Work, graph: Graph, jobs: JobStore
) -> None:
    export_id = owner.asked(what="none")
    work()
    assert owner.told(export_id)["expires"] > owner.told(export_id)["createdTime"]
    scope = system_scope(stocked.sites.own.tenant)
    jobs.ask(scope, Wanted("expiry", ExtractExpiry.name))

    kinds = [ExtractExpiry(extract_files(stocked), -1.0)]
    JobDoer(ClaimStore(graph), kinds, scope).do_due("worker", Event())

    assert owner.get(export_id).status_code == 404


def test_more_than_four_at_once_are_too_many_and_the_last_is_listed_first(
    owner: Exporter, work: Work
) -> None:
    asked = [owner.asked(what="none") for _ in range(4)]

    assert owner.ask().status_code == 429
    listed = owner.list("?limit=2").get_json()
    following = owner.client.get(listed["next"].partition("8042")[2], headers=dict(owner.headers)).get_json()
    work()

    shown = [each["id"] for each in (*listed["exports"], *following["exports"])]
    assert shown[:4] == asked[::-1]
    for odd in ("?limit=0", "?limit=x", "?colour=1", "?page=x"):
        assert owner.list(odd).status_code == 400, odd
