"""Scopes of SMART App Launch are read to the letter, and what is granted is never more than each allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.security.smart_scopes import (
    EVERYTHING,
    LEVELS,
    ScopeInvalid,
    SmartScope,
    met,
    of_role,
    scope_words,
    smart_scope,
)
from graph.allowances import Allowance, Deed, TokenCondition
from graph.keys import resource_key

LABORATORY = "http://terminology.hl7.org/CodeSystem/observation-category|laboratory"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("patient/Observation.rs", "patient/Observation.rs"),
        ("user/*.cruds", "user/*.cruds"),
        ("system/ImagingStudy.s", "system/ImagingStudy.s"),
        ("patient/Observation.read", "patient/Observation.rs"),
        ("patient/Observation.write", "patient/Observation.cud"),
        ("patient/*.*", "patient/*.cruds"),
        (f"patient/Observation.rs?category={LABORATORY}", f"patient/Observation.rs?category={LABORATORY}"),
        ("patient/Condition.r?category=a%7Cb", "patient/Condition.r?category=a|b"),
    ],
)
def test_both_forms_are_read_and_the_second_is_written(text: str, written: str) -> None:
    assert str(smart_scope(text)) == written
    assert smart_scope(written) == smart_scope(text)


@pytest.mark.parametrize(
    "word", ["openid", "launch/patient", "offline_access", "fhir.read", "", "patients/X.rs"]
)
def test_other_words_are_no_clinical_scopes(word: str) -> None:
    assert smart_scope(word) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("patient/Observation", "a type is followed by"),
        ("patient/", "a type is followed by"),
        ("patient/observation.rs", "observation is no resource type"),
        ("patient/.rs", "nothing is no resource type"),
        ("patient/Observation.", "letters cruds in that order"),
        ("patient/Observation.sr", "letters cruds in that order"),
        ("patient/Observation.rr", "letters cruds in that order"),
        ("patient/Observation.reads", "letters cruds in that order"),
        ("patient/Observation.RS", "letters cruds in that order"),
        ("patient%2fObservation.rs", None),
        ("patient/Observation.rs?subject=Patient/1", "not by subject"),
        ("patient/Observation.rs?category", "conditions as category=laboratory"),
        ("patient/Observation.rs?category=", "takes a code"),
        ("patient/Observation.rs?category=http://x|", "takes a code"),
        ("patient/Observation.rs?category:not=x", "not by category:not"),
    ],
)
def test_what_begins_as_a_scope_and_is_none_is_told_why(text: str, reason: str | None) -> None:
    if reason is None:
        assert smart_scope(text) is None
        return
    with pytest.raises(ScopeInvalid, match=reason) as caught:
        smart_scope(text)
    assert text in str(caught.value)


def test_a_scope_becomes_an_allowance_of_its_patient() -> None:
    found = scope_words(f"patient/Observation.rs?category={LABORATORY},vital-signs").clinical[0]

    system, _, code = LABORATORY.partition("|")
    tokens: tuple[tuple[str | None, str], ...] = ((system, code), (None, "vital-signs"))
    assert found.allowance("t", "7") == Allowance(
        "Observation",
        frozenset({Deed.READ, Deed.SEARCH}),
        (TokenCondition("category", tokens),),
        resource_key("t", "Patient", "7"),
    )


def test_a_scope_of_a_user_is_for_every_patient_of_theirs() -> None:
    assert scope_words("user/*.r").clinical[0].allowance("t", "7").patient is None


SCOPES = st.builds(
    SmartScope,
    st.sampled_from(LEVELS),
    st.sampled_from(("*", "Observation", "Condition")),
    st.sets(st.sampled_from(EVERYTHING), min_size=1).map(
        lambda chosen: "".join(each for each in EVERYTHING if each in chosen)
    ),
    st.sets(st.sampled_from((("category", "a"), ("category", "b"))), max_size=2).map(
        lambda pairs: tuple(sorted(pairs))
    ),
)


@given(SCOPES, SCOPES)
def test_what_two_scopes_have_in_common_is_less_than_either(one: SmartScope, other: SmartScope) -> None:
    both = one.meet(other)

    assert both == other.meet(one)
    if both is not None:
        assert one.covers(both)
        assert other.covers(both)
        assert smart_scope(str(both)) == both


@given(st.lists(SCOPES, max_size=4), st.lists(SCOPES, max_size=4))
def test_nothing_is_granted_beyond_what_is_allowed(
    asked: list[SmartScope], allowed: list[SmartScope]
) -> None:
    for each in met(asked, allowed):
        assert any(one.covers(each) for one in asked)
        assert any(one.covers(each) for one in allowed)


def test_a_role_that_writes_one_type_is_granted_that_of_an_app_that_asks_for_all() -> None:
    role = of_role("patient", frozenset({"fhir.read", "fhir.write"}), frozenset({"DiagnosticReport"}))

    granted = met(scope_words("patient/*.cruds").clinical, role)

    assert [str(each) for each in granted] == ["patient/*.rs", "patient/DiagnosticReport.cud"]


def test_a_scope_without_end_is_refused() -> None:
    with pytest.raises(ScopeInvalid, match="at most"):
        scope_words("patient/Patient.rs " * 1_000)
