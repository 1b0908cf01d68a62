"""The table of states (PS3.4 CC.1.1-2): whole, and what the lock is for."""

from itertools import product

import pytest

from graph.errors import Category, Conflict, Invalid
from graph.workitems.states import CANCELLATIONS, CHANGES, StateAnswer, UpsState, answer_to, refused

EVERY = list(product(UpsState, UpsState))


def test_every_change_has_its_answer() -> None:
    assert set(CHANGES) == set(EVERY)
    assert set(CANCELLATIONS) == set(UpsState)


@pytest.mark.parametrize(("target", "current"), EVERY)
def test_only_a_claim_and_the_two_ends_of_it_change_anything(target: UpsState, current: UpsState) -> None:
    goes = {
        (UpsState.IN_PROGRESS, UpsState.SCHEDULED),
        (UpsState.COMPLETED, UpsState.IN_PROGRESS),
        (UpsState.CANCELED, UpsState.IN_PROGRESS),
    }
    assert answer_to(target, current, holds=True).allowed is ((target, current) in goes)


@pytest.mark.parametrize(("target", "current"), EVERY)
def test_without_the_lock_nothing_that_was_claimed_ends(target: UpsState, current: UpsState) -> None:
    answer = answer_to(target, current, holds=False)
    claims = (target, current) == (UpsState.IN_PROGRESS, UpsState.SCHEDULED)
    assert answer.allowed is claims


@pytest.mark.parametrize("answer", [*CHANGES.values(), *CANCELLATIONS.values()])
def test_a_refusal_is_of_its_category_and_says_why(answer: StateAnswer) -> None:
    if answer.category is None:
        return
    error = refused(answer)
    assert isinstance(error, Conflict if answer.category is Category.CONFLICT else Invalid)
    assert error.warning == answer.warning
    assert answer.code in error.message
