"""A department that reads studies, on the gateway of the module."""

import pytest

from app.wiring import Wiring
from tests.factories.reporting import Department


@pytest.fixture(scope="module")
def department(gateway: Wiring) -> Department:
    return Department(gateway)
