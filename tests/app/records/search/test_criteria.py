"""Parameters of a query string become one expression."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.records.search import SearchContext, criteria, known_criteria
from fhir_profiles.definitions.registry import RESOURCE_TYPES, search_parameters
from fhir_profiles.index.escaping import parted, split_on, split_values, unescaped
from graph.errors import HilumError, Invalid
from graph.query.expression import (
    Against,
    All,
    Along,
    Any,
    Expression,
    Field,
    KeyIn,
    Kind,
    Match,
    Not,
    Page,
    Present,
    Question,
    Related,
    Term,
    Text,
)
from graph.query.limits import check

HERE = SearchContext("t", base="http://hilum.test/fhir")
CODE = Field("Observation", "code", Kind.TERM)
GENDER = Field("Patient", "gender", Kind.TERM)


def one(resource_type: str, name: str, value: str) -> Expression:
    """The expression of a single parameter."""
    found = criteria(resource_type, [(name, value)], HERE)
    assert isinstance(found, All)
    (only,) = found.of
    return only


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", Term(CODE, ("a",))),
        ("s|a", Term(CODE, ("a",), "s")),
        ("|a", Term(CODE, ("a",), "")),
        ("s|", Term(CODE, (), "s")),
        ("a,s|b", Any((Term(CODE, ("a",)), Term(CODE, ("b",), "s")))),
        ("a\\,b", Term(CODE, ("a,b",))),
        ("s|a\\|b", Term(CODE, ("a|b",), "s")),
    ],
)
def test_tokens(value: str, expected: Expression) -> None:
    assert one("Observation", "code", value) == expected


def test_repeated_parameters_all_hold() -> None:
    found = criteria("Observation", [("code", "a"), ("code", "b")], HERE)

    assert found == All((Term(CODE, ("a",)), Term(CODE, ("b",))))
    assert criteria("Observation", [], HERE) == All()


def test_modifiers_turn_the_condition_around() -> None:
    assert one("Patient", "gender:not", "male") == Not(Term(GENDER, ("male",)))
    assert one("Patient", "gender:not", "male,other") == Not(
        Any((Term(GENDER, ("male",)), Term(GENDER, ("other",))))
    )
    assert one("Patient", "gender:missing", "true") == Not(Present(GENDER))
    assert one("Patient", "gender:missing", "false") == Present(GENDER)


@pytest.mark.parametrize(
    ("modifier", "match"), [("", Match.PREFIX), (":exact", Match.EXACT), (":contains", Match.CONTAINS)]
)
def test_strings(modifier: str, match: Match) -> None:
    expected = Text(Field("Patient", "name", Kind.TEXT), match, "Ann")

    assert one("Patient", f"name{modifier}", "Ann") == expected


def test_a_reference_may_be_an_id_a_relative_or_an_absolute_address() -> None:
    field = Field("Observation", "patient", Kind.TERM)

    assert one("Observation", "patient", "1") == Term(field, ("Patient/1",))
    assert one("Observation", "patient", "Patient/1") == Term(field, ("Patient/1",))
    assert one("Observation", "patient", "http://hilum.test/fhir/Patient/1") == Term(field, ("Patient/1",))
    assert one("Observation", "patient", "http://other.test/Patient/1") == Term(
        field, ("http://other.test/Patient/1",)
    )


def test_ids_are_keys() -> None:
    assert one("Patient", "_id", "a,Patient/b") == KeyIn("Patient", ("t|-|Patient|a", "t|-|Patient|b"))


def test_chains_go_along_and_against_references_and_into_what_is_contained() -> None:
    along = one("Observation", "subject:Patient.gender", "male")
    against = one("Patient", "_has:Observation:patient:code", "a")

    contained = replace(GENDER, entity="Observation", name="subject:Patient.gender")
    referred = Related(Along(("subject",), ("Patient",)), Term(GENDER, ("male",)))
    assert along == Any((referred, Term(contained, ("male",))))
    assert against == Related(Against("Observation", ("subject",)), Term(CODE, ("a",)))


def test_an_unknown_parameter_is_refused_or_told_of() -> None:
    with pytest.raises(Invalid) as refused:
        criteria("Patient", [("colour", "red")], HERE)
    assert refused.value.location == "colour"

    lenient = known_criteria("Patient", [("colour", "red"), ("gender", "male")], HERE)
    assert lenient.where == All((Term(GENDER, ("male",)),))
    assert lenient.ignored == ("colour",)


def test_a_chain_to_what_is_unknown_is_told_of_by_its_whole_name() -> None:
    name = "_has:Observation:patient:colour"

    assert known_criteria("Patient", [(name, "red")], HERE).ignored == (name,)
    with pytest.raises(Invalid):
        known_criteria("Observation", [("patient.colour", "red")], HERE)


@given(st.text(max_size=30))
def test_what_is_escaped_is_one_value_again(text: str) -> None:
    escaped = "".join(f"\\{each}" if each in ",|$\\" else each for each in text)

    assert [unescaped(each) for each in split_values(escaped)] == [text]
    assert split_on(escaped, "|") == [text]
    assert split_on(f"{escaped}|{escaped}", "|") == [text, text]


NAMES = [(kind, name) for kind in sorted(RESOURCE_TYPES) for name in search_parameters(kind)]
MARKS = [":", ".", "|", "$", ",", "\\", "`", "}"]
AGGREGATES = st.sampled_from([*MARKS, "gt", "2026", "1.5", "_has", "missing", "x"])


@given(st.sampled_from(NAMES), st.lists(AGGREGATES, max_size=4), st.lists(AGGREGATES, max_size=6))
def test_any_text_is_a_question_or_a_refusal(
    asked: tuple[str, str], name: list[str], value: list[str]
) -> None:
    kind, parameter = asked
    try:
        where = criteria(kind, [(parameter + "".join(name), "".join(value))], HERE)
        check(Question(kind, where, Page(1)))
    except HilumError:
        return


BEYOND: dict[str, tuple[str, list[tuple[str, str]], str]] = {
    "parameters": ("Observation", [("code", "a")] * 25, "24 search parameters"),
    "values": ("Observation", [("code", "a,b," * 251)], "500 values"),
    "conditions": ("Observation", [("code", ",".join("a" * 450))] * 5, "2000 conditions"),
    "links along": ("Observation", [("subject." * 7 + "name", "a")], "6 links"),
    "links against": ("Patient", [("_has:Observation:patient:" * 7 + "code", "a")], "6 links"),
}


@pytest.mark.parametrize("name", BEYOND)
def test_what_is_beyond_a_limit_is_refused_with_its_number(name: str) -> None:
    kind, pairs, limit = BEYOND[name]
    with pytest.raises(Invalid, match=limit) as refused:
        criteria(kind, pairs, HERE)
    assert refused.value.code == "too-costly"


@given(st.text(alphabet="a,\\|$", max_size=30), st.sampled_from(",|$"))
def test_parts_are_what_stands_between_marks_that_nothing_escapes(text: str, mark: str) -> None:
    parts, escaped = [""], False
    for each in text:
        if each == mark and not escaped:
            parts.append("")
        else:
            parts[-1] += each
        escaped = each == "\\" and not escaped
    assert parted(text, mark) == parts
