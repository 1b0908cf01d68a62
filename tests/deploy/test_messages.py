"""Every text of the pages has its translation in every catalogue, with the same placeholders."""

import ast
import subprocess
import sys

from marshmallow import Schema, fields

from app.http.kit.languages import ENGLISH, LANGUAGES
from app.http.kit.words import OF_FORMS
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


def test_what_is_said_of_forms_is_what_marshmallow_says() -> None:
    kinds = (fields.Field, fields.String, fields.Integer, fields.Number, fields.Boolean, fields.List)
    said = {text for kind in (*kinds, fields.DateTime) for text in kind.default_error_messages.values()}
    said |= {text.replace("{obj_type}", "datetime") for text in said}

    assert set(OF_FORMS) - said - set(Schema._default_error_messages.values()) == set()
