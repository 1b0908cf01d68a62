"""Codes whose form says what stands below them."""

import pytest

from fhir_profiles.terminology.prefixes import ATC, ICD_10, ICD_10_CM, KCD_8, ranges_below

KCD_9 = "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-9"


def is_below(system: str, code: str, other: str) -> bool:
    """Whether a code is in one of the ranges below another."""
    return any(each.low <= other <= each.high for each in ranges_below(system, code))


@pytest.mark.parametrize("system", [ICD_10, ICD_10_CM, KCD_8, KCD_9])
def test_below_a_category_stands_what_begins_with_it_with_and_without_its_point(system: str) -> None:
    assert all(is_below(system, "E11", each) for each in ("E11", "E11.9", "E119", "E11.65"))
    assert not any(is_below(system, "E11", each) for each in ("E10.9", "E12", "E1"))
    assert all(is_below(system, "E11.6", each) for each in ("E11.6", "E11.65", "E1165"))
    assert all(is_below(system, "E116", each) for each in ("E11.6", "E11.65", "E1165"))
    assert not any(is_below(system, "E11.6", each) for each in ("E11", "E11.7", "E117"))


def test_a_block_reaches_to_the_end_of_its_last_category() -> None:
    assert all(is_below(ICD_10, "C40-C41", each) for each in ("C40", "C40.0", "C41.9", "C419"))
    assert not any(is_below(ICD_10, "C40-C41", each) for each in ("C39.9", "C42"))


def test_levels_of_atc_stand_below_one_another() -> None:
    assert all(is_below(ATC, "C10", each) for each in ("C10", "C10A", "C10AA", "C10AA05"))
    assert not is_below(ATC, "C10AA", "C10AB05")


@pytest.mark.parametrize(
    ("system", "code"),
    [(ICD_10, "E1"), (ICD_10, "x|y"), (ICD_10, ""), (ATC, "C1"), ("http://snomed.info/sct", "E11")],
)
def test_other_codes_say_nothing(system: str, code: str) -> None:
    assert ranges_below(system, code) == ()
