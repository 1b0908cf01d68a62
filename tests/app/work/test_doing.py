"""Every job reaches a terminal state: by success, by failure, by too many tries, by a wish."""

import time
from collections.abc import Mapping
from threading import Event, Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.work.doing import JobDoer
from app.work.kinds import Retry
from app.work.running import Running
from graph.errors import Conflict, Invalid, Unavailable
from graph.jobs.claims import ClaimStore
from graph.jobs.jobs import JobStore
from graph.jobs.records import Job, JobFailure, JobState, Wanted
from graph.local.process import wait_until
from graph.scope import AccessScope
from tests.app.work.kinds_for_tests import AT_ONCE, Scripted

ONE = Wanted("one", "scripted", {"to": 3})


def count(job: Running) -> Mapping[str, Any]:
    """Count up to what was asked for, a step each."""
    for number in range(job.cursor or 0, job.parameters["to"]):
        job.step(number + 1, number + 1, total=job.parameters["to"])
    return {"counted": job.cursor}


@pytest.fixture
def do(jobs: JobStore, claims: ClaimStore, scope: AccessScope) -> Any:
    """Ask for the one job, do what is due until nothing is, and show what became of it."""

    def done(*kinds: Scripted, stop: Event | None = None) -> Job:
        jobs.ask(scope, ONE)
        JobDoer(claims, kinds, scope).do_due("a worker", stop or Event())
        return jobs.find(scope, ONE.id)

    return done


def test_a_job_succeeds_with_its_result_and_its_progress(do: Any) -> None:
    job = do(Scripted(count))

    assert (job.state, job.result, job.error) == (JobState.SUCCEEDED, {"counted": 3}, None)
    assert (job.progress.done, job.progress.total, job.attempts) == (3, 3, 1)
    assert job.finished_at >= job.started_at >= job.asked_at


def test_a_failure_that_passes_is_tried_again_from_the_last_step(do: Any) -> None:
    seen = []

    def fails_at_two(job: Running) -> Mapping[str, Any]:
        seen.append(job.cursor)
        for number in range(job.cursor or 0, 3):
            if number == 2 and len(seen) == 1:
                raise Unavailable("the store is away")
            job.step(number + 1, number + 1)
        return {}

    job = do(Scripted(fails_at_two))

    assert (seen, job.state, job.attempts, job.error) == ([None, 2], JobState.SUCCEEDED, 2, None)


@pytest.mark.parametrize(
    ("raised", "error", "runs"),
    [
        (Unavailable("away"), "unavailable", AT_ONCE.attempts),
        (ValueError("Kanarienvogel"), JobFailure.UNFORESEEN, AT_ONCE.attempts),
        (Invalid("not like this"), "invalid", 1),
        (Conflict("a person decides"), "conflict", 1),
    ],
)
def test_a_failure_ends_it_at_once_or_after_the_last_try(
    do: Any, raised: Exception, error: str, runs: int
) -> None:
    def fails(job: Running) -> Mapping[str, Any]:
        raise raised

    kind = Scripted(fails)
    job = do(kind)

    assert (job.state, job.error, kind.runs, job.attempts) == (JobState.FAILED, error, runs, runs)
    assert "Kanarienvogel" not in str(job)


def test_a_kind_that_nobody_knows_fails(do: Any) -> None:
    assert (do().state, do().error) == (JobState.FAILED, JobFailure.UNKNOWN_KIND)


def test_a_job_whose_workers_all_died_fails(
    do: Any, jobs: JobStore, claims: ClaimStore, scope: AccessScope
) -> None:
    jobs.ask(scope, ONE)
    for number in range(AT_ONCE.attempts):
        assert claims.claim(scope, f"worker {number}, killed", lease=0) is not None
    kind = Scripted(count)

    job = do(kind)

    assert (job.state, job.error, kind.runs) == (JobState.FAILED, JobFailure.ABANDONED, 0)


