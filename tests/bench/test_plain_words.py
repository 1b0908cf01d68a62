"""The questions in plain words that are kept here have the form that they are judged by."""

from collections import Counter

import pytest

from bench.judging import Expected, Question
from bench.plain_words import HALVES, read

KINDS = {"trial", "epidemiology", "imaging", "ward", "unanswerable", "ambiguous"}


def kept() -> dict[str, list[Question]]:
    """The halves that are in this checkout."""
    found = {}
    for half in HALVES:
        try:
            found[half] = read(half)
        except SystemExit:
            continue
    return found


@pytest.fixture(scope="module", params=sorted(kept()))
def half(request: pytest.FixtureRequest) -> list[Question]:
    return kept()[request.param]


def test_there_is_something_to_write_a_grammar_by() -> None:
    assert "development" in kept()


def test_ids_are_told_apart(half: list[Question]) -> None:
    assert max(Counter(each.id for each in half).values()) == 1


def test_a_pair_is_one_question_in_two_languages(half: list[Question]) -> None:
    pairs: dict[str, set[str]] = {}
    for each in half:
        if each.pair:
            pairs.setdefault(each.pair, set()).add(each.language)

    assert set(map(frozenset, pairs.values())) == {frozenset({"en", "ko"})}


def test_kinds_are_known_and_each_is_there(half: list[Question]) -> None:
    assert {each.kind for each in half} == KINDS


def test_what_can_be_answered_has_a_tree_and_what_cannot_has_none(half: list[Question]) -> None:
    assert all(bool(each.trees) != (each.expected is Expected.REFUSED) for each in half)


def test_trees_are_of_one_day(half: list[Question]) -> None:
    assert {tree["asOf"] for each in half for tree in each.trees} == {"2026-11-22"}


def test_no_question_is_in_both_halves() -> None:
    several = [{each.text for each in questions} for questions in kept().values()]

    assert len(set().union(*several)) == sum(map(len, several))
