"""A tenant's jobs, and the rights of its workers."""

import pytest

from app.security.scopes import system_scope
from graph.scope import AccessScope


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return system_scope(tenant)
