"""The bytes of deleted instances go: after a minute, by blob id, one purge for what was deleted together."""

from collections.abc import Callable
from threading import Event

import pytest

from app.security.scopes import system_scope
from app.wiring import Wiring
from app.work import purge
from app.work.doing import JobDoer
from app.work.following import Following
from app.work.purge import Purge, PurgeFollower
from app.work.queue import JobQueue
from graph.changes.changes import ChangeStore
from graph.jobs.claims import ClaimStore
from graph.jobs.followers import FollowerStore
from graph.jobs.jobs import JobStore, JobWindow
from graph.jobs.records import Job, JobState, Wanted
from graph.scope import AccessScope
from tests.factories.dicom import ct_instance, uid


@pytest.fixture
def deleted(services: Wiring) -> str:
    """The blob of a picture that was stored and deleted."""
    scope = system_scope(services.sites.own.tenant)
    assert services.ingest.store(scope, [[ct_instance()]]).outcomes[0].stored
    (blob,) = services.blobs.walk()
    services.imaging.delete(scope, uid("study", "P1"))
    return blob.blob_id


@pytest.fixture
def follow(services: Wiring, queue: JobQueue, scope: AccessScope) -> Callable[[], list[Job]]:
    """Let the follower catch up, and show what it has asked for."""
    following = Following(FollowerStore(services.graph), ChangeStore(services.graph), scope)

    def caught_up() -> list[Job]:
        following.catch_up(PurgeFollower(queue), "a worker", Event())
        return services.jobs.page(scope, JobWindow(limit=10))

    return caught_up


def run_purge(services: Wiring, scope: AccessScope) -> Job:
    services.jobs.ask(scope, Wanted("now", Purge.name))
    kinds = [Purge(services.removals, services.blobs, services.derived)]
    JobDoer(ClaimStore(services.graph), kinds, scope).do_due("a worker", Event())
    return services.jobs.find(scope, "now")


def living(services: Wiring) -> set[str]:
    return {each.blob_id for each in services.blobs.walk() if not each.deleted}


def test_a_deletion_asks_for_a_purge_that_is_due_after_the_grace(
    deleted: str, follow: Callable[[], list[Job]]
) -> None:
    (job,) = follow()

    assert (job.kind, job.state) == (Purge.name, JobState.QUEUED)
    assert job.due is not None
    assert job.due - job.asked_at > purge.GRACE_SECONDS * 1_000_000
    assert follow() == [job]


def test_a_store_asks_for_none(services: Wiring, follow: Callable[[], list[Job]]) -> None:
    scope = system_scope(services.sites.own.tenant)
    assert services.ingest.store(scope, [[ct_instance()]]).outcomes[0].stored
    assert follow() == []


def test_within_the_grace_the_bytes_stay_and_afterwards_they_go(
    services: Wiring, deleted: str, scope: AccessScope, monkeypatch: pytest.MonkeyPatch, jobs: JobStore
) -> None:
    assert run_purge(services, scope).result == {"removed": 0}
    assert deleted in living(services)

    monkeypatch.setattr(purge, "GRACE_SECONDS", -1)
    jobs.forget(scope, age=-1)
    job = run_purge(services, scope)

    assert (job.state, job.result) == (JobState.SUCCEEDED, {"removed": 1})
    assert deleted not in living(services)
