"""Wildcards: the regular expression says what a pattern means, and its time grows with the text only."""

import re
from fnmatch import translate

from hypothesis import given
from hypothesis import strategies as st

from graph.cypher.text import like_regex, literal_prefix, words
from graph.query.expression import Field, Kind, Layout, Match, Text
from tests.effort import little_effort

NAME = Field("Patient", "name", Kind.TEXT)
PATIENT_NAME = Field("ImagingStudy", "PatientName", Kind.TEXT, Layout.PROPERTY)
letters = st.text(st.sampled_from("ab.+\\(é|\n"), max_size=12)
patterns = st.text(st.sampled_from("ab.+\\(é|*?*?"), max_size=10)


@given(pattern=patterns, value=letters)
def test_a_pattern_matches_as_a_file_name_pattern_does(pattern: str, value: str) -> None:
    expected = re.fullmatch(translate(pattern.replace("[", "[[]")), value) is not None
    assert (re.fullmatch(like_regex(pattern), value) is not None) == expected


def test_a_pattern_of_many_stars_does_not_backtrack() -> None:
    pattern, value = re.compile(like_regex("*a" * 100 + "b")), "a" * 200
    with little_effort():
        assert pattern.fullmatch(value) is None


def test_the_literal_part_in_front_is_known_to_the_index() -> None:
    assert literal_prefix(Text(NAME, Match.LIKE, "Kim*M?n")) == "kim"
    assert literal_prefix(Text(NAME, Match.LIKE, "*Kim")) == ""
    assert literal_prefix(Text(NAME, Match.PREFIX, "Núñ")) == "nun"
    assert literal_prefix(Text(NAME, Match.CONTAINS, "Kim")) == ""
    assert literal_prefix(Text(PATIENT_NAME, Match.EQUALS, "Doe^John")) == "doe john"


def test_words_end_at_the_marks_that_names_are_written_with() -> None:
    assert words("kim-lee, min^su = 김") == ["kim", "lee", "min", "su", "김"]
