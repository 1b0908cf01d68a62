"""What takes longer than a request is shown a page at a time, to whoever may see it."""

import pytest

from app.work.operations import JobWindow, Operations
from graph.errors import NotFound
from graph.jobs.jobs import JobStore
from graph.jobs.records import JobState, Wanted
from graph.scope import AccessScope


def test_pages_join_to_the_whole_and_the_last_one_says_so(jobs: JobStore, scope: AccessScope) -> None:
    for number in range(5):
        jobs.ask(scope, Wanted(f"j{number}", "export"))
    operations, window, shown = Operations(jobs), JobWindow(2), []

    while True:
        page = operations.page(scope, window)
        shown += [job.id for job in page.jobs]
        if page.following is None:
            break
        window = JobWindow(2, after=page.following)

    assert shown == ["j4", "j3", "j2", "j1", "j0"]
    assert operations.page(scope, JobWindow(5)).following is None


def test_a_cancelled_one_is_seen_as_it_is_then(jobs: JobStore, scope: AccessScope) -> None:
    jobs.ask(scope, Wanted("one", "export"))
    operations = Operations(jobs)

    assert operations.cancel(scope, "one").state is JobState.CANCELLED
    assert operations.find(scope, "one").state is JobState.CANCELLED
    with pytest.raises(NotFound):
        operations.find(scope, "two")
