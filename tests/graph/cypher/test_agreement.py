"""The compiled Cypher and a plain reader of the same documents answer every question alike."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.cypher.compile import count, page
from graph.query.expression import Field, Kind, Layout, Page, Present, Question, Sort
from tests.graph.cypher.conftest import Worlds, reader
from tests.reader.rows import Row
from tests.strategies.operators import a_few_of_each_operator, each_operator_alone
from tests.strategies.trees import Asked, questions, with_tenant

WHOLE = ("the whole answer", "the count")
PAGED = ("page by page", "rows skipped")
EVERYTHING_ON_ONE_PAGE = 200  # more rows than any kind has in a world


def names(worlds: Worlds, asked: Asked, window: Page) -> tuple[list[str], list[dict[str, Any]]]:
    """The answered rows of one page, as the reader names them, and as they came."""
    scope = worlds.scope(asked)
    where = with_tenant(scope.tenant, asked.question.where)
    found = worlds.graph.read_statement(page(scope, Question(asked.question.entity, where, window)))
    return [row["key"].removeprefix(f"{scope.tenant}|") for row in found], found


def named(row: Row) -> str:
    """The key of a row of the reader, without its tenant."""
    if row.whole is None:
        return f"-|{row.name.replace('/', '|')}"
    study = row.whole.whole or row.whole
    uids = [study.attributes["StudyInstanceUID"], *([row.whole.name] if row.whole.whole else []), row.name]
    return "|".join([str(row.partition), *uids])


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions())
def test_a_question_has_the_reader_s_answer_whole_and_page_by_page(worlds: Worlds, asked: Asked) -> None:
    _check(worlds, asked)


@pytest.mark.parametrize("name", ["code:text", "category:text"])
@pytest.mark.parametrize("newest_first", [False, True])
def test_what_has_no_value_comes_in_the_order_of_creation_that_is_asked_for(
    worlds: Worlds, name: str, newest_first: bool
) -> None:
    everything = Present(Field("Condition", "_id", Kind.TERM, Layout.PROPERTY))
    by_value = Sort(Field("Condition", name, Kind.TEXT, Layout.ROWS))
    window = Page(1, (by_value, Sort(None, newest_first)))
    asked = Asked(1, "default", None, frozenset(), Question("Condition", everything, window))

    assert disagreement(worlds, asked) is None


def test_each_operator_alone_has_the_reader_s_answer(worlds: Worlds) -> None:
    for asked in a_few_of_each_operator():
        assert disagreement(worlds, asked, WHOLE) is None


@pytest.mark.slow
def test_each_operator_alone_has_the_reader_s_answer_on_all_fields(worlds: Worlds) -> None:
    for asked in each_operator_alone(0):
        assert disagreement(worlds, asked, WHOLE) is None


@pytest.mark.slow
@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions(), way=st.sampled_from(WHOLE + PAGED))
def test_thousands_of_questions_have_the_reader_s_answer(worlds: Worlds, asked: Asked, way: str) -> None:
    """Each is planned anew, which takes most of the time, so each is asked in one way."""
    assert disagreement(worlds, asked, (way,)) is None


def _check(worlds: Worlds, asked: Asked) -> None:
    assert disagreement(worlds, asked) is None


def disagreement(
    worlds: Worlds, asked: Asked, ways: tuple[str, ...] = WHOLE + PAGED
) -> tuple[str, object, object] | None:
    """Where graph and reader part: in what way of asking, and both answers; None where they agree."""
    question = asked.question
    where = with_tenant("any", question.where)
    expected = [named(row) for row in reader(asked).answer(question.entity, where, question.page)]
    answers = {
        "the whole answer": (_whole, expected),
        "the count": (_counted, [{"total": len(expected)}]),
        "page by page": (_page_by_page, expected),
        "rows skipped": (_skipping, expected[2 : 2 + question.page.limit]),
    }
    for way in ways:
        answer, right = answers[way]
        if (found := answer(worlds, asked)) != right:
            return way, found, right
    return None


def _whole(worlds: Worlds, asked: Asked) -> Any:
    return names(worlds, asked, replace(asked.question.page, limit=EVERYTHING_ON_ONE_PAGE))[0]


def _counted(worlds: Worlds, asked: Asked) -> Any:
    scope = worlds.scope(asked)
    where = with_tenant(scope.tenant, asked.question.where)
    return worlds.graph.read_statement(count(scope, asked.question.entity, where))


def _page_by_page(worlds: Worlds, asked: Asked) -> Any:
    window, found = asked.question.page, list[str]()
    while True:
        keys, rows = names(worlds, asked, window)
        found += keys
        if len(keys) < window.limit or len(found) > EVERYTHING_ON_ONE_PAGE:
            return found
        window = replace(window, after=(*rows[-1]["sort"], rows[-1]["serial"]))


def _skipping(worlds: Worlds, asked: Asked) -> Any:
    return names(worlds, asked, replace(asked.question.page, offset=2))[0]
