"""Hints: a text without them is not searched, and would not have been found in."""

import re

from hypothesis import given
from hypothesis import strategies as st

from app.feedback import places
from app.records.glance import modalities, regions
from app.records.glance.hints import HintedPattern, hints_of

PATTERNS = [pattern for room in (regions, modalities, places) for _, pattern in room._patterns()]


def test_hints_are_letters_that_a_pattern_cannot_do_without() -> None:
    assert hints_of(r"\b(?:lungs?|pulmonary)\b") == ("lung", "pulmonary")
    assert hints_of(r"c[12]|head") == ()
    assert hints_of(r"x?rays?|담관") == ("ray", "담관")
    assert hints_of(r"(?:gall)?bladder(?! neck)") == ("bladder",)


@given(st.sampled_from(PATTERNS).flatmap(lambda each: st.tuples(st.just(each), st.data())))
def test_what_a_pattern_is_found_in_has_a_hint(drawn: tuple[HintedPattern, st.DataObject]) -> None:
    hinted, data = drawn
    pattern = hinted._pattern
    text = data.draw(st.from_regex(re.compile(pattern.pattern, pattern.flags & ~re.DEBUG)))

    assert pattern.search(text) is None or hinted.is_in(text, text.lower())
