"""People at browsers of a gateway of the module, and a page that says words without one."""

import pytest
from flask import Flask

from tests.app.http.sessions.conftest import Browser, Person, browser, other, person, scope, site

__all__ = ["Browser", "Person", "browser", "other", "person", "scope", "site"]


@pytest.fixture(scope="module")
def speaking() -> Flask:
    """An application whose requests have a language, and that has nothing else."""
    return Flask("speaking")
