"""Planted outcomes: what tells how a read turned out is matched with it, and next to nothing else is.

The charts of `planted_known.json` were written with the words of the tables; those of `planted_blind.json`
afterwards, before anything of them was run. `planted_pairs.json` has a read and a later event a line, in
eight batches; each was run as it was written, and what it missed was mended before the next one.
"""

from typing import Any

import pytest

from app.feedback.matching import matches
from tests.app.feedback.planting import chart_with, expected, pair, planted

LEAST_PRECISION, LEAST_RECALL = 0.95, 0.9
KINDS = ("pathology", "surgery", "discharge", "imaging")


_FOUND: dict[str, set[tuple[str, str]]] = {}


def _found(row: dict[str, Any]) -> set[tuple[str, str]]:
    """The pairs that are matched in a chart; each chart is asked once."""
    if row["name"] not in _FOUND:
        pairs = ((each.read.reference, each.outcome.reference) for each in matches(chart_with(row)))
        _FOUND[row["name"]] = {(read.partition("/")[2], outcome.partition("/")[2]) for read, outcome in pairs}
    return _FOUND[row["name"]]


@pytest.mark.parametrize("part", ["known", "blind"])
def test_planted_outcomes_are_found_and_nothing_else(part: str) -> None:
    wanted, found = set[tuple[str, str, str]](), set[tuple[str, str, str]]()
    for row in planted(part):
        wanted |= {(row["name"], *pair) for pair in expected(row)}
        found |= {(row["name"], *pair) for pair in _found(row)}

    assert len(found & wanted) / len(found) >= LEAST_PRECISION, found - wanted
    assert len(found & wanted) / len(wanted) >= LEAST_RECALL, wanted - found


def test_of_many_pairs_of_a_read_and_an_event_those_that_tell_are_told() -> None:
    pairs = planted("pairs")
    judged = [(each, bool(matches(chart_with(pair(each))))) for each in pairs]
    right = sum(each["tells"] and told for each, told in judged)
    wrong = [(each["read"], each["text"]) for each, told in judged if each["tells"] != told]

    assert len(pairs) >= 500
    assert right / sum(told for _, told in judged) >= LEAST_PRECISION, wrong
    assert right / sum(each["tells"] for each in pairs) >= LEAST_RECALL, wrong


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_found_in_each_language(kind: str, language: str) -> None:
    wanted = found = 0
    for row in (*planted("known"), *planted("blind")):
        if row["lang"] == language:
            of_kind = {each["id"] for each in row["events"] if each["kind"] == kind}
            pairs = {pair for pair in expected(row) if pair[1] in of_kind}
            wanted += len(pairs)
            found += len(pairs & _found(row))

    assert wanted >= 10
    assert found / wanted >= LEAST_RECALL


def test_the_charts_cover_what_outcomes_are_told_by_and_what_tells_nothing() -> None:
    rows = [*planted("known"), *planted("blind")]
    events = [each for row in rows for each in row["events"]]
    words = str(rows)

    assert len(events) >= 250
    assert sum(not each.get("of") for each in events) >= 80
    assert all(each in words for each in ("icd-10-cm", "urn:kcd", "snomed.info", "'accession'", "'order'"))
    assert {each.get("status") for each in events} >= {
        "preliminary",
        "cancelled",
        "entered-in-error",
        "preparation",
    }
