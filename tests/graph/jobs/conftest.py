"""A tenant's jobs, and the rights of its workers."""

import pytest

from app.security.scopes import system_scope
from graph.jobs.claims import ClaimStore
from graph.jobs.jobs import JobStore
from graph.scope import AccessScope
from graph.session import Graph


@pytest.fixture
def jobs(graph: Graph) -> JobStore:
    return JobStore(graph)


@pytest.fixture
def claims(graph: Graph) -> ClaimStore:
    return ClaimStore(graph)


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return system_scope(tenant)
