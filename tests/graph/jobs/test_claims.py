"""Claims: one worker at a time, a lease by the database's clock, and no write of an older claim."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from graph.errors import Category, Forbidden
from graph.jobs.claims import ClaimStore
from graph.jobs.jobs import JobStore
from graph.jobs.records import Claim, Ending, JobState, Progress, Superseded, Wanted
from graph.scope import AccessScope
from graph.session import Graph
from tests.factories.scopes import scope_of

LEASE = 60.0
SHORT = 0.2
Write = Callable[[ClaimStore, AccessScope, Claim], object]
WRITES: dict[str, Write] = {
    "step": lambda claims, scope, claim: claims.step(scope, claim, 1, Progress(), LEASE),
    "renew": lambda claims, scope, claim: claims.renew(scope, claim, LEASE),
    "release": lambda claims, scope, claim: claims.release(scope, claim),
    "again": lambda claims, scope, claim: claims.again(scope, claim, 1, "unavailable", None),
    "finish": lambda claims, scope, claim: claims.finish(scope, claim, Ending(JobState.SUCCEEDED)),
}


def claimed(claims: ClaimStore, scope: AccessScope, lease: float = LEASE) -> Claim:
    claim = claims.claim(scope, "a worker", lease)
    assert claim is not None
    return claim


def test_of_two_workers_one_gets_the_job(
    jobs: JobStore, claims: ClaimStore, graph: Graph, scope: AccessScope
) -> None:
    others = ClaimStore(graph)
    for number in range(20):
        jobs.ask(scope, Wanted(f"j{number}", "export"))
        with ThreadPoolExecutor(2) as pool:
            reach = [
                pool.submit(store.claim, scope, name, LEASE) for name, store in (("a", claims), ("b", others))
            ]
            got = [each.result() for each in reach]
        assert sum(each is not None for each in got) == 1


def test_eight_workers_share_the_jobs_without_doubling_one(
    jobs: JobStore, claims: ClaimStore, scope: AccessScope
) -> None:
    wanted = {f"j{number}" for number in range(24)}
    for each in wanted:
        jobs.ask(scope, Wanted(each, "export"))

    def work(name: int) -> list[str]:
        got = []
        while claim := claims.claim(scope, f"worker {name}", LEASE):
            got.append(claim.id)
        return got

    with ThreadPoolExecutor(8) as pool:
        done = [job for share in pool.map(work, range(8)) for job in share]
    assert sorted(done) == sorted(wanted)


def test_what_has_waited_longest_comes_first_and_what_is_not_due_does_not_come(
    jobs: JobStore, claims: ClaimStore, scope: AccessScope
) -> None:
    jobs.ask(scope, Wanted("later", "export", delay=60))
    assert claims.claim(scope, "a worker", LEASE) is None
    wait = claims.next_due(scope)
    assert wait is not None
    assert 55 < wait <= 60

    for each in ("first", "second"):
        jobs.ask(scope, Wanted(each, "export"))
        time.sleep(0.002)
    assert [claimed(claims, scope).id for _ in range(2)] == ["first", "second"]


def test_a_held_job_is_claimed_again_when_its_lease_has_passed(
    jobs: JobStore, claims: ClaimStore, scope: AccessScope
) -> None:
    jobs.ask(scope, Wanted("one", "export"))
    first = claimed(claims, scope, SHORT)
    assert claims.claim(scope, "another", LEASE) is None
    time.sleep(SHORT)
    second = claimed(claims, scope)

    assert (second.fence, second.attempts) == (first.fence + 1, 2)


def test_the_clock_of_a_lease_is_the_databases(
    jobs: JobStore, claims: ClaimStore, scope: AccessScope, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.ask(scope, Wanted("one", "export"))
    hours = 10 * 3600
    ahead = time.time() + hours
    monkeypatch.setattr(time, "time", lambda: ahead)
    monkeypatch.setattr(time, "time_ns", lambda: int(ahead * 1e9))

    claimed(claims, scope)

    assert claims.claim(scope, "whose clock is ten hours ahead", LEASE) is None
    job = jobs.find(scope, "one")
    assert job.due is not None
    assert job.due < (ahead - hours / 2) * 1e6


@pytest.mark.parametrize("name", WRITES)
def test_what_an_older_claim_writes_is_refused(
    jobs: JobStore, claims: ClaimStore, scope: AccessScope, name: str
) -> None:
    jobs.ask(scope, Wanted("one", "export"))
    older = claimed(claims, scope, 0)
    newer = claimed(claims, scope)

    with pytest.raises(Superseded) as refused:
        WRITES[name](claims, scope, older)
    assert refused.value.category is Category.CONFLICT
    assert jobs.find(scope, "one").state is JobState.RUNNING

    WRITES[name](claims, scope, newer)


@pytest.mark.parametrize("name", WRITES)
def test_nothing_is_written_on_a_job_that_has_ended(
    jobs: JobStore, claims: ClaimStore, scope: AccessScope, name: str
) -> None:
    jobs.ask(scope, Wanted("one", "export"))
    claim = claimed(claims, scope)
    claims.finish(scope, claim, Ending(JobState.SUCCEEDED, {"files": 3}))

    with pytest.raises(Superseded):
        WRITES[name](claims, scope, claim)
    job = jobs.find(scope, "one")
    assert (job.state, job.result, job.due) == (JobState.SUCCEEDED, {"files": 3}, None)


def test_of_two_that_finish_one_job_one_succeeds(
    jobs: JobStore, claims: ClaimStore, scope: AccessScope
) -> None:
    def finish(claim: Claim) -> bool:
        try:
            claims.finish(scope, claim, Ending(JobState.SUCCEEDED))
        except Superseded:
            return False
        return True

    for number in range(10):
        jobs.ask(scope, Wanted(f"j{number}", "export"))
        both = [claimed(claims, scope, 0), claimed(claims, scope)]
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(finish, both)) == [False, True]


def test_the_next_claim_goes_on_from_the_last_step(
    jobs: JobStore, claims: ClaimStore, scope: AccessScope
) -> None:
    jobs.ask(scope, Wanted("one", "export"))
    first = claimed(claims, scope)
    assert first.cursor is None
    claims.step(scope, first, {"page": 7}, Progress(70, 100, "pages"), lease=0)
    second = claimed(claims, scope)

    assert (second.cursor, second.progress) == ({"page": 7}, Progress(70, 100, "pages"))


def test_a_release_does_not_count_as_a_try_and_a_failure_does(
    jobs: JobStore, claims: ClaimStore, scope: AccessScope
) -> None:
    jobs.ask(scope, Wanted("one", "export"))
    claims.release(scope, claimed(claims, scope))
    again = claimed(claims, scope)
    assert again.attempts == 1

    claims.again(scope, again, 60, "unavailable", "the store is away")

    job = jobs.find(scope, "one")
    assert (job.state, job.attempts, job.error) == (JobState.QUEUED, 1, "unavailable")
    assert claims.claim(scope, "a worker", LEASE) is None


@pytest.mark.parametrize("role", ["clinician", "researcher", "teleradiologist", "service"])
def test_no_caller_from_outside_works(claims: ClaimStore, role: str) -> None:
    with pytest.raises(Forbidden):
        claims.claim(scope_of(role), "mallory", LEASE)
