"""The conformance pages are held to the suite: what they say is offered, a test proves."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "conformance").glob("*.md"))
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
COLUMNS = ("rule", "offered", "test")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table of what is offered."""

    rule: str
    offered: str
    tests: tuple[tuple[str, str], ...]


def cells(line: str) -> tuple[str, ...]:
    """The cells of a row of a Markdown table."""
    return tuple(each.strip() for each in line.strip().strip("|").split(" | "))


def rows(page: Path) -> list[Row]:
    """The rows below every `rule | offered | test` of a page."""
    found, inside = [], False
    for line in page.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            inside = False
        elif cells(line) == COLUMNS:
            inside = True
        elif inside and not line.startswith("|-"):
            rule, offered, tests = (*cells(line), "")[: len(COLUMNS)]
            named = tuple((path, name) for path, name in TEST.findall(tests))
            found.append(Row(rule, offered, named))
    return found


@cache
def functions_of(path: str) -> frozenset[str]:
    """The names of the test functions of a file, classes included; none where there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))


def test_there_are_pages_with_rows() -> None:
    assert {page.stem for page in PAGES} >= {"dicomweb", "fhir"}
    assert all(len(rows(page)) > 20 for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_offered_names_a_test_and_what_is_not_names_none(page: Path) -> None:
    wrong = [row.rule for row in rows(page) if row.offered != ("yes" if row.tests else "no")]

    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_named_test_exists(page: Path) -> None:
    named = TEST.findall(page.read_text(encoding="utf-8"))

    assert [f"{path}::{name}" for path, name in named if name not in functions_of(path)] == []
