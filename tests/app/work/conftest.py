"""A tenant's jobs with their workers, and what a test asks of them."""

import pytest

from app.security.scopes import system_scope
from app.wiring import Wiring
from app.work.queue import JobQueue
from app.work.waking import Waker
from graph.scope import AccessScope


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return system_scope(tenant)


@pytest.fixture
def queue(services: Wiring) -> JobQueue:
    return JobQueue(services.jobs, Waker(services.config.home))
