"""How events stand to each other is certain only where it holds on whichever days they were."""

import numpy as np
import pytest

from app.cohorts.evaluation.occurrences import EVER, NEVER, Occurrences
from app.cohorts.evaluation.relations import near
from app.cohorts.language.calendar import Duration
from app.cohorts.language.question import Event, Nearness, Relation

DAY = 739_000
UNDATED = (NEVER, EVER)


def occurrence(first: int, last: int, *, lasting: bool = False) -> Occurrences:
    """One of the only patient."""
    rows = np.array([2 if lasting else 1])
    return Occurrences(rows, np.array([9]), np.array([first]), np.array([last]), np.array([True]), lasting)


def judged(nearness: Nearness, event: tuple[int, int], stay: tuple[int, int]) -> tuple[bool, bool]:
    """Whether an event certainly stands so to a stay, and whether it may."""
    anchor = Event("$.events.stay", "encounter", "Encounter")
    relation = Relation("$.relation", nearness, anchor, most=Duration(months=0, days=7))
    certain, possible = near(occurrence(*event), relation, occurrence(*stay, lasting=True), of_one_kind=False)
    return bool(certain[0]), bool(possible[0])


@pytest.mark.parametrize("nearness", [Nearness.DURING, Nearness.AROUND, Nearness.SAME_DAY])
@pytest.mark.parametrize("event", [(DAY, DAY), UNDATED])
def test_nothing_is_certainly_in_or_around_a_stay_without_dates(
    nearness: Nearness, event: tuple[int, int]
) -> None:
    assert judged(nearness, event, UNDATED) == (False, True)


@pytest.mark.parametrize("nearness", [Nearness.DURING, Nearness.AROUND])
def test_what_has_a_day_in_a_stay_that_has_days_is_certain(nearness: Nearness) -> None:
    assert judged(nearness, (DAY, DAY), (DAY - 2, DAY + 2)) == (True, True)
    assert judged(nearness, (DAY, DAY), (DAY - 40, DAY - 20)) == (False, False)
    assert judged(nearness, UNDATED, (DAY - 2, DAY + 2)) == (False, True)


def test_a_stay_that_goes_on_has_all_days_from_its_first() -> None:
    assert judged(Nearness.DURING, (DAY, DAY), (DAY - 2, EVER)) == (True, True)
