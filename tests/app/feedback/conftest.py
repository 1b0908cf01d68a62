"""The ward of a module, and an episode of a patient of its own for each test."""

import pytest

from app.wiring import Wiring
from tests.app.feedback.episodes import Episode
from tests.app.feedback.wards import Ward


@pytest.fixture(scope="module")
def ward(gateway: Wiring) -> Ward:
    """The ward of the module's own tenant."""
    return Ward(gateway)


@pytest.fixture
def episode(ward: Ward) -> Episode:
    """An episode of one patient."""
    return Episode(ward)
