"""What a service outside proposes stands beside our own reading as a difference, for who wants it to take."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, request

from app.wiring import Wiring
from app.wiring.web import web_app
from graph.local.server import free_port
from tests.app.http.authorization.apps import Form
from tests.app.http.cohort_page.conftest import Browser, Person
from tests.browsing.serving import serving

MEN = {"version": "1", "population": {"sex": {"op": "eq", "value": "male"}}}


class Outside:
    """A service that speaks chat completions: it proposes `question`, and keeps what it is sent."""

    def __init__(self) -> None:
        self.question: Any = MEN
        self.sent: list[Any] = []
        self.app = Flask("outside")
        self.app.post("/v1/chat/completions")(self._answer)

    def _answer(self) -> dict[str, Any]:
        self.sent.append(request.get_json()["messages"][-1]["content"])
        return {"choices": [{"message": {"content": json.dumps(self.question)}}]}


@pytest.fixture(scope="module")
def outside() -> Outside:
    return Outside()


@pytest.fixture(scope="module")
def more_settings(outside: Outside) -> Iterator[dict[str, str]]:
    with serving(outside.app, f"http://127.0.0.1:{free_port()}") as address:
        yield {"HILUM_ASK_URL": f"{address}/v1", "HILUM_ASK_MODEL": "a-model"}


@pytest.fixture(scope="module")
def site(gateway: Wiring) -> Flask:
    return web_app(gateway)


@pytest.fixture(autouse=True)
def forgetful(outside: Outside) -> None:
    """A service that proposes men, and was sent nothing yet."""
    outside.question = MEN
    outside.sent.clear()


def asked(browser: Browser, person: Person, **more: str) -> str:
    """The page of somebody who asked for women."""
    browser.sign_in(person("clinician"))
    browser.open("/cohorts")
    (form,) = [each for each in Form.all_of(browser.page.text) if ("by", "words") in each.fields]
    browser.page = form.sent_by(browser.client, words="women", **more)
    return browser.page.text


def test_nothing_is_sent_to_it_unless_somebody_wants_that(
    browser: Browser, person: Person, outside: Outside
) -> None:
    page = asked(browser, person)

    assert (
        "Send these words to a-model" in page,
        "proposes another reading:</strong>" in page,
        outside.sent,
    ) == (True, False, [])


def test_a_proposal_is_shown_as_a_difference_and_taken_by_a_button(
    browser: Browser, person: Person, outside: Outside
) -> None:
    page = asked(browser, person, propose="yes")

    assert outside.sent == ["women"]
    assert re.search(r"a-model proposes another reading:</strong> [^<]*\bmen\b", page)
    assert re.search(r"<del>&#34;female&#34;</del> → <ins>&#34;male&#34;</ins>", page)
    (form,) = [each for each in Form.all_of(page) if ("by", "json") in each.fields and len(each.fields) > 2]
    taken = form.sent_by(browser.client)
    assert re.search(r'<span class="grow">men</span>', taken.text)


def test_what_is_no_question_is_told_and_never_shown(
    browser: Browser, person: Person, outside: Outside
) -> None:
    outside.question = {"population": "<b>everybody</b>"}

    page = asked(browser, person, propose="yes")

    assert ("everybody" in page, "Understood as a whole" in page) == (False, True)
    assert 'class="note warn"' in page
