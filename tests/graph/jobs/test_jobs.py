"""Jobs as those see them who ask for them: asked for once, listed, cancelled, forgotten."""

import pytest

from app.security.scopes import system_scope
from graph.errors import Conflict, Forbidden, NotFound
from graph.jobs.claims import ClaimStore
from graph.jobs.jobs import JobStore, JobWindow
from graph.jobs.records import Ending, JobState, Wanted
from graph.scope import AccessScope
from tests.factories.scopes import scope_of


def ended(claims: ClaimStore, scope: AccessScope, state: JobState = JobState.SUCCEEDED) -> str:
    """Claim the next job and end it."""
    claim = claims.claim(scope, "a worker", 60)
    assert claim is not None
    claims.finish(scope, claim, Ending(state))
    return claim.id


def test_a_job_is_queued_with_who_asked_and_for_what(jobs: JobStore, scope: AccessScope) -> None:
    jobs.ask(scope, Wanted("one", "export", {"study": "1.2"}))
    job = jobs.find(scope, "one")

    assert (job.kind, job.parameters, job.state) == ("export", {"study": "1.2"}, JobState.QUEUED)
    assert (job.asked_by, job.attempts, job.progress.done) == (scope.subject, 0, 0)
    assert job.due == job.asked_at


def test_the_same_job_asked_for_twice_is_one(jobs: JobStore, claims: ClaimStore, scope: AccessScope) -> None:
    jobs.ask(scope, Wanted("one", "export"))
    ended(claims, scope)

    assert jobs.ask(scope, Wanted("one", "export")).state is JobState.SUCCEEDED
    assert claims.claim(scope, "a worker", 60) is None


def test_the_last_that_was_asked_for_comes_first_and_pages_join_to_the_whole(
    jobs: JobStore, claims: ClaimStore, scope: AccessScope
) -> None:
    for number in range(5):
        jobs.ask(scope, Wanted(f"j{number}", "export"))
    whole = jobs.page(scope, JobWindow(limit=10))
    assert sorted(whole, key=lambda job: (job.asked_at, job.id), reverse=True) == whole

    paged, after = [], None
    while page := jobs.page(scope, JobWindow(limit=2, after=after)):
        paged += page
        after = (page[-1].asked_at, page[-1].id)
    assert paged == whole

    done = ended(claims, scope)
    assert [job.id for job in jobs.page(scope, JobWindow(limit=10, state=JobState.SUCCEEDED))] == [done]


def test_a_queued_job_is_cancelled_at_once(jobs: JobStore, claims: ClaimStore, scope: AccessScope) -> None:
    jobs.ask(scope, Wanted("one", "export"))

    cancelled = jobs.cancel(scope, "one")

    assert (cancelled.state, cancelled.due) == (JobState.CANCELLED, None)
    assert cancelled.finished_at is not None
    assert claims.claim(scope, "a worker", 60) is None
    assert jobs.cancel(scope, "one").state is JobState.CANCELLED


def test_the_end_of_a_running_job_is_wished_for(
    jobs: JobStore, claims: ClaimStore, scope: AccessScope
) -> None:
    jobs.ask(scope, Wanted("one", "export"))
    claim = claims.claim(scope, "a worker", 60)
    assert claim is not None

    cancelled = jobs.cancel(scope, "one")

    assert (cancelled.state, cancelled.cancel_wanted) == (JobState.RUNNING, True)
    assert claims.renew(scope, claim, 60) is True
    claims.again(scope, claim, 600, "unavailable", None)
    due_at_once = claims.claim(scope, "another", 60)
    assert due_at_once is not None
    assert due_at_once.cancel_wanted


@pytest.mark.parametrize("state", [JobState.SUCCEEDED, JobState.FAILED])
def test_what_has_ended_cannot_be_cancelled(
    jobs: JobStore, claims: ClaimStore, scope: AccessScope, state: JobState
) -> None:
    jobs.ask(scope, Wanted("one", "export"))
    ended(claims, scope, state)

    with pytest.raises(Conflict):
        jobs.cancel(scope, "one")
    assert jobs.find(scope, "one").state is state


def test_a_job_ends_at_its_tenant(jobs: JobStore, scope: AccessScope, claims: ClaimStore) -> None:
    elsewhere = system_scope(f"{scope.tenant}x")
    jobs.ask(scope, Wanted("one", "export"))

    for call in (jobs.find, jobs.cancel):
        with pytest.raises(NotFound):
            call(elsewhere, "one")
    assert jobs.page(elsewhere, JobWindow(limit=10)) == []
    assert claims.claim(elsewhere, "a worker", 60) is None
    assert jobs.find(scope, "one").state is JobState.QUEUED


def test_what_ended_long_ago_is_forgotten_and_what_waits_is_not(
    jobs: JobStore, claims: ClaimStore, scope: AccessScope
) -> None:
    jobs.ask(scope, Wanted("old", "export"))
    ended(claims, scope)
    jobs.ask(scope, Wanted("new", "export"))

    assert jobs.forget(scope, age=60) == 0
    assert jobs.forget(scope, age=-1) == 1
    assert [job.id for job in jobs.page(scope, JobWindow(limit=10))] == ["new"]


@pytest.mark.parametrize("role", ["clinician", "researcher", "teleradiologist"])
def test_only_who_operates_the_gateway_sees_and_ends_jobs(jobs: JobStore, role: str) -> None:
    attempts = (
        lambda scope: jobs.find(scope, "one"),
        lambda scope: jobs.page(scope, JobWindow(limit=1)),
        lambda scope: jobs.cancel(scope, "one"),
        lambda scope: jobs.forget(scope, 0),
    )
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt(scope_of(role))
