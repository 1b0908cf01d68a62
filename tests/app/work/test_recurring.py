"""What recurs is one job a period, however many workers ask."""

from collections.abc import Callable

import pytest

from app.work.queue import JobQueue
from app.work.recurring import Calendar, Recurring
from graph.jobs.jobs import JobStore, JobWindow
from graph.scope import AccessScope

Moment = list[float]


@pytest.fixture
def calendar(queue: JobQueue, scope: AccessScope) -> Callable[[Moment], Calendar]:
    recurring = (Recurring("sweep", 60.0), Recurring("tidy", 3600.0))
    return lambda moment: Calendar(queue, recurring, scope, clock=lambda: moment[0])


def test_two_workers_make_one_job_a_period(
    calendar: Callable[[Moment], Calendar], jobs: JobStore, scope: AccessScope
) -> None:
    moment = [3600.0 * 1000]
    workers = calendar(moment), calendar(moment)
    for now in (0, 10, 59, 60, 61, 300):
        moment[0] = 3600.0 * 1000 + now
        for each in workers:
            each.ask_due()

    ids = {job.id for job in jobs.page(scope, JobWindow(limit=100))}
    assert ids == {"sweep-60000", "sweep-60001", "sweep-60005", "tidy-1000"}


def test_it_says_when_the_next_period_begins(calendar: Callable[[Moment], Calendar]) -> None:
    assert calendar([3600.0 * 1000 + 50]).ask_due() == 10.0
