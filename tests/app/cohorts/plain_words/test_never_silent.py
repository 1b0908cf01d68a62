"""Nothing of a question is passed over in silence: what is not understood is told, or refused."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.cohorts.language.reading import read_question
from app.cohorts.plain_words.answer import BY_YEAR, YEARS_ONLY, as_reason
from app.cohorts.plain_words.placing import Placed
from tests.app.cohorts.plain_words.said import DAY, plain, read, reader, reader_by_year, scanned
from tests.bench.test_plain_words import kept

TEXTS = [each.text for each in kept()["development"]]
WORDS = sorted({word for text in TEXTS for word in text.split()})
ANSWERED = [text for text in TEXTS if read(text).verdict in ("exact", "assumed")]


def broken(text: str, at: int, word: str) -> str:
    """A text with one word more."""
    words = text.split()
    place = at % (len(words) + 1)
    return " ".join([*words[:place], word, *words[place:]])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join))
@example("patients 30 days before year")
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    found = read(text)

    assert (found.question is None) == (found.verdict == "refused")
    assert found.question is not None or found.reasons
    assert all(as_reason(each, scanned(text).text.places)["text"]["ko"] for each in found.reasons)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(ANSWERED), st.integers(0, 99), st.sampled_from(["wugwug", "뷁뷁"]))
@example("postmenopausal or not, women over 50 with osteoporosis", 0, "wugwug")
def test_a_word_that_nobody_knows_is_told(text: str, at: int, word: str) -> None:
    """But in a heading, which is told to be one, and between quotation marks."""
    question = broken(text, at, word)
    found = read(question)
    told = Placed(question, scanned(question), found).left()

    heading = any(each.startswith("heading") for each in found.choices.doubts)
    quoted = word in str(found.question)
    assert heading or quoted or any(word in each["text"] for each in told)
    assert heading or quoted or found.verdict in ("refused", "partial")


def is_told(text: str, place: int) -> bool:
    """Whether a letter says something: that of `SSRIs` and of `patient's` does not."""
    return text[place].isalnum() and not (
        text[place] == "s" and (text[place - 1].isupper() or text[place - 1] == "'")
    )


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(TEXTS))
def test_every_letter_is_part_of_what_was_found(text: str) -> None:
    spans = [each["span"] for each in Placed(text, scanned(text), read(text)).spans()]
    covered = {place for start, end in spans for place in range(start, end)}

    assert [char for place, char in enumerate(text) if is_told(text, place) and place not in covered] == []


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(TEXTS))
def test_the_same_question_is_read_the_same(text: str) -> None:
    first, second = (reader().read(reader().scanned(text), {}) for _ in range(2))

    assert (first.verdict, plain(first.question)) == (second.verdict, plain(second.question))


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(ANSWERED))
def test_each_alternative_is_another_question_that_can_be_chosen(text: str) -> None:
    found = read(text)
    for doubt, others in reader().alternatives(scanned(text), found):
        for way, question in others:
            chosen = reader().read(scanned(text), {doubt.id: way.id})
            assert plain(chosen.question) == plain(question) != plain(found.question)


def test_who_compares_dates_by_years_is_given_only_what_they_can_ask() -> None:
    counted = {True: 0, False: 0}
    for text in TEXTS:
        by_day, found = read(text), reader_by_year().read(scanned(text), {})
        codes = [each.code for each in found.reasons]
        counted[found.question is not None] += by_day.question is not None
        assert found.question in (None, by_day.question)
        assert (YEARS_ONLY in codes) == (by_day.question is not None and found.question is None), text
        assert BY_YEAR not in codes or found.verdict in ("assumed", "partial")
        others = [
            other for _, ways in reader_by_year().alternatives(scanned(text), found) for _, other in ways
        ]
        for question in (found.question, *others):
            if question is not None:
                read_question(question, DAY, by_year=True)
    assert min(counted.values()) > 0
