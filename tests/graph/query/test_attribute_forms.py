"""What a DICOM attribute becomes on its node, and that it is matched by its own text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.cypher.text import asked
from graph.query.attribute_forms import (
    cleared,
    compared_property,
    interval_of,
    limit_properties,
    properties_of,
    property_names,
)
from graph.query.attributes import ATTRIBUTES, BY_KEYWORD, LEVELS, STUDY, of_level
from graph.query.expression import Kind, Match, Text

_HOUR = 3_600_000_000


def test_a_value_stands_verbatim_with_the_forms_that_match() -> None:
    facts = {
        "PatientName": "Núñez^Ana",
        "StudyDate": "19700102",
        "ModalitiesInStudy": ("CT", "MR"),
        "StudyID": "",
    }

    assert properties_of(STUDY, facts) == {
        "PatientName": "Núñez^Ana",
        "PatientName_folded": "nunez ana",
        "PatientName_components": "nunez^ana",
        "StudyDate": "19700102",
        "StudyDate_low": 24 * _HOUR,
        "StudyDate_high": 48 * _HOUR,
        "ModalitiesInStudy": ["CT", "MR"],
    }


def test_a_date_that_is_none_has_no_limits() -> None:
    assert properties_of(STUDY, {"StudyDate": "yesterday"}) == {"StudyDate": "yesterday"}


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_written_is_what_is_cleared_and_compared(level: str) -> None:
    values = {"DA": "20200229", "TM": "1015", "IS": "3", "US": "3", "DS": "3.5", "PN": "a=b=c"}
    facts = {each.keyword: values.get(each.vr, "x") for each in of_level(level)}
    written = properties_of(level, facts).keys()

    assert written == cleared(level).keys() == set(property_names(of_level(level)))
    assert {compared_property(each) for each in of_level(level)} <= written


@pytest.mark.parametrize(
    ("vr", "text", "expected"),
    [
        ("TM", "10", (10 * _HOUR, 11 * _HOUR)),
        ("TM", "101530.25", (36_930_250_000, 36_930_260_000)),
        ("TM", "1", None),
        ("DA", "20200230", None),
        ("TM", "10:15:30.250000000", (36_930_250_000, 36_930_250_001)),
        ("DA", "1970.01.02", (24 * _HOUR, 48 * _HOUR)),
        ("IS", " 12 ", (12, 13)),
        ("IS", "2147483648", None),
        ("IS", "9" * 30, None),
        ("IS", "1_0", None),
        ("IS", "x", None),
    ],
)
def test_a_value_covers_an_interval(vr: str, text: str, expected: tuple[int, int] | None) -> None:
    assert interval_of(vr, text) == expected


@given(st.text(min_size=1, max_size=30))
def test_a_text_is_asked_in_the_form_in_which_it_is_kept(text: str) -> None:
    name = BY_KEYWORD["PatientName"]
    kept = properties_of(STUDY, {"PatientName": text})

    assert asked(Text(name.field, Match.EQUALS, text)) == kept[compared_property(name)]


@given(st.integers(-(10**9), 10**9))
def test_a_number_is_matched_by_its_own_text(number: int) -> None:
    low, high = limit_properties("InstanceNumber")
    kept = properties_of("Instance", {"InstanceNumber": number})

    assert interval_of(BY_KEYWORD["InstanceNumber"].vr, str(number)) == (kept[low], kept[high])


def test_every_kind_is_there() -> None:
    assert {each.kind for each in ATTRIBUTES} == set(Kind)