def test_a_running_job_ends_at_its_next_step_when_it_is_cancelled(
    do: Any, jobs: JobStore, scope: AccessScope
) -> None:
    def cancelled_in_between(job: Running) -> Mapping[str, Any]:
        job.step(1, 1)
        jobs.cancel(scope, ONE.id)
        job.step(2, 2)
        raise AssertionError("it went on")

    job = do(Scripted(cancelled_in_between))

    assert (job.state, job.progress.done, job.error) == (JobState.CANCELLED, 2, None)


def test_a_job_that_was_cancelled_while_its_worker_died_is_not_run_again(
    do: Any, jobs: JobStore, claims: ClaimStore, scope: AccessScope
) -> None:
    jobs.ask(scope, ONE)
    claims.claim(scope, "killed", lease=0)
    jobs.cancel(scope, ONE.id)
    kind = Scripted(count)

    assert (do(kind).state, kind.runs) == (JobState.CANCELLED, 0)


def test_a_worker_that_stops_gives_the_job_back_without_counting_the_try(do: Any) -> None:
    stop = Event()

    def told_to_stop(job: Running) -> Mapping[str, Any]:
        stop.set()
        return count(job)

    job = do(Scripted(told_to_stop), stop=stop)
    assert (job.state, job.progress.done, job.attempts) == (JobState.QUEUED, 1, 0)

    assert do(Scripted(count)).result == {"counted": 3}


def test_a_worker_that_was_taken_for_dead_does_not_finish_the_job(
    do: Any, claims: ClaimStore, scope: AccessScope, jobs: JobStore
) -> None:
    def overtaken(job: Running) -> Mapping[str, Any]:
        assert claims.claim(scope, "another", 60) is not None
        return {"by": "the older"}

    jobs.ask(scope, ONE)
    JobDoer(claims, [Scripted(overtaken)], scope, lease=0).do_due("a worker", Event())

    job = jobs.find(scope, ONE.id)
    assert (job.state, job.result, job.attempts) == (JobState.RUNNING, {}, 2)


def test_a_long_step_keeps_its_lease(claims: ClaimStore, scope: AccessScope, jobs: JobStore) -> None:
    jobs.ask(scope, ONE)
    begun, let_go = Event(), Event()

    def takes_long(job: Running) -> Mapping[str, Any]:
        begun.set()
        let_go.wait(20)
        return {}

    doer = JobDoer(claims, [Scripted(takes_long)], scope, lease=0.6)
    thread = Thread(target=doer.do_due, args=("a worker", Event()))
    thread.start()
    try:
        assert begun.wait(20)
        time.sleep(1.2)
        assert claims.claim(scope, "another", 60) is None
    finally:
        let_go.set()
        thread.join()
    assert jobs.find(scope, ONE.id).state is JobState.SUCCEEDED


def test_a_step_that_never_ends_loses_its_lease(
    claims: ClaimStore, scope: AccessScope, jobs: JobStore
) -> None:
    jobs.ask(scope, ONE)
    begun, let_go = Event(), Event()

    def hangs(job: Running) -> Mapping[str, Any]:
        begun.set()
        let_go.wait(20)
        return {}

    kind = Scripted(hangs, retry=Retry(step_seconds=0.0))
    thread = Thread(target=JobDoer(claims, [kind], scope, lease=0.3).do_due, args=("hung", Event()))
    thread.start()
    try:
        assert begun.wait(20)
        assert wait_until(lambda: claims.claim(scope, "another", 60) is not None, 5)
    finally:
        let_go.set()
        thread.join()
    assert jobs.find(scope, ONE.id).state is JobState.RUNNING  # the other's


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_pauses_grow_to_the_longest_and_are_spread_apart(attempts: int, chance: float) -> None:
    retry = Retry(first=2.0, longest=600.0)

    assert retry.pause(attempts, 0.0) <= retry.pause(attempts, chance) <= 2 * retry.pause(attempts, 0.0)
    assert 1.0 <= retry.pause(attempts, chance) <= 600.0
    assert retry.pause(attempts, 0.0) <= retry.pause(attempts + 1, 0.0)
    assert retry.pause(3, 0.0) == 4.0
