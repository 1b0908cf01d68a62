"""A question that makes no sense, or costs too much, is refused before any text is written."""

from functools import reduce

import pytest

from graph.errors import Invalid, TooLarge
from graph.query import limits
from graph.query.attributes import BY_KEYWORD, INSTANCE, SERIES, STUDY
from graph.query.expression import (
    Against,
    All,
    Along,
    Any,
    Expression,
    Field,
    Inside,
    KeyIn,
    Kind,
    Layout,
    Match,
    Members,
    Not,
    Order,
    Owner,
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
from graph.query.limits import check, check_page, check_where, keyset_length

CODE = Field("Observation", "code", Kind.TERM)
DATE = Field("Observation", "date", Kind.SPAN)
NAME = Field("Patient", "name", Kind.TEXT)
A_CODE = Term(CODE, ("a",))
MODALITY = BY_KEYWORD["Modality"].field
SUBJECT = Along(("subject",), ("Patient",))


def nested(times: int, within: Expression = A_CODE) -> Expression:
    return reduce(lambda inner, _: Not(inner), range(times), within)


def linked(times: int) -> Expression:
    chain: Expression = Present(DATE) if times % 2 == 0 else Present(NAME)
    for number in reversed(range(times)):
        link = SUBJECT if number % 2 == 0 else Members("Observation")
        chain = Related(link, chain)
    return chain


@pytest.mark.parametrize(
    "where",
    [
        A_CODE,
        nested(limits.DEEPEST),
        linked(limits.DEEPEST_RELATED),
        All((A_CODE,) * limits.WIDEST),
        Any((KeyIn("Observation", ("k",) * limits.MOST_VALUES),)),
        Related(Along(("performer.actor", "subject"), ("Patient", "Practitioner")), Present(NAME)),
        Span(Field("Observation", "value-quantity", Kind.SPAN), Order.EQ, 1.0, 2.0, "s", "mg"),
        Present(Field("Observation", "_lastUpdated", Kind.SPAN, Layout.PROPERTY)),
    ],
)
def test_a_question_within_the_limits_is_asked(where: Expression) -> None:
    check_where("Observation", where)


@pytest.mark.parametrize(
    "where",
    [
        nested(limits.DEEPEST + 1),
        linked(limits.DEEPEST_RELATED + 1),
        All((A_CODE,) * (limits.WIDEST + 1)),
        All((All((A_CODE,) * limits.WIDEST), A_CODE)),
        KeyIn("Observation", ("k",) * (limits.MOST_VALUES + 1)),
        Any((Term(CODE, ("c",) * limits.MOST_VALUES), A_CODE)),
        Related(Along(("subject",) * (limits.WIDEST + 1), ("Patient",)), Present(NAME)),
        nested(100_000),
    ],
    ids=["deep", "chained", "wide", "leaves", "keys", "codes", "paths", "endless"],
)
def test_a_question_beyond_a_limit_is_too_large(where: Expression) -> None:
    with pytest.raises(TooLarge):
        check_where("Observation", where)


@pytest.mark.parametrize(
    ("entity", "where"),
    [
        ("Observation", Present(NAME)),
        ("Observation", Term(DATE, ("a",))),
        ("Observation", Text(CODE, Match.EQUALS, "a")),
        ("Observation", Span(CODE, Order.EQ, 1, 2)),
        ("Observation", KeyIn("Patient", ("k",))),
        ("Observation", Text(NAME, Match.EQUALS, "a")),
        ("Patient", Text(NAME, Match.EQUALS, "a" * 401)),
        ("Observation", Present(Field("Observation", "code` OR true", Kind.TERM))),
        ("Observation", Present(Field("Observation", "Modality", Kind.TERM, Layout.PROPERTY))),
        (SERIES, Present(Field(SERIES, "code", Kind.TERM))),
        (SERIES, Present(Field(SERIES, "Modality", Kind.TEXT, Layout.PROPERTY))),
        (SERIES, Present(Field(SERIES, "_lastUpdated", Kind.SPAN, Layout.PROPERTY))),
        (SERIES, Term(MODALITY, ("CT",), "system")),
        (STUDY, Span(BY_KEYWORD["StudyDate"].field, Order.EQ, 1, 2, "unit")),
        ("Observation", Related(Members("Condition"), All())),
        ("Observation", Related(Inside(SERIES), All())),
        (INSTANCE, Related(Inside(SERIES), All())),
        (SERIES, Related(Whole(INSTANCE), All())),
        (SERIES, Related(Owner(), All())),
        (SERIES, Related(SUBJECT, All())),
        ("Patient", Related(Against(SERIES, ("subject",)), All())),
        ("Observation", Related(Along((), ("Patient",)), All())),
        ("Observation", Related(Along(("subject",), ()), All())),
        ("Observation", Related(Along(("subject`]-()",), ("Patient",)), All())),
        ("Observation", Related(Along(("subject",), ("Pa tient",)), All())),
        ("Obser`vation", All()),
        ("", All()),
        ("Observation", "code = 1"),
    ],
)
def test_a_question_that_makes_no_sense_is_invalid(entity: str, where: Expression) -> None:
    with pytest.raises(Invalid):
        check_where(entity, where)


@pytest.mark.parametrize(
    "page", [Page(0), Page(limits.LARGEST_PAGE), Page(5, (Sort(DATE),), after=(None, 7))]
)
def test_a_sound_window_is_taken(page: Page) -> None:
    check_page("Observation", page)


@pytest.mark.parametrize(
    ("page", "error"),
    [
        (Page(-1), Invalid),
        (Page(5, offset=-1), Invalid),
        (Page(limits.LARGEST_PAGE + 1), TooLarge),
        (Page(5, offset=limits.LARGEST_OFFSET + 1), TooLarge),
        (Page(5, (Sort(DATE),) * (limits.MOST_SORTS + 1)), TooLarge),
        (Page(5, (Sort(NAME),)), Invalid),
        (Page(5, (Sort(DATE),), after=(7,)), Invalid),
        (Page(5, after=(1, 7)), Invalid),
        (Page(5, after=()), Invalid),
    ],
)
def test_an_unsound_window_is_refused(page: Page, error: type[Exception]) -> None:
    with pytest.raises(error):
        check(Question("Observation", A_CODE, page))


def test_the_creation_order_ends_an_order() -> None:
    assert keyset_length(()) == 1
    assert keyset_length((Sort(DATE), Sort(CODE))) == 3
    assert keyset_length((Sort(DATE), Sort(None, descending=True), Sort(CODE))) == 2
