"""Every step in every state: what it makes of a report, or that it is refused."""

from itertools import product

import pytest

from app.records.reporting.states import SIGNED, STEPS, ReportStatus, ReportStep, after, status_of
from graph.errors import Conflict

STATES = (None, *ReportStatus)
PRELIMINARY = ReportStatus.PRELIMINARY
EXPECTED = {
    (ReportStep.SAVE, None): "preliminary",
    (ReportStep.SAVE, "preliminary"): "preliminary",
    (ReportStep.SIGN, None): "final",
    (ReportStep.SIGN, "preliminary"): "final",
    (ReportStep.CORRECT, "final"): "amended",
    (ReportStep.CORRECT, "amended"): "amended",
    (ReportStep.CORRECT, "appended"): "amended",
    (ReportStep.APPEND, "final"): "appended",
    (ReportStep.APPEND, "amended"): "appended",
    (ReportStep.APPEND, "appended"): "appended",
    (ReportStep.WITHDRAW, "preliminary"): "cancelled",
    (ReportStep.WITHDRAW, "final"): "entered-in-error",
    (ReportStep.WITHDRAW, "amended"): "entered-in-error",
    (ReportStep.WITHDRAW, "appended"): "entered-in-error",
}


@pytest.mark.parametrize(("step", "state"), list(product(ReportStep, STATES)))
def test_each_step_in_each_state(step: ReportStep, state: ReportStatus | None) -> None:
    if (step, state) in EXPECTED:
        assert after(step, state) == EXPECTED[step, state]
    else:
        with pytest.raises(Conflict):
            after(step, state)


def test_what_was_signed_never_goes_back() -> None:
    for (_, state), reached in STEPS.items():
        if state in SIGNED:
            assert reached in {*SIGNED, ReportStatus.ENTERED_IN_ERROR} - {ReportStatus.FINAL}


def test_a_state_that_is_none_is_unknown() -> None:
    assert status_of("signed") is ReportStatus.UNKNOWN
    assert status_of(None) is ReportStatus.UNKNOWN
