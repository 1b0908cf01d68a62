"""Every text of the pages has its translation in every catalogue, with the same placeholders."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from app.audit.alerts import AcknowledgeFormSchema
from app.cohorts.language.schemas import Strict
from app.form_words import phrase_of
from app.http.kit.languages import ENGLISH, LANGUAGES, catalogue
from app.security.break_glass import BreakGlassFormSchema
from app.security.forms import Plain
from deploy.messages import REFUSALS, is_refusing, texts
from tests.architecture.source import ROOT

CATALOGUES = ROOT / "app/http/pages/catalogues"


def test_there_is_a_catalogue_of_every_language_but_that_of_the_source() -> None:
    assert {each.stem for each in CATALOGUES.glob("*.po")} == LANGUAGES.keys() - {ENGLISH}


def test_every_text_is_translated() -> None:
    done = subprocess.run(
        [sys.executable, "deploy/messages.py", "--check"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )

    assert (done.stdout, done.returncode) == ("", 0), done.stderr


def test_what_a_page_may_refuse_is_said_by_a_template_with_named_values() -> None:
    written = {
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in texts()
        if path.suffix == ".py" and is_refusing(path.relative_to(ROOT).as_posix())
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in REFUSALS
        if call.args and isinstance(call.args[0], ast.JoinedStr)
    }

    assert written == set()


def _messages(field: fields.Field[Any]) -> Iterator[str]:
    """What a field says that is refused, by itself or by what it holds."""
    for text in field.error_messages.values():
        for kind in ("datetime", "aware datetime"):
            yield text.replace("{awareness} {obj_type}", "aware datetime").replace("{obj_type}", kind)
    for check in field.validators:
        if isinstance(check, validate.Length | validate.Range):
            told = (check.message_min, check.message_max, check.message_all)
            yield from (text.format(min=check.min, max=check.max) for text in told)
        elif isinstance(check, validate.OneOf | validate.Regexp):
            yield check._format_error("x")
    for name in ("inner", "key_field", "value_field"):
        if inner := getattr(field, name, None):
            yield from _messages(inner)


def _schemas(of: type[Schema]) -> Iterator[type[Schema]]:
    for each in of.__subclasses__():
        yield each
        yield from _schemas(each)


_FORMS = {*_schemas(Plain), *_schemas(Strict), AcknowledgeFormSchema, BreakGlassFormSchema}


@pytest.mark.parametrize("schema", sorted(_FORMS, key=lambda each: each.__name__))
def test_what_a_form_says_of_its_fields_has_a_template_that_is_translated(schema: type[Schema]) -> None:
    said = {text for field in schema().fields.values() for text in _messages(field)}
    said |= set(Schema._default_error_messages.values())
    known = catalogue("ko")

    untold = {text for text in said if known.gettext(phrase_of(text).template) == phrase_of(text).template}

    assert {text for text in untold if "cannot be formatted" not in text} == set()


def test_a_message_is_told_apart_into_its_template_and_its_values() -> None:
    with pytest.raises(ValidationError) as refused:
        validate.Range(min=1, max=64)(65)

    (message,) = refused.value.messages
    phrase = phrase_of(str(message))
    assert (str(phrase), phrase.values) == (message, {"least": "1", "most": "64"})
