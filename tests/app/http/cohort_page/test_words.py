"""Conditions in words of the page's language: all that is asked is said, nothing wrong spoils the rest."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cohorts.language.event_forms import EVENT_SCHEMAS
from app.cohorts.plain_words.restating import templates
from app.cohorts.plain_words.restating.writing import DETAILS
from app.http.cohort_page.words import in_words, part_words
from app.samples.answer import question

RAW = question(date(2026, 11, 22))
NAMED = (templates.CODED, templates.LISTED, templates.TEXTS, templates.NUMBERS, templates.PLAIN)
NOTES = {"kind", "src", "why"}


def said(speaking: Flask, condition: dict[str, Any], language: str = "en", raw: Any = RAW) -> str:
    with speaking.test_request_context(headers={"Accept-Language": language}):
        return in_words(condition, raw)


def test_the_question_of_the_sample_data_is_said(speaking: Flask) -> None:
    assert [said(speaking, each) for each in RAW["population"]["all"]] == [
        "older than 45 years",
        "diagnosis “Osteosarcoma” (verification confirmed, provisional; dated by recordedDate|onset; "
        "within 2 years before the day of the question)",
        "pictures (modality CT)",
    ]


NODES = {
    "joined": (
        {"not": {"atLeast": {"n": 1, "of": [{"deceased": True}, {"report": {}, "why": "a note"}]}}},
        "not [at least 1 of [has died; report]]",
    ),
    "an age at an event": ({"age": {"op": "eq", "value": 18, "at": "dx"}}, "exactly 18 years old, at dx"),
    "one of some sexes": (
        {"sex": {"op": "in", "value": ["male", "other"]}},
        "either of men, people of another sex",
    ),
    "a death in a period": (
        {"deceased": {"value": True, "period": {"start": "2025"}}},
        "has died (since 2025)",
    ),
    "a value with its unit": (
        {
            "observation": {
                "codes": [{"code": "2160-0"}],
                "value": {"op": "gt", "value": 1.5, "unit": "mg/dL"},
            }
        },
        "result “2160-0” (value over 1.5 mg/dL)",
    ),
    "between two values": (
        {"observation": {"value": {"op": "between", "value": [1, 2]}}},
        "result (value from 1 to 2)",
    ),
    "how often, how far apart, and which": (
        {"procedure": {"pick": "last", "count": {"op": "ge", "n": 2}, "gap": {"max": "P1Y6M"}}},
        "procedure (the last; at least 2 times; at most 1 year 6 months apart)",
    ),
    "never": ({"medication": {"count": {"op": "eq", "n": 0}}}, "drug (never)"),
    "near an event, in two ways": (
        {"encounter": {"period": [{"atLeast": "P1M", "within": "P3M", "after": "dx"}, {"during": "ct"}]}},
        "visit (1 month to 3 months after dx; during ct)",
    ),
    "on the same day": (
        {"report": {"period": {"same": "day", "as": "ct"}, "text": {"any": ["nodule"]}}},
        "report (on the same day as ct; saying any of “nodule”)",
    ),
    "what pictures are": (
        {"imaging": {"contrast": True, "sliceThickness": {"op": "le", "value": 1}, "modality": ["CT"]}},
        "pictures (with contrast; slices 1 mm or less; modality CT)",
    ),
    "a dose": (
        {"dose": {"measure": "dlp", "value": {"op": "ge", "value": 500}}},
        "radiation dose (measured as dlp; value 500 or more)",
    ),
}


CODES = {
    "by their own displays": (
        [{"code": "6851", "display": "methotrexate"}, {"system": "http://loinc.org", "code": "2160-0"}],
        "drug “methotrexate”, “LOINC 2160-0”",
    ),
    "with those that are left out": (
        {"include": [{"code": "1"}], "exclude": [{"code": "2", "display": {"en": "two"}}]},
        "drug “1” but not “two”",
    ),
    "the first of many": (
        [{"code": str(each)} for each in range(8)],
        "drug “0”, “1”, “2”, “3”, “4”, “5”, “…”",
    ),
    "a set that is not there by its name": ({"set": "gone"}, "drug “gone”"),
}


@pytest.mark.parametrize(("codes", "words"), CODES.values(), ids=CODES)
def test_codes_are_called(speaking: Flask, codes: Any, words: str) -> None:
    assert said(speaking, {"medication": {"codes": codes}}) == words


@pytest.mark.parametrize("kind", EVENT_SCHEMAS)
def test_every_field_of_an_event_is_said(kind: str) -> None:
    said = {*DETAILS, *(name for table in NAMED for name in table)}

    assert {each.data_key for each in EVENT_SCHEMAS[kind]().fields.values()} - said == NOTES


@pytest.mark.parametrize(("condition", "words"), NODES.values(), ids=NODES)
def test_a_condition_is_said(speaking: Flask, condition: dict[str, Any], words: str) -> None:
    assert said(speaking, condition) == words


def test_it_is_said_in_korean(speaking: Flask) -> None:
    assert said(speaking, RAW["population"]["all"][1], "ko") == (
        "진단 “골육종” (확인 상태 confirmed, provisional; 날짜 기준 recordedDate|onset; 질문일 전 2년 이내)"
    )


def test_what_is_wrong_is_called_by_its_kind_and_the_others_are_said(speaking: Flask) -> None:
    conditions = [{"medication": {"codes": []}}, {"exists": "none"}, {"sex": {"op": "eq", "value": "male"}}]
    raw = {"population": {"all": conditions}}

    with speaking.test_request_context():
        found = part_words(raw)

    assert found["nodes"] == {
        "$.population.all[0]": "drug",
        "$.population.all[1]": "named event",
        "$.population.all[2]": "men",
    }


def test_events_and_sets_are_said_by_their_names(speaking: Flask) -> None:
    with speaking.test_request_context():
        found = part_words(RAW)

    assert (found["events"]["ct"], found["sets"]) == ("pictures (modality CT)", {"dx": "Osteosarcoma"})


NAMES = (
    *("population", "all", "any", "not", "atLeast", "of", "n", "events", "conceptSets", "condition", "codes"),
    *("exists", "kind", "set", "include", "display", "sex", "op", "value", "period", "within"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["population", "events", "conceptSets"]), JSON))
def test_whatever_stands_in_a_question_is_said_or_left_out(raw: dict[str, Any]) -> None:
    app = Flask("words")
    with app.test_request_context():
        assert set(part_words(raw)) == {"nodes", "events", "sets"}
