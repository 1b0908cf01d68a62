"""Every text of the pages has its translation in every catalogue, with the same placeholders."""

import subprocess
import sys

from app.http.kit.languages import ENGLISH, LANGUAGES
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
