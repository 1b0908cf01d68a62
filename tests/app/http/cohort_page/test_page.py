"""Cohort questions on a page without a script: in plain words or as JSON, with the use case's numbers."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from markupsafe import escape

from app.wiring import Wiring
from graph.clock import now
from graph.scope import AccessScope
from tests.app.conftest import signing_in
from tests.app.http.authorization.apps import Form
from tests.app.http.cohort_page.conftest import Browser, Person
from tests.factories.dicom import ct_instance, uid

FIGURES = re.compile(r'<span class="figure">(?:<span class="quiet">)?([^<]+)')
MANY, FEW = 12, 3


@pytest.fixture(scope="module", autouse=True)
def people(gateway: Wiring, site: Flask) -> None:
    """Fifteen patients with a CT, twelve of them women."""
    client = site.test_client()
    headers = signing_in(gateway)("superuser", Content_Type="application/dicom")
    for number in range(MANY + FEW):
        file = ct_instance(
            patient_id=f"COHORT-{number}",
            study_uid=uid("study", f"cohort-{number}"),
            PatientName=f"Nobody^{number}",
            PatientSex="F" if number < MANY else "M",
        )
        assert client.post("/dicom-web/studies", data=file, headers=headers).status_code == 200


def figures(browser: Browser) -> list[str]:
    return figures_of(browser.page.text)


def figures_of(text: str) -> list[str]:
    return [each.strip() for each in FIGURES.findall(text)]


def counted(browser: Browser, raw: Any) -> list[str]:
    """The steps of a question that somebody asks as JSON."""
    browser.open("/cohorts")
    browser.press("/cohorts", by="json", question=json.dumps(raw))
    return figures(browser)


WOMEN = {"version": "1", "population": {"all": [{"imaging": {}}, {"sex": {"op": "eq", "value": "female"}}]}}
MEN = {"version": "1", "population": {"all": [{"imaging": {}}, {"sex": {"op": "eq", "value": "male"}}]}}


def test_who_sees_the_record_is_told_how_many_each_condition_leaves(browser: Browser, person: Person) -> None:
    browser.sign_in(person("clinician"))

    assert counted(browser, WOMEN) == [str(MANY + FEW), str(MANY)]
    assert counted(browser, MEN) == [str(MANY + FEW), str(FEW)]


def test_who_sees_pseudonyms_is_told_of_no_few(browser: Browser, person: Person) -> None:
    browser.sign_in(person("researcher"))

    assert counted(browser, MEN) == [str(MANY + FEW), "not told"]
    assert counted(browser, WOMEN) == [str(MANY + FEW), "not told"]  # the difference would tell of three


def test_who_is_told_counts_only_may_ask(
    gateway: Wiring, scope: AccessScope, browser: Browser, person: Person
) -> None:
    form = {"purpose": "HRESCH", "actions": ["cohort.query"], "rows": ["all"], "view": "counts"}
    gateway.administration.put_role(scope, "counter", form, now())
    browser.sign_in(person("counter"))

    asked = {**WOMEN, "output": {"rows": [{"resource": "MedicationRequest"}]}}
    assert counted(browser, asked) == ["not told", str(MANY)]  # the answer is told before its steps


BEYOND = {
    "in place of an object": lambda: {**WOMEN, "output": 1 << 64},
    "in a note": lambda: {**WOMEN, "conceptSets": {"s": {"include": [{"code": "1"}], "display": 10**25}}},
    "of more digits than are counted": lambda: {**WOMEN, "output": int("9" * 4_000)},
}


@pytest.mark.parametrize("asked", BEYOND.values(), ids=BEYOND)
def test_integers_beyond_64_bits_are_refused_beside_what_was_typed(
    browser: Browser, person: Person, asked: Callable[[], Any]
) -> None:
    text = json.dumps(asked(), separators=(" , ", " :"))
    browser.sign_in(person("clinician"))
    browser.open("/cohorts")

    refused = browser.press("/cohorts", by="json", question=text)

    assert (refused.status_code, 'id="wrong-question"' in refused.text) == (400, True)
    assert escape(text) in refused.text


def test_an_answer_keeps_the_text_that_was_sent(browser: Browser, person: Person) -> None:
    text = json.dumps(WOMEN, separators=(" , ", " :"))
    browser.sign_in(person("clinician"))
    browser.open("/cohorts")

    answered = browser.press("/cohorts", by="json", question=text)

    assert (answered.status_code, escape(text) in answered.text) == (200, True)


def test_a_question_may_be_as_long_as_its_form_says(browser: Browser, person: Person) -> None:
    browser.sign_in(person("clinician"))
    browser.client.set_cookie("hilum-view", "ko")
    browser.open("/cohorts")
    form = browser.page

    long = browser.press("/cohorts", by="json", question=json.dumps(WOMEN) + " " * (48 << 10))
    browser.page = form
    longer = browser.press("/cohorts", by="json", question=" " * (64 << 10))

    assert (long.status_code, figures_of(long.text)[-1]) == (200, str(MANY))
    assert (longer.status_code, "본문이 65536바이트보다 큽니다" in longer.text) == (413, True)


WRONG = {
    "no JSON": ("{", "올바른 JSON이 아닙니다"),
    "no question": ("[]", "형식이 맞지 않습니다"),
    "an unknown name": (json.dumps({**WOMEN, "more": 1}), "알 수 없는 이름입니다"),
    "no version": (json.dumps({**WOMEN, "version": "2"}), "다음 가운데 하나여야 합니다: 1."),
    "sets that are none": (json.dumps({**WOMEN, "conceptSets": []}), "이름과 값으로 된 객체가 아닙니다"),
    "no condition": (json.dumps({**WOMEN, "population": {}}), "꼭 하나가 있어야 합니다: all, any, not"),
    "a period of nothing": (
        json.dumps({"version": "1", "population": {"imaging": {"period": {}}}}),
        "before, after, start, end 가운데 하나가 필요합니다",
    ),
    "an age of nobody": (
        json.dumps({"version": "1", "population": {"age": {"op": "gt", "value": -1}}}),
        "0 이상",
    ),
    "a text of nothing": (json.dumps({**WOMEN, "asOf": ""}), "길이는 1에서 1000까지입니다"),
    "an event that is none": (json.dumps({"version": "1", "population": {"exists": "x"}}), "사건이 없습니다"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_in_the_language_of_the_page(
    browser: Browser, person: Person, text: str, said: str
) -> None:
    browser.sign_in(person("clinician"))
    browser.client.set_cookie("hilum-view", "ko")
    browser.open("/cohorts")

    refused = browser.press("/cohorts", by="json", question=text)

    assert (refused.status_code, said in refused.text) == (400, True)


def test_a_researcher_asks_from_home_what_others_ask_often(browser: Browser, person: Person) -> None:
    browser.sign_in(person("researcher"))
    browser.open("/home")

    (form,) = [each for each in Form.all_of(browser.page.text) if ("saved", "ct") in each.fields]
    browser.page = form.sent_by(browser.client)

    assert f"<dd>{MANY + FEW}</dd>" in browser.page.text


def test_who_may_not_ask_is_not_led_there(browser: Browser, person: Person) -> None:
    browser.sign_in(person("administrator"))

    assert browser.client.get("/cohorts").status_code == 403
    assert "/cohorts" not in browser.client.get("/home").text


def test_plain_words_are_asked_and_told_back(browser: Browser, person: Person) -> None:
    browser.sign_in(person("clinician"))
    browser.open("/cohorts")

    browser.press("/cohorts", by="words", words="women with a CT")

    assert figures(browser)[-1] == str(MANY)
    assert "Understood" in browser.page.text


def test_words_that_are_not_understood_are_marked_and_nothing_is_counted(
    browser: Browser, person: Person
) -> None:
    browser.sign_in(person("clinician"))
    browser.client.set_cookie("hilum-view", "ko")
    browser.open("/cohorts")

    answered = browser.press("/cohorts", by="words", words="patients with grumbleflux")

    assert answered.status_code == 200
    assert re.search("<mark>[^<]*grumbleflux", answered.text)
    assert ("답하지 않음" in answered.text, figures(browser)) == (True, [])
