"""The process dies between rename and commit, and between commit and answer: nothing acknowledged is lost,
nothing half is seen, and sending it again settles it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.blobs import BlobStore, State
from app.imaging.store import Ingest
from app.imaging.store.kill_points import AFTER_COMMIT, AFTER_RENAME, BEFORE_COMMIT, POINTS, hook
from graph.errors import NotFound
from graph.local.state import Neo4jAddress
from graph.scope import AccessScope
from graph.studies.imaging import ImagingStore
from tests.factories import dicom

_CHILD = """
import os, sys
from pathlib import Path
from time import time_ns
from app.blobs import BlobStore, new_blob_id
from app.imaging.store import Ingest
from graph.aggregates import AGGREGATES
from graph.commit import CommitterThread, Committing
from graph.session import Graph
from graph.studies.imaging import ImagingStore
from graph.site import Site
from tests.factories.scopes import scope_of

uri, user, password, tenant, folder, *files = sys.argv[1:]
graph = Graph.connect(uri, user, password)
imaging = ImagingStore(graph, CommitterThread(Committing(graph, AGGREGATES, lambda: time_ns() // 1000)), Site("http://127.0.0.1"))
blobs = BlobStore([Path(folder)], floor=0)
ingest = Ingest(
    blobs, imaging,
    new_blob_id=lambda: new_blob_id(time_ns() // 1_000_000, os.urandom(10)), today=lambda: "20260601",
)
report = ingest.store(scope_of("service", tenant=tenant), ([Path(file).read_bytes()] for file in files))
print(sum(outcome.stored for outcome in report.outcomes), flush=True)
os._exit(0)
"""


def store_in_a_child(
    point: str, address: Neo4jAddress, tenant: str, folder: Path, files: list[Path]
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[4]), "HILUM_KILL_AT": point}
    connection = [address.uri, address.user, address.password]
    arguments = [sys.executable, "-c", _CHILD, *connection, tenant, str(folder), *map(str, files)]
    return subprocess.run(arguments, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.dcm" for number in range(3)]
    for path, raw in zip(paths, dicom.ct_study(3, study_uid="1.2"), strict=True):
        path.write_bytes(raw)
    return paths


@pytest.mark.parametrize(
    ("point", "visible"), [(AFTER_RENAME, False), (BEFORE_COMMIT, False), (AFTER_COMMIT, True)]
)
def test_a_kill_leaves_instances_whole_or_unseen_and_a_retry_settles_it(
    *,
    point: str,
    visible: bool,
    neo4j_address: Neo4jAddress,
    ingest: Ingest,
    blobs: BlobStore,
    imaging: ImagingStore,
    scope: AccessScope,
    tenant: str,
    tmp_path: Path,
    files: list[Path],
) -> None:
    ended = store_in_a_child(point, neo4j_address, tenant, tmp_path / "blobs", files)
    assert (ended.returncode, ended.stdout) == (-signal.SIGKILL, ""), ended.stderr
    assert (len(seen(imaging, scope)) == 3) is visible
    assert len(list(blobs.walk())) == 3
    report = ingest.store(scope, ([path.read_bytes()] for path in files))
    assert [(outcome.stored, outcome.repeated) for outcome in report.outcomes] == [(True, visible)] * 3
    stored = imaging.instances(scope, "1.2")
    assert len(stored) == 3
    for instance in stored:
        assert {each.state for each in blobs.verify(instance.blob_id, instance.digest)} == {State.GOOD}


def seen(imaging: ImagingStore, scope: AccessScope) -> list[object]:
    try:
        return list(imaging.instances(scope, "1.2"))
    except NotFound:
        return []


def test_without_a_point_the_child_answers(
    neo4j_address: Neo4jAddress, imaging: ImagingStore, tenant: str, tmp_path: Path, files: list[Path]
) -> None:
    ended = store_in_a_child("", neo4j_address, tenant, tmp_path / "blobs", files)
    assert (ended.returncode, ended.stdout) == (0, "3\n"), ended.stderr


def test_a_point_that_does_not_exist_is_a_mistake_and_no_point_does_nothing() -> None:
    with pytest.raises(ValueError, match="HILUM_KILL_AT is one of"):
        hook("after-lunch")
    for point in POINTS:
        hook(None)(point)
        hook(AFTER_RENAME if point != AFTER_RENAME else AFTER_COMMIT)(point)
