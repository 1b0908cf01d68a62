"""The pages on safety are held to the suite: what they say is met, a test or a page says, too."""

import re
from dataclasses import dataclass

import pytest

from tests.architecture.source import ROOT
from tests.architecture.test_conformance import TEST, cells, functions_of

HOSTILE = ROOT / "docs" / "hostile.md"
ASVS = sorted((ROOT / "docs").glob("asvs*.md"), key=lambda page: page.stem)
STATES = frozenset({"met", "part", "no", "none here"})
LINK = re.compile(r"\]\([\w/.#-]+\)")
LAST = {
    # The requirements of levels 1 and 2 of OWASP ASVS 5.0.0: the last of each section, which have no gaps.
    **{"1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2},
    **{"2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1},
    **{"3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2},
    **{"4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4},
    **{"5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3},
    **{"6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4},
    **{"7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2},
    **{"8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1},
    **{"9.1": 3, "9.2": 4},
    **{"10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3},
    **{"11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1},
    **{"12.1": 3, "12.2": 2, "12.3": 4},
    **{"13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5},
    **{"14.1": 2, "14.2": 4, "14.3": 3},
    **{"15.1": 3, "15.2": 3, "15.3": 7},
    **{"16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3},
    **{"17.1": 1, "17.2": 4, "17.3": 2},
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """A row: its number, whether it is met, where or why not, and the tests."""

    number: str
    state: str
    said: str
    tests: str


def requirements() -> list[Requirement]:
    lines = [line for page in ASVS for line in page.read_text(encoding="utf-8").splitlines()]
    rows = [cells(line) for line in lines if re.match(r"\| \d+\.\d+\.\d+ \|", line)]
    return [Requirement(row[0], row[2], row[3], row[4] if len(row) > 4 else "") for row in rows]


@pytest.mark.parametrize("page", [HOSTILE, *ASVS], ids=lambda page: page.stem)
def test_every_test_that_is_named_exists(page: object) -> None:
    named = TEST.findall(page.read_text(encoding="utf-8"))  # type: ignore[attr-defined]

    assert [f"{path}::{name}" for path, name in named if name not in functions_of(path)] == []


def test_all_twenty_checks_name_a_test() -> None:
    rows = [
        cells(line)
        for line in HOSTILE.read_text(encoding="utf-8").splitlines()
        if re.match(r"\| \d+ \|", line)
    ]

    assert [int(row[0]) for row in rows] == list(range(1, 21))
    assert [row[0] for row in rows if not TEST.search(row[3])] == []


def test_every_requirement_of_levels_one_and_two_stands_there_once() -> None:
    wanted = [f"{section}.{number}" for section, last in LAST.items() for number in range(1, last + 1)]

    assert len(wanted) == 253
    assert [each.number for each in requirements()] == wanted


def test_what_is_met_names_a_test_or_a_page_and_everything_says_why() -> None:
    rows = requirements()

    assert {each.state for each in rows} <= STATES
    assert [each.number for each in rows if not each.said] == []
    unproven = [
        each.number
        for each in rows
        if each.state == "met" and not (TEST.search(each.tests) or LINK.search(each.said))
    ]
    assert unproven == []


def test_the_figures_of_the_first_page_are_those_of_the_rows() -> None:
    rows, text = requirements(), ASVS[0].read_text(encoding="utf-8")

    for state in sorted(STATES):
        count = sum(each.state == state for each in rows)
        assert f"| {state} | {count} |" in text, (state, count)
