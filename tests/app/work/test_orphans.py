"""What a crash left between name and commit is swept; what only looks so is not."""

import json
import os
from collections.abc import Callable
from time import time_ns

import pytest

from app.blobs import new_blob_id
from app.blobs.ownership import MARK
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.work import orphans as sweeping
from app.work.orphans import QUARANTINE_SECONDS, OrphanSweeper
from graph.errors import Conflict
from tests.factories.dicom import ct_instance, uid

GRACE = 60
Leave = Callable[[], str]


@pytest.fixture
def sweeper(services: Wiring) -> OrphanSweeper:
    config = services.config
    return OrphanSweeper(services.removals, services.blobs, config.home, config.tenant, GRACE)


@pytest.fixture
def leave(services: Wiring) -> Leave:
    """Leaves a blob as a process does that dies before the commit."""

    def one() -> str:
        blob_id = new_blob_id(time_ns() // 1_000_000, os.urandom(10))
        with services.blobs.begin(blob_id) as upload:
            upload.write(b"nobody's")
            upload.seal()
        return blob_id

    return one


def store(services: Wiring, number: int = 1) -> None:
    scope = system_scope(services.sites.own.tenant)
    report = services.ingest.store(scope, [[ct_instance(number=number)]])
    assert report.outcomes[0].stored


def present(services: Wiring) -> set[str]:
    return {each.blob_id for each in services.blobs.walk()}


def later(graces: float) -> float:
    """A moment so many graces from now."""
    return time_ns() / 1e9 + graces * GRACE


def test_an_orphan_goes_when_two_scans_beyond_its_grace_have_found_it(
    services: Wiring, sweeper: OrphanSweeper, leave: Leave
) -> None:
    store(services)
    (owned,) = present(services)
    orphan = leave()

    assert sweeper.sweep(later(0.5)) == 0  # in its grace
    assert sweeper.sweep(later(1.5)) == 0  # once
    assert present(services) == {owned, orphan}
    assert sweeper.sweep(later(1.6)) == 0  # no scan is due yet
    assert sweeper.sweep(later(2)) == 1
    assert present(services) == {owned}


def test_what_is_owned_or_deleted_stays(services: Wiring, sweeper: OrphanSweeper) -> None:
    for number in range(3):
        store(services, number)
    before = present(services)
    study = uid("study", "P1")
    services.imaging.delete(system_scope(services.sites.own.tenant), study)

    for moment in (1, 2, 3):
        assert sweeper.sweep(later(moment)) == 0
    assert present(services) == before  # the purge removes them, by their tombstones


def test_an_orphan_that_was_committed_late_stays(
    services: Wiring, sweeper: OrphanSweeper, leave: Leave, monkeypatch: pytest.MonkeyPatch
) -> None:
    orphan = leave()
    assert sweeper.sweep(later(1.5)) == 0
    monkeypatch.setattr(type(services.removals), "unowned", lambda *_: [])
    assert sweeper.sweep(later(2.5)) == 0
    assert orphan in present(services)


def test_the_quarantine_keeps_it_for_a_week(services: Wiring, sweeper: OrphanSweeper, leave: Leave) -> None:
    orphan = leave()
    for moment in (1.5, 2):
        sweeper.sweep(later(moment))
    (root,) = services.blobs.roots
    aside = root / "quarantine" / orphan

    sweeper.sweep(later(3))
    assert aside.read_bytes() == b"nobody's"
    sweeper.sweep(later(3) + QUARANTINE_SECONDS)
    assert not aside.exists()


def test_nothing_is_swept_after_an_older_graph_was_restored(
    services: Wiring, sweeper: OrphanSweeper, leave: Leave
) -> None:
    store(services)
    sweeper.sweep(later(0))
    mark = services.config.home / MARK
    seen = json.loads(mark.read_text())
    mark.write_text(json.dumps({**seen, "sequence": seen["sequence"] + 1}))  # the graph never had it
    orphan = leave()

    for moment in (1.5, 2.5):
        with pytest.raises(Conflict):
            sweeper.sweep(later(moment))
    assert orphan in present(services)
    assert [each.invariant for each in services.checks.run()] == ["the graph is not older than the blobs"]


def test_nothing_is_swept_where_too_much_looks_orphaned(
    services: Wiring, sweeper: OrphanSweeper, leave: Leave, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "FEW", 2)
    left = {leave() for _ in range(3)}

    sweeper.sweep(later(1.5))
    with pytest.raises(Conflict):
        sweeper.sweep(later(2.5))
    assert present(services) == left


def test_the_check_allows_a_young_orphan_and_reports_an_old_one(
    services: Wiring, leave: Leave, monkeypatch: pytest.MonkeyPatch
) -> None:
    orphan = leave()
    assert list(services.checks.run()) == []

    monkeypatch.setattr("app.checking.checks.time.time", lambda: later(3 * 86_400 / GRACE))
    assert [each.what for each in services.checks.run()] == [f"blob {orphan} has no owner"]
