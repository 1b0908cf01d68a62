"""The compiled text of typical questions stands in tests/golden/cypher: a change of plan is a change to read.

`HILUM_GOLDEN=write` writes them anew.
"""

import os
from pathlib import Path

import pytest

from graph.cypher.compile import count, page
from graph.cypher.statement import Statement
from graph.query.attributes import BY_KEYWORD, INSTANCE, SERIES, STUDY
from graph.query.expression import (
    Against,
    All,
    Along,
    Any,
    Field,
    Inside,
    KeyIn,
    Kind,
    Layout,
    Match,
    Members,
    Not,
    Order,
    Page,
    Present,
    Question,
    Related,
    Sort,
    Span,
    Term,
    Text,
    Whole,
)
from graph.scope import AccessScope

GOLDEN = Path(__file__).parents[2] / "golden" / "cypher"
EVERYTHING = AccessScope("t", "someone", "clinician", "care")
ASSIGNED = AccessScope(
    "t",
    "someone",
    "teleradiologist",
    "care",
    patients=frozenset({"t|-|Patient|p1"}),
    studies=frozenset({"t|-|ImagingStudy|s1"}),
)
CODE = Field("Observation", "code", Kind.TERM)
STATUS = Field("Observation", "status", Kind.TERM)
DATE = Field("Observation", "date", Kind.SPAN)
DIAGNOSIS = Field("Condition", "code", Kind.TERM)
ONSET = Field("Condition", "onset-date", Kind.SPAN)
NAME = Field("Patient", "name", Kind.TEXT)
UPDATED = Field("Observation", "_lastUpdated", Kind.SPAN, Layout.PROPERTY)
CT = Term(BY_KEYWORD["Modality"].field, ("CT",))
HAEMOGLOBIN = Term(CODE, ("718-7",), "http://loinc.org")
WITH_CT = Related(Members("ImagingStudy"), Related(Inside(SERIES), CT))
SICK = Related(
    Members("Condition"),
    All((Term(DIAGNOSIS, ("307576001", "9180/3")), Span(ONSET, Order.GE, 1_700_000_000_000_000, None))),
)

QUESTIONS: dict[str, Statement] = {
    "one_code": page(EVERYTHING, Question("Observation", HAEMOGLOBIN, Page(50, after=(7,)))),
    "several_codes_and_no_date": page(
        EVERYTHING,
        Question("Observation", All((Term(CODE, ("718-7", "789-8")), Not(Present(DATE)))), Page(50)),
    ),
    "one_code_newest_date_first": page(
        EVERYTHING, Question("Observation", HAEMOGLOBIN, Page(50, (Sort(DATE, descending=True),)))
    ),
    "status_by_date_walked": page(
        EVERYTHING,
        Question("Observation", Term(STATUS, ("final",)), Page(50, (Sort(DATE),), after=(5, 7))),
    ),
    "all_by_last_update": page(
        EVERYTHING, Question("Observation", All(), Page(50, (Sort(UPDATED, descending=True),)))
    ),
    "name_or_key": page(
        EVERYTHING,
        Question(
            "Patient", Any((Text(NAME, Match.PREFIX, "Kim"), KeyIn("Patient", ("t|-|Patient|p1",)))), Page(50)
        ),
    ),
    "name_through_a_reference": page(
        EVERYTHING,
        Question(
            "Observation",
            Related(Along(("subject",), ("Patient",)), Text(NAME, Match.LIKE, "k?m*")),
            Page(50),
        ),
    ),
    "cohort": page(EVERYTHING, Question("Patient", All((SICK, WITH_CT)), Page(1_000))),
    "cohort_of_an_assigned_reader": page(ASSIGNED, Question("Patient", All((SICK, WITH_CT)), Page(1_000))),
    "reports_of_a_study_of_an_assigned_reader": page(
        ASSIGNED,
        Question(
            STUDY,
            Related(Against("DiagnosticReport", ("imagingStudy",)), All()),
            Page(50),
        ),
    ),
    "studies_of_a_patient_id": page(
        EVERYTHING,
        Question(STUDY, Text(BY_KEYWORD["PatientID"].field, Match.EQUALS, "P1"), Page(100, offset=100)),
    ),
    "studies_of_a_name_in_any_group": page(
        ASSIGNED,
        Question(STUDY, Text(BY_KEYWORD["PatientName"].field, Match.EQUALS, "Kim^Ha"), Page(100)),
    ),
    "series_by_modality": page(EVERYTHING, Question(SERIES, CT, Page(100))),
    "instances_of_a_study": page(
        EVERYTHING, Question(INSTANCE, Related(Whole(STUDY), KeyIn(STUDY, ("t|default|1.2.3",))), Page(100))
    ),
    "count_of_a_code": count(ASSIGNED, "Observation", HAEMOGLOBIN),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_the_text_that_was_read(name: str) -> None:
    golden = GOLDEN / f"{name}.cypher"
    if os.environ.get("HILUM_GOLDEN") == "write":
        golden.write_text(f"{QUESTIONS[name].text}\n", encoding="utf-8")
    assert f"{QUESTIONS[name].text}\n" == golden.read_text(encoding="utf-8")


def test_no_golden_text_is_left_over() -> None:
    assert {each.stem for each in GOLDEN.glob("*.cypher")} == set(QUESTIONS)


def test_values_never_enter_the_text() -> None:
    value = "x' OR true //"
    asked = All(
        (
            Term(CODE, (value,), value),
            Related(Along(("subject",), ("Patient",)), Text(NAME, Match.EXACT, value)),
        )
    )
    statement = page(EVERYTHING, Question("Observation", asked, Page(5)))
    assert value not in statement.text
    assert value in statement.parameters.values()


def test_questions_of_one_shape_share_one_text() -> None:
    texts = {
        page(EVERYTHING, Question("Observation", Term(CODE, (code,)), Page(limit, after=after))).text
        for code, limit, after in (("a", 1, None), ("b", 50, (9,)), ("c|d", 7, (0,)))
    }
    assert len(texts) == 1
