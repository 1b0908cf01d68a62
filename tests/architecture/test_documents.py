"""The documents are held to the tree: their links lead somewhere, their example is the question it claims."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from app.cohorts.language.reading import read_question
from app.samples.answer import question
from tests.architecture.source import ROOT, definitions

PAGES = sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
LINK = re.compile(r"\]\((?!https?://)([^)#\s]+)")
SOURCE = re.compile(r"`((?:app|graph|fhir_profiles|tests|docs|bench)/[\w/.-]*\w\.(?:py|json|md))\b")
NAMED = re.compile(r"`((?:app|graph|fhir_profiles)/[\w/]+\.py):\s+([\w.]+)")
LONGEST = 250
TODAY = date(2026, 6, 1)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_named_files_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    places = [page.parent / link for link in LINK.findall(text)]
    places += [ROOT / name for name in SOURCE.findall(text)]

    assert [place.relative_to(ROOT).as_posix() for place in places if not place.exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_name_that_is_given_with_its_file_stands_in_it(page: Path) -> None:
    given = NAMED.findall(page.read_text(encoding="utf-8"))

    assert [
        (path, name) for path, name in given if name.rpartition(".")[2] not in definitions().get(path, ())
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_short_enough_to_be_read(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8").splitlines()) < LONGEST


def test_the_documented_question_is_the_one_of_the_sample_data_of_any_day() -> None:
    documented = json.loads((ROOT / "docs/concepts/osteosarcoma.json").read_text(encoding="utf-8"))
    sampled = question(TODAY)

    assert documented == {name: value for name, value in sampled.items() if name != "asOf"}
    assert read_question(documented, TODAY).cohort == read_question(sampled, TODAY).cohort
