"""The forms of a question as they are told to the page: all that its schemas read, in both languages."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields

from app.cohorts.language.forms import Strict
from app.cohorts.language.output_forms import OutputSchema
from app.cohorts.language.schemas import NODE_KEYS
from app.cohorts.language.time_forms import PickSchema
from app.form_words import form_name
from app.http.cohort_page.forms import OF_CONDITIONS, described
from app.http.cohort_page.labels import CONDITIONS, FIELDS, OPTIONS

WIDGETS = frozenset(
    {"text", "choice", "texts", "number", "integer", "numbers", "boolean", "contrast", "sexes", "anything"}
    | {"anchor", "event", "codes", "pick", "periods", "form", "forms"}
)
NOTES = frozenset({"src", "why", "kind"})


@pytest.fixture(params=["en", "ko"])
def forms(request: pytest.FixtureRequest, speaking: Flask) -> dict[str, Any]:
    with speaking.test_request_context(headers={"Accept-Language": request.param}):
        return described()


def _fields(forms: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in forms["forms"].values():
        yield from each


def test_every_condition_is_offered_under_a_name(forms: dict[str, Any]) -> None:
    assert [each["key"] for each in forms["conditions"]] == list(CONDITIONS)
    assert set(CONDITIONS) == set(NODE_KEYS)


def test_every_field_has_a_label_and_a_widget_of_the_script(forms: dict[str, Any]) -> None:
    assert {each["name"] for each in _fields(forms)} <= FIELDS.keys()
    assert {each["type"] for each in _fields(forms)} <= WIDGETS


def test_every_field_says_what_it_is(forms: dict[str, Any]) -> None:
    assert {each["name"] for each in _fields(forms) if not each["hint"]} == set()


def test_every_form_that_a_field_leads_to_is_there(forms: dict[str, Any]) -> None:
    led_to = {each["form"] for each in (*_fields(forms), *forms["conditions"]) if each.get("form")}

    assert led_to <= forms["forms"].keys()


def test_every_word_of_a_choice_is_said_but_types_of_resources(forms: dict[str, Any]) -> None:
    words = {
        word for each in _fields(forms) for word, _ in each.get("options", ()) if each["name"] != "resource"
    }

    assert words <= OPTIONS.keys()


@pytest.mark.parametrize("schema", [*OF_CONDITIONS.values(), PickSchema, OutputSchema], ids=form_name)
def test_a_form_has_each_field_of_its_schema(speaking: Flask, schema: type[Schema]) -> None:
    with speaking.test_request_context():
        found = {each["name"] for each in described()["forms"][form_name(schema)]}

    known = {each.data_key for each in schema().fields.values()} - NOTES
    assert found == known - ({"of"} if form_name(schema) == "AtLeast" else set())


def test_korean_is_told_in_korean(speaking: Flask) -> None:
    with speaking.test_request_context(headers={"Accept-Language": "ko"}):
        period = {each["name"]: each for each in described()["forms"]["Period"]}

    assert (period["within"]["label"], period["start"]["hint"]) == ("이내", "시작 날짜(연, 월 가능).")


def test_a_field_that_no_widget_shows_is_refused(monkeypatch: pytest.MonkeyPatch, speaking: Flask) -> None:
    class Odd(Strict):
        """A form of the future."""

        when = fields.Time()

    monkeypatch.setattr("app.http.cohort_page.forms._TOPS", (Odd,))
    with speaking.test_request_context(), pytest.raises(TypeError, match="when"):
        described()
