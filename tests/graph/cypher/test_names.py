"""The component groups of a person's name: what a key asks of them, and what finds them."""

import re
from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.cypher.names import asks_groups, group_prefix, group_regex
from graph.query.attribute_forms import folded_as, properties_of
from graph.query.attributes import BY_KEYWORD, STUDY
from graph.query.expression import Match, Text
from tests.effort import little_effort

NAME = BY_KEYWORD["PatientName"]
YAMADA = "Yamada^Tarou=山田^太郎=やまだ^たろう"
NAMES = st.lists(st.text(st.sampled_from("ab^山田"), max_size=4), min_size=1, max_size=3).map("=".join)
KEYS = st.lists(st.text(st.sampled_from("ab^山田*?"), max_size=4), min_size=1, max_size=3).map("=".join)


def leaf(key: str) -> Text:
    return Text(NAME.field, Match.LIKE if re.search(r"[*?]", key) else Match.EQUALS, key)


def matches(name: str, key: str) -> bool:
    return re.fullmatch(group_regex(leaf(key)), folded_as(NAME, name)) is not None


def like(text: str, pattern: str) -> bool:
    """Wildcards by recursion on the first character of the pattern."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return like(text, pattern[1:]) or bool(text and like(text[1:], pattern))
    return bool(text) and pattern[0] in ("?", text[0]) and like(text[1:], pattern[1:])


def plain(text: str) -> list[str]:
    return [" ".join(group.replace("^", " ").split()) for group in text.split("=")]


def expected(name: str, key: str) -> bool:
    """PS3.5 6.2.1 and PS3.4 C.2.2.2, group by group."""
    groups, asked = plain(name), plain(key)
    if len(asked) == 1:
        return any(like(group, asked[0]) for group in groups)
    pairs = zip_longest(groups, asked, fillvalue="")
    return all(not wanted or like(group, wanted) for group, wanted in pairs)


@given(NAMES, KEYS)
def test_a_key_without_a_separator_matches_some_group_and_one_with_it_each_at_its_place(
    name: str, key: str
) -> None:
    assert matches(name, key) == expected(name, key)


@pytest.mark.parametrize(
    "key",
    [
        "Yamada^Tarou", "山田^太郎", "やまだ^たろう", "yamada*", "山田*", "*太郎", "やまだ*",
        "?田*", "=山田*", "==やまだ*", "Yamada*=山田*", "Yamada^Tarou=", "*=*=やまだ*", YAMADA,
    ],
)  # fmt: skip
def test_each_group_is_asked(key: str) -> None:
    assert matches(YAMADA, key)


@pytest.mark.parametrize("key", ["Yamada", "山田", "山田*やまだ*", "=Yamada*", "山田*=", "Yamada*=やまだ*"])
def test_nothing_goes_across_groups(key: str) -> None:
    assert not matches(YAMADA, key)


def test_a_name_without_further_groups_is_one_text() -> None:
    assert properties_of(STUDY, {"PatientName": "Doe^Jane"}) == {
        "PatientName": "Doe^Jane",
        "PatientName_folded": "doe jane",
        "PatientName_components": "doe^jane",
    }
    assert properties_of(STUDY, {"PatientName": YAMADA}) == {
        "PatientName": YAMADA,
        "PatientName_folded": "yamada tarou=山田 太郎=やまた たろう",
        "PatientName_components": "yamada^tarou=山田^太郎=やまた^たろう",
        "PatientName_ideographic": "山田 太郎",
        "PatientName_phonetic": "やまた たろう",
    }


def test_what_a_group_begins_with_is_known_to_its_index() -> None:
    assert group_prefix(leaf("Kim*")) == "kim"
    assert group_prefix(leaf("*Kim")) == ""
    assert group_prefix(leaf("=山田*")) == "山田"
    assert group_prefix(leaf("*=山田^太郎")) == "山田 太郎"


def test_whole_wildcard_and_fuzzy_matching_ask_groups() -> None:
    assert asks_groups(leaf("Kim"))
    assert asks_groups(Text(NAME.field, Match.WORDS, "Kim"))
    assert not asks_groups(Text(NAME.field, Match.PREFIX, "Kim"))
    assert not asks_groups(Text(BY_KEYWORD["PatientID"].field, Match.EQUALS, "Kim"))


@pytest.mark.parametrize(
    "asked", [leaf("*a" * 60 + "b"), Text(NAME.field, Match.WORDS, "a " * 60 + "^".join(["a b"] * 60))]
)
def test_a_key_of_many_stars_or_words_does_not_backtrack(asked: Text) -> None:
    pattern, value = re.compile(group_regex(asked)), "=".join(["a " * 64] * 3)
    with little_effort():
        assert pattern.fullmatch(value) is None
