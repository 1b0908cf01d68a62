"""A worker as it is wired: woken at once, and what it does beside the requests gets done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from app.config import Config
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.working import worker as wired_worker
from app.work.queue import JobQueue
from app.work.waking import FALLBACK_SECONDS, Topic, Waker
from app.work.worker import Lane, Worker
from graph.errors import Unavailable
from graph.jobs.jobs import JobStore, JobWindow
from graph.jobs.records import JobFailure, JobState, Wanted
from graph.local.process import wait_until
from graph.scope import AccessScope
from tests.factories.dicom import ct_instance, uid

WELL_BEFORE = FALLBACK_SECONDS / 3  # nobody was woken by the fallback


@contextmanager
def running(worker: Worker) -> Iterator[None]:
    stop = Event()
    thread = Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def worker(services: Wiring) -> Worker:
    return wired_worker(services)


def ended(jobs: JobStore, scope: AccessScope, kind: str) -> bool:
    page = jobs.page(scope, JobWindow(limit=100, state=JobState.SUCCEEDED))
    return kind in {job.kind for job in page}


def test_the_recurring_jobs_are_done_when_it_starts(
    worker: Worker, jobs: JobStore, scope: AccessScope
) -> None:
    with running(worker):
        for kind in ("purge", "orphans", "uploads", "forget-jobs"):
            assert wait_until(lambda kind=kind: ended(jobs, scope, kind), 20)


def test_a_job_is_begun_when_it_is_asked_for(
    worker: Worker, queue: JobQueue, jobs: JobStore, scope: AccessScope
) -> None:
    with running(worker):
        assert wait_until(lambda: ended(jobs, scope, "forget-jobs"), 20)
        time.sleep(0.5)  # every lane is asleep
        for number in range(5):
            queue.ask(scope, Wanted(f"unknown-{number}", "unknown"))
            assert wait_until(lambda n=number: jobs.find(scope, f"unknown-{n}").state.ended, WELL_BEFORE)
        assert jobs.find(scope, "unknown-0").error == JobFailure.UNKNOWN_KIND


def test_the_followers_learn_of_a_deletion_when_it_is_committed(
    worker: Worker, services: Wiring, jobs: JobStore, scope: AccessScope
) -> None:
    def asked_for() -> bool:
        page = jobs.page(scope, JobWindow(limit=100, state=JobState.QUEUED))
        return any(job.id.startswith("purge-after-") for job in page)

    with running(worker):
        assert wait_until(lambda: ended(jobs, scope, "forget-jobs"), 20)
        store = system_scope(services.sites.own.tenant)
        assert services.ingest.store(store, [[ct_instance()]]).outcomes[0].stored
        services.imaging.delete(store, uid("study", "P1"))
        assert wait_until(asked_for, WELL_BEFORE)
    (waiting,) = jobs.page(scope, JobWindow(limit=100, state=JobState.QUEUED))
    assert waiting.due is not None
    assert waiting.due - waiting.asked_at >= 60_000_000  # who reads it now has opened its file by then


def test_the_mark_of_the_newest_change_is_kept(worker: Worker, services: Wiring) -> None:
    store = system_scope(services.sites.own.tenant)
    assert services.ingest.store(store, [[ct_instance()]]).outcomes[0].stored
    with running(worker):
        assert wait_until((services.config.home / "feed-mark.json").exists, 10)


def test_audit_files_go_into_the_graph_when_they_are_closed(
    worker: Worker, services: Wiring, scope: AccessScope
) -> None:
    with running(worker):
        line = b'{"kind": "access", "id": "1", "tenant": "%s", "entities": {}}' % scope.tenant.encode()
        services.recorder._spool.record(line).wait()
        services.recorder.close()
        assert wait_until(lambda: services.audit.count(scope) == 1, WELL_BEFORE)


def test_a_lane_that_fails_is_tried_again_and_the_others_go_on(config: Config) -> None:
    tries: list[float] = []
    looked = Event()

    def fails_twice(_: Event) -> None:
        tries.append(time.monotonic())
        if len(tries) < 3:
            raise Unavailable("away")

    def looks(_: Event) -> None:
        looked.set()

    lanes = [Lane("failing", (), fails_twice), Lane("well", (), looks)]
    with running(Worker(config.home, lanes)):
        assert looked.wait(5)
        assert wait_until(lambda: len(tries) == 3, 10)
    assert tries[2] - tries[1] > tries[1] - tries[0] > 0.4


def test_what_nobody_was_woken_for_is_seen_by_the_fallback(config: Config) -> None:
    looks: list[int] = []
    lane = Lane("polling", (Topic.CHANGES,), lambda _: looks.append(1))
    with running(Worker(config.home, [lane], fallback=0.05)):
        assert wait_until(lambda: len(looks) > 3, 5)


def test_many_changes_make_one_look(config: Config) -> None:
    looks: list[int] = []
    lane = Lane("following", (Topic.CHANGES,), lambda _: looks.append(1), gathering=1.0)
    waker = Waker(config.home)
    with running(Worker(config.home, [lane])):
        assert wait_until(lambda: len(looks) == 1, 5)
        for _ in range(50):
            waker.changed()
            time.sleep(0.002)
        assert wait_until(lambda: len(looks) == 2, 5)
        time.sleep(1.2)
    assert len(looks) == 2
