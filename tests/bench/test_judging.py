"""Answers are judged by whom they bring: hand-made answers, each of which comes out one way."""

from typing import Any

import pytest

from bench.judging import (
    Brought,
    CannotRun,
    Expected,
    Judgement,
    Outcome,
    Question,
    Tally,
    agreement,
    judge,
    tallies,
)
from bench.plain_words import judged, report

RIGHT_TREE, SAME_TREE, OTHER_TREE, BROKEN_TREE = ({"population": each} for each in ("a", "b", "c", "d"))
WITH_ROWS, WITHOUT_ROWS = ({"population": each} for each in ("rows", "no rows"))
_BROUGHT = {
    "a": Brought(frozenset({"Patient/1", "Patient/2"})),
    "b": Brought(frozenset({"Patient/2", "Patient/1"}), {"Observation": frozenset({"Observation/9"})}),
    "c": Brought(frozenset({"Patient/1"})),
    "rows": Brought(frozenset({"Patient/1"}), {"Observation": frozenset({"Observation/1"})}),
    "no rows": Brought(frozenset({"Patient/1"}), {"Observation": frozenset()}),
}


def bring(tree: Any) -> Brought:
    if tree["population"] == "d":
        raise CannotRun("no such field")
    return _BROUGHT[tree["population"]]


def question(expected: Expected = Expected.ANSWERED, *trees: Any, **changes: Any) -> Question:
    terms = {"id": "q-en", "language": "en", "pair": None, "kind": "ward", "text": "who?"} | changes
    return Question(**terms, expected=expected, trees=trees or (RIGHT_TREE,))


def answer(verdict: str, tree: Any = None, *alternatives: Any) -> dict[str, Any]:
    offered = [{"id": str(at), "question": each} for at, each in enumerate(alternatives)]
    assumptions = [{"id": "window", "alternatives": offered}] if offered else []
    return {"verdict": verdict, "question": tree, "assumptions": assumptions}


ANSWERED, ASSUMED, REFUSED = question(), question(Expected.ASSUMED), question(Expected.REFUSED)


@pytest.mark.parametrize(
    ("asked", "given", "outcome"),
    [
        (ANSWERED, answer("exact", SAME_TREE), Outcome.RIGHT),
        (ANSWERED, answer("assumed", SAME_TREE, OTHER_TREE), Outcome.RIGHT),
        (ANSWERED, answer("exact", OTHER_TREE), Outcome.SILENTLY_WRONG),
        (ANSWERED, answer("assumed", OTHER_TREE), Outcome.SILENTLY_WRONG),
        (ANSWERED, answer("assumed", OTHER_TREE, RIGHT_TREE), Outcome.OFFERED),
        (ANSWERED, answer("partial", RIGHT_TREE), Outcome.PARTIAL),
        (ANSWERED, answer("refused"), Outcome.REFUSED_WRONGLY),
        (ANSWERED, answer("exact", BROKEN_TREE), Outcome.BROKEN),
        (ASSUMED, answer("assumed", RIGHT_TREE), Outcome.RIGHT),
        (ASSUMED, answer("assumed", OTHER_TREE, RIGHT_TREE), Outcome.RIGHT),
        (ASSUMED, answer("assumed", OTHER_TREE, OTHER_TREE), Outcome.SILENTLY_WRONG),
        (ASSUMED, answer("exact", RIGHT_TREE), Outcome.UNSAID),
        (ASSUMED, answer("exact", OTHER_TREE), Outcome.SILENTLY_WRONG),
        (ASSUMED, answer("refused"), Outcome.REFUSED_WRONGLY),
        (REFUSED, answer("refused"), Outcome.REFUSED_RIGHTLY),
        (REFUSED, answer("partial", OTHER_TREE), Outcome.PARTIAL),
        (REFUSED, answer("exact", OTHER_TREE), Outcome.SILENTLY_WRONG),
        (question(Expected.ANSWERED, BROKEN_TREE), answer("exact", RIGHT_TREE), Outcome.UNJUDGED),
    ],
)
def test_an_answer_comes_out_as_what_it_brings(asked: Question, given: Any, outcome: Outcome) -> None:
    assert judge(asked, given, bring).outcome == outcome


def test_any_tree_of_the_gold_is_right() -> None:
    several = question(Expected.ANSWERED, OTHER_TREE, RIGHT_TREE)

    assert judge(several, answer("exact", SAME_TREE), bring).outcome == Outcome.RIGHT


def test_rows_that_were_asked_for_have_to_be_the_same() -> None:
    rows = question(Expected.ANSWERED, WITH_ROWS)

    assert judge(rows, answer("exact", WITH_ROWS), bring).outcome == Outcome.RIGHT
    assert judge(rows, answer("exact", WITHOUT_ROWS), bring).outcome == Outcome.SILENTLY_WRONG


def test_rows_that_nobody_asked_for_are_no_matter() -> None:
    assert judge(ANSWERED, answer("exact", SAME_TREE), bring).outcome == Outcome.RIGHT


def test_what_is_counted_by_has_to_be_there() -> None:
    by_sex = Brought(frozenset({"Patient/1"}), by=frozenset({"sex"}))

    assert by_sex.meets(Brought(frozenset({"Patient/1"})))
    assert not Brought(frozenset({"Patient/1"})).meets(by_sex)


def test_what_is_too_much_and_what_is_missing_is_counted() -> None:
    assert judge(ANSWERED, answer("exact", OTHER_TREE), bring).differences == "+0 -1 of 2"


def of_pair(language: str, tree: Any) -> Judgement:
    asked = question(id=f"q-{language}", language=language, pair="q")
    return judge(asked, answer("exact" if tree else "refused", tree), bring)


@pytest.mark.parametrize(
    ("english", "korean", "apart"),
    [
        (RIGHT_TREE, SAME_TREE, []),
        (OTHER_TREE, OTHER_TREE, []),  # wrong, but the same
        (None, None, []),
        (RIGHT_TREE, OTHER_TREE, ["q"]),
        (RIGHT_TREE, None, ["q"]),
    ],
)
def test_a_pair_agrees_where_both_bring_the_same(english: Any, korean: Any, apart: list[str]) -> None:
    assert agreement([of_pair("en", english), of_pair("ko", korean)]) == (apart, 1)


def test_a_question_in_one_language_is_no_pair() -> None:
    assert agreement([judge(ANSWERED, answer("refused"), bring)]) == ([], 0)


def test_outcomes_are_counted_by_language_and_kind() -> None:
    found = {each.name: each for each in tallies([of_pair("en", RIGHT_TREE), of_pair("ko", OTHER_TREE)])}

    assert (found["all"].total, found["all"].right) == (2, 1)
    assert (found["en"].right, found["ko"].right) == (1, 0)
    assert found["ward, ko"].counts == {Outcome.SILENTLY_WRONG: 1}


def test_a_tally_of_nothing_has_no_share() -> None:
    assert "| - |" in Tally.of("nothing", []).line()


def lines(*, told: bool) -> str:
    asked = [question(text="whom to call?")]
    return "\n".join(report(judged(asked, lambda _text, _: answer("exact", OTHER_TREE), bring), told=told))


def test_what_went_wrong_is_shown_with_its_words() -> None:
    assert "q-en ward: silently wrong +0 -1 of 2 'whom to call?'" in lines(told=True)


def test_of_a_blind_half_no_words_are_shown() -> None:
    assert "q-en ward: silently wrong" in lines(told=False)
    assert "whom to call" not in lines(told=False)
