"""The glossary is held to the source: each word has a place that exists, and what others use has a word."""

import re
from dataclasses import dataclass
from itertools import pairwise

import pytest

import graph.commit
from app.processes.roles import ROLES
from app.work.bulk.expiry import BulkExpiry
from app.work.bulk.exporting import BulkExport
from app.work.bulk.importing import BulkImport
from app.work.checkpoints import CheckpointJob
from app.work.chores import EventForgetting, FeedMark, JobForgetting, UploadSweep
from app.work.concepts import ConceptLoad
from app.work.extracts.expiry import ExtractExpiry
from app.work.extracts.extracting import ExtractJob
from app.work.orphans import OrphanSweep
from app.work.parameters import ParameterJob
from app.work.purge import Purge, PurgeFollower
from app.work.reports import ReportFilingJob
from tests.architecture.source import ROOT, definitions

PAGES = ("glossary.md", "glossary-records.md")
ROW = re.compile(r"\| (?P<word>[\w -]+) \| (?P<meaning>.+) \| `(?P<path>[\w/]+\.py): (?P<name>\w+)` \|")
COLUMNS = "| word | what it means here | said in |"
NAMES_WITH_A_STORY = ("CommitterThread", "ShelfRow")  # told under `committer` and `shelf`
WORK = (
    BulkExpiry,
    BulkExport,
    BulkImport,
    CheckpointJob,
    ConceptLoad,
    EventForgetting,
    ExtractExpiry,
    ExtractJob,
    FeedMark,
    JobForgetting,
    UploadSweep,
    OrphanSweep,
    ParameterJob,
    Purge,
    PurgeFollower,
    ReportFilingJob,
)


@dataclass(frozen=True, slots=True)
class Word:
    """A row of the glossary."""

    floor: str
    word: str
    path: str
    name: str


def glossary() -> list[Word]:
    """The rows of the pages, in their order; a row that does not have the form is an error."""
    words, floor = [], ""
    pages = "\n".join((ROOT / "docs" / each).read_text(encoding="utf-8") for each in PAGES)
    for line in pages.splitlines():
        if line.startswith("## "):
            floor = line
        elif floor and line.startswith("| ") and line != COLUMNS:
            row = ROW.fullmatch(line)
            assert row, line
            words.append(Word(floor, row["word"], row["path"], row["name"]))
    return words


def test_each_page_leads_to_the_other() -> None:
    for page, other in (PAGES, PAGES[::-1]):
        assert f"]({other}" in (ROOT / "docs" / page).read_text(encoding="utf-8")


def test_each_word_is_said_where_the_glossary_says() -> None:
    assert [each for each in glossary() if each.name not in definitions().get(each.path, ())] == []


def test_a_word_stands_once_and_in_its_order() -> None:
    words = glossary()

    assert len({each.word for each in words}) == len(words) > 60
    assert [(a.word, b.word) for a, b in pairwise(words) if a.floor == b.floor and a.word > b.word] == []


@pytest.mark.parametrize("name", sorted(set(graph.commit.__all__) - set(NAMES_WITH_A_STORY)))
def test_what_the_engine_of_commits_offers_has_a_word(name: str) -> None:
    assert re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower() in {each.word for each in glossary()}


def test_each_process_role_job_and_follower_has_a_word() -> None:
    working = {role.name for role in ROLES} | {each.name for each in WORK}

    assert working - {each.word for each in glossary()} == set()
