"""The compiled Cypher and a plain reader of the same documents answer every question alike."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from graph.cypher.compile import count, page
from graph.query.expression import Page, Question
from tests.graph.cypher.conftest import Worlds, reader
from tests.reader.rows import Row
from tests.strategies.trees import Asked, questions, with_tenant

EVERYTHING_ON_ONE_PAGE = 1_000


def names(worlds: Worlds, asked: Asked, window: Page) -> tuple[list[str], list[dict[str, Any]]]:
    """The answered rows of one page, as the reader names them, and as they came."""
    scope = worlds.scope(asked)
    where = with_tenant(scope.tenant, asked.question.where)
    found = worlds.graph.answer(page(scope, Question(asked.question.entity, where, window)))
    return [row["key"].removeprefix(f"{scope.tenant}|") for row in found], found


def named(row: Row) -> str:
    """The key of a row of the reader, without its tenant."""
    if row.whole is None:
        return f"-|{row.name.replace('/', '|')}"
    study = row.whole.whole or row.whole
    uids = [study.attributes["StudyInstanceUID"], *([row.whole.name] if row.whole.whole else []), row.name]
    return "|".join([str(row.partition), *uids])


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions())
def test_a_question_has_the_reader_s_answer_whole_and_page_by_page(worlds: Worlds, asked: Asked) -> None:
    _check(worlds, asked)


@pytest.mark.slow
@settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions())
def test_thousands_of_questions_have_the_reader_s_answer(worlds: Worlds, asked: Asked) -> None:
    _check(worlds, asked)


def _check(worlds: Worlds, asked: Asked) -> None:
    question = asked.question
    expected = [named(row) for row in reader(asked).answer(question.entity, question.where, question.page)]
    whole, _ = names(worlds, asked, replace(question.page, limit=EVERYTHING_ON_ONE_PAGE))
    assert whole == expected
    assert _page_by_page(worlds, asked) == expected
    assert _skipping(worlds, asked) == expected[2 : 2 + question.page.limit]
    scope = worlds.scope(asked)
    counted = worlds.graph.answer(count(scope, question.entity, with_tenant(scope.tenant, question.where)))
    assert counted == [{"total": len(expected)}]


def _page_by_page(worlds: Worlds, asked: Asked) -> list[str]:
    window, found = asked.question.page, list[str]()
    while True:
        keys, rows = names(worlds, asked, window)
        found += keys
        if len(keys) < window.limit:
            return found
        window = replace(window, after=(*rows[-1]["sort"], rows[-1]["serial"]))


def _skipping(worlds: Worlds, asked: Asked) -> list[str]:
    return names(worlds, asked, replace(asked.question.page, offset=2))[0]
