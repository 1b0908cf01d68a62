"""Every phantom study, made once."""

from datetime import date

import pytest

from app.samples.binding import DicomPatient, Taken
from app.samples.phantoms.studies import RECIPES
from tests.app.samples.phantoms.reading import Made, opened


def taken_by(name: str) -> Taken:
    """The study that a recipe's files become."""
    owner = DicomPatient("P-1", "Kim^Seoyeon==김^서연", "19640213", "F")
    return Taken(owner, f"2.25.{sorted(RECIPES).index(name) + 1}", "A-1", date(2026, 11, 2), name, "CT")


@pytest.fixture(scope="session")
def made() -> Made:
    """The files of each recipe, as bytes and opened, in order."""
    return {name: opened(list(recipe.files(taken_by(name)))) for name, recipe in RECIPES.items()}
