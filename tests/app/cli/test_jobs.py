"""`hilum jobs` on a real graph: what waits, what became of it, and an end to it."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.security.scopes import system_scope
from graph.jobs.claims import ClaimStore
from graph.jobs.jobs import JobStore
from graph.jobs.records import Ending, JobState, Progress, Wanted
from graph.scope import AccessScope
from graph.session import Graph

Hilum = Callable[..., Result]


@pytest.fixture
def hilum(settings: dict[str, str]) -> Hilum:
    return lambda *arguments: CliRunner().invoke(main, ["jobs", *arguments], env=settings)


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return system_scope(tenant, "kim")


@pytest.fixture
def jobs(graph: Graph, scope: AccessScope) -> JobStore:
    """One job that succeeded, one that failed, one that runs, one that waits."""
    store, claims = JobStore(graph), ClaimStore(graph)
    endings = {
        "done": Ending(JobState.SUCCEEDED, {"removed": 3}),
        "broken": Ending(JobState.FAILED, error="conflict", message="a person decides"),
    }
    for name in ("done", "broken", "running"):
        store.ask(scope, Wanted(name, "purge", {"before": 7}))
        claim = claims.claim(scope, "a worker", 60)
        assert claim is not None
        claims.step(scope, claim, None, Progress(70, 100, "blobs"), 60)
        if name in endings:
            claims.finish(scope, claim, endings[name])
    store.ask(scope, Wanted("waiting", "purge"))
    return store


def test_jobs_are_listed_and_filtered_by_state(hilum: Hilum, jobs: JobStore) -> None:
    listed = hilum("list").output
    assert {line.split()[0] for line in listed.splitlines()[1:]} == {"waiting", "running", "broken", "done"}

    (header, line) = hilum("list", "--state", "failed").output.splitlines()
    assert line.split()[:3] == ["broken", "purge", "failed"]
    assert "70 of 100 blobs" in line
    assert "kim" in line
    assert header.split()[0] == "id"
    assert len(hilum("list", "--limit", "2").output.splitlines()) == 3


def test_one_is_shown_with_what_became_of_it(hilum: Hilum, jobs: JobStore) -> None:
    done, broken = hilum("show", "done").output, hilum("show", "broken").output

    assert '{"removed":3}' in done
    assert '{"before":7}' in done
    assert "finished at" in done
    assert "conflict: a person decides" in broken


def test_a_queued_one_is_cancelled_at_once_and_a_running_one_later(
    hilum: Hilum, jobs: JobStore, scope: AccessScope
) -> None:
    assert hilum("cancel", "waiting").output == "cancelled waiting\n"
    assert hilum("cancel", "running").output == "running will end at its next step\n"
    assert jobs.find(scope, "waiting").state is JobState.CANCELLED
    assert "cancelling" in hilum("list", "--state", "running").output


@pytest.mark.parametrize("arguments", [("show", "never"), ("cancel", "never"), ("cancel", "done")])
def test_what_is_not_there_or_has_ended_is_one_message(
    hilum: Hilum, jobs: JobStore, arguments: tuple[str, str]
) -> None:
    result = hilum(*arguments)
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
