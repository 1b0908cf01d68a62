"""Words are found by what they are cases of, by their forms and by words in them; too many are told."""

from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.terminology.naming import name_form
from graph.vocabulary.element_words import ElementWords
from graph.vocabulary.naming import heads, holds

TEXTS = (
    "osteosarcoma of bone (disorder)",
    "acute osteosarcoma",
    "asthma, severe",
    "history of asthma",
    "천식",
    "소아 천식",
    "metformin 500 mg tablet",
    "crohn's disease",
)
WORDS = st.text(alphabet="ab 천식,(", min_size=1, max_size=8)


def test_a_word_is_found_by_its_name_and_by_what_it_is_a_case_of() -> None:
    words = ElementWords(TEXTS)

    assert words.called(["osteosarcoma"]) == {"acute osteosarcoma"}
    assert words.called(["osteosarcoma of bone"]) == {"osteosarcoma of bone (disorder)"}
    assert words.called(["asthma"]) == {"asthma, severe"}, "a history of it is another thing"
    assert words.called(["", "nothing"]) == frozenset()


def test_a_word_is_found_by_the_form_of_its_name() -> None:
    words = ElementWords(TEXTS)

    assert words.formed([name_form("Crohns Disease")]) == {"crohn's disease"}
    assert words.formed([name_form("소아천식")]) == {"소아 천식"}


def test_a_word_is_found_by_words_in_it() -> None:
    words = ElementWords(TEXTS)

    assert words.holding(["metformin"]) == {"metformin 500 mg tablet"}
    assert words.holding(["metform"]) == frozenset(), "Latin words stand apart"
    assert words.holding(["천식"]) == {"천식", "소아 천식"}
    assert words.holding([""]) == frozenset()


def test_codes_are_found_by_their_beginnings() -> None:
    words = ElementWords((), ("E11.9", "E11", "E119", "E12", "D11"))

    assert list(words.beginning("E11")) == ["E11", "E11.9", "E119"]
    assert list(words.beginning("F")) == []
    assert words.has_code("D11")
    assert not words.has_code("D1")


def test_what_is_more_than_the_most_is_told() -> None:
    words = ElementWords(("a", "b"), ("1",), most=2)
    assert not words.is_cut

    words.add(("a", "b"), ("2",))
    assert not words.is_cut, "all of them are known"

    words.add(("c",), ())
    assert words.is_cut
    assert words.texts == {"a", "b"}


@given(st.lists(st.lists(WORDS, max_size=6), max_size=4), st.lists(WORDS, max_size=3))
def test_what_is_added_bit_by_bit_is_found_as_what_was_there(
    parts: list[list[str]], asked: list[str]
) -> None:
    words = ElementWords()
    for each in parts:
        words.add(each, each)
    every = {text for each in parts for text in each}

    assert words.texts == words.codes == every
    assert words.called(asked) == {text for text in every if set(asked) & set(heads(text))}
    assert words.holding(asked) == {text for text in every if any(holds(text, each) for each in asked)}
    forms = {name_form(each) for each in asked}
    assert words.formed(forms) == {
        text for text in every if forms & {name_form(each) for each in heads(text)}
    }
    for each in asked:
        assert list(words.beginning(each)) == sorted(code for code in every if code.startswith(each))
