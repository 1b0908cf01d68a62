"""A tenant's jobs with their workers, and what a test asks of them."""

import pytest

from app.security.scopes import system_scope
from app.wiring import Wiring
from app.work.queue import JobQueue
from app.work.waking import Waker
from graph.jobs.claims import ClaimStore
from graph.jobs.jobs import JobStore
from graph.scope import AccessScope
from graph.session import Graph


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return system_scope(tenant)


@pytest.fixture
def jobs(graph: Graph) -> JobStore:
    return JobStore(graph)


@pytest.fixture
def claims(graph: Graph) -> ClaimStore:
    return ClaimStore(graph)


@pytest.fixture
def queue(services: Wiring) -> JobQueue:
    return JobQueue(services.jobs, Waker(services.config.home))
