"""How well the development half is understood, held to floors: by its form, and by whom it brings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from bench.judging import RIGHT, Expected, Outcome, Question, agreement
from bench.plain_words import SEED, asking, judged, ward_of
from bench.stored_ward import stored
from tests.app.cohorts.plain_words.said import plain, read
from tests.bench.test_plain_words import kept

QUESTIONS = kept()["development"]
LEAST_READ, LEAST_ALIKE = 0.97, 0.75
LEAST_RIGHT, LEAST_AGREEING, MOST_SILENT = 0.97, 0.97, 0.015


def _form(question: Mapping[str, Any] | None) -> bytes:
    """A question as it is compared: whatever the order of its conditions."""
    if question is None:
        return b""
    population = plain(question["population"])
    conditions = sorted(
        orjson.dumps(each, option=orjson.OPT_SORT_KEYS) for each in population.get("all", [population])
    )
    return b" ".join(conditions) + orjson.dumps(plain(question["output"]), option=orjson.OPT_SORT_KEYS)


def test_what_cannot_be_answered_is_refused() -> None:
    asked = [each.text for each in QUESTIONS if each.expected is Expected.REFUSED]

    assert [text for text in asked if read(text).question is not None] == []


def test_what_can_be_answered_is_read() -> None:
    asked = [each.text for each in QUESTIONS if each.expected is not Expected.REFUSED]
    found = [text for text in asked if read(text).question is not None]

    assert len(found) >= LEAST_READ * len(asked)


def test_most_pairs_are_the_same_question() -> None:
    """Others bring the same although they are written otherwise."""
    pairs: dict[str, list[Question]] = {}
    for each in QUESTIONS:
        if each.pair:
            pairs.setdefault(each.pair, []).append(each)
    alike = [
        pair for pair, both in pairs.items() if len({_form(read(each.text).question) for each in both}) == 1
    ]

    assert len(alike) >= LEAST_ALIKE * len(pairs)


@pytest.mark.slow
def test_answers_bring_whom_they_should(tmp_path: Path) -> None:
    with stored(ward_of(QUESTIONS, SEED), tmp_path) as place:
        found = judged(QUESTIONS, asking(place), place.bring)
    apart, pairs = agreement(found)
    silent = [each.question.id for each in found if each.outcome is Outcome.SILENTLY_WRONG]

    assert len([each for each in found if each.outcome in RIGHT]) >= LEAST_RIGHT * len(found)
    assert len(silent) <= MOST_SILENT * len(found)
    assert pairs - len(apart) >= LEAST_AGREEING * pairs
