"""Radiation that a stored dose report tells of is asked for as any other event."""

from typing import Any

import pytest

from tests.app.cohorts.conftest import AS_OF, Gateway, Open
from tests.factories.reports import dose_report


@pytest.fixture(scope="module")
def loaded(gateways: Open) -> Gateway:
    """A gateway with a CT's dose report: a length product of 412.7 mGy.cm, a mean index of 9.1 mGy."""
    gateway = gateways()
    gateway.store(dose_report(patient_id="dosed"))
    return gateway


@pytest.mark.parametrize(
    ("measure", "value", "unit", "matched"),
    [
        ("dlp", 400, "mGy.cm", 1),
        ("dlp", 420, "mGy.cm", 0),
        ("dlp", 4, "Gy.cm", 0),
        ("dlp", 0.4, "Gy.cm", 1),
        ("ctdivol", 9, "mGy", 1),
        ("ctdivol", 0.95, "cGy", 0),
        ("effective", 0, "mSv", 0),
    ],
)
def test_a_dose_is_compared_in_any_unit(
    loaded: Gateway, measure: str, value: float, unit: str, matched: int
) -> None:
    asked: dict[str, Any] = {"measure": measure, "value": {"op": "gt", "value": value, "unit": unit}}
    question = {"version": "1", "asOf": AS_OF, "population": {"dose": asked}}

    assert loaded.ask(question)["counts"] == {"matched": matched, "unknown": 0}
