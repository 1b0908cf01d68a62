"""From drafts to rows: numbered in the order of deciding, one row a key, seen by the units after."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from graph.commit import Counter, Draft, Ledger, Numbers, Part, Shelf, Shelves
from graph.commit.draft import MustWait, Pending

THINGS: Shelf[str | None] = Shelf("things", "", lambda rows: rows[0]["value"] if rows else None)


@dataclass(frozen=True)
class Thing:
    """Something under a key; things of one commit that may be `joined` become one."""

    key: str
    value: str = ""
    joined: bool = False


def _row(thing: Thing, numbers: Numbers, ledger: Ledger) -> dict[str, Any]:
    return {"key": thing.key, "value": thing.value, "sequence": numbers.sequence, "tenant": ledger.tenant}


PART: Part[Thing] = Part(
    name="things",
    statement="",
    key=lambda thing: thing.key,
    row=_row,
    draws=lambda _: (Counter.SEQUENCE,),
    remember=lambda shelves, thing, _: shelves.put(THINGS, thing.key, thing.value),
    merged=lambda earlier, later: Thing(later.key, earlier.value + later.value) if later.joined else None,
)


def pending() -> Pending:
    return Pending(Ledger("t"), Shelves())


def draft(things: Iterable[Thing]) -> Draft:
    made = Draft()
    for thing in things:
        made.add(PART, thing)
    return made


def test_items_are_numbered_in_the_order_of_deciding() -> None:
    commit = pending()
    commit.accept(draft([Thing("b"), Thing("a")]))
    commit.accept(draft([Thing("c")]))

    assert [(row["key"], row["sequence"]) for row in commit.rows()["things"]] == [
        ("b", 1),
        ("a", 2),
        ("c", 3),
    ]


def test_a_draft_that_is_not_accepted_draws_no_number() -> None:
    commit = pending()
    draft([Thing("dropped")])
    commit.accept(draft([Thing("kept")]))

    assert [row["sequence"] for row in commit.rows()["things"]] == [1]


def test_units_see_what_was_accepted_before() -> None:
    commit = pending()
    commit.accept(draft([Thing("a", "x")]))

    assert commit.shelves.get(THINGS, "a") == "x"
    assert commit.shelves.get(THINGS, "b") is None


def test_two_items_of_one_key_become_one_row_with_one_number() -> None:
    commit = pending()
    commit.accept(draft([Thing("a", "x"), Thing("b")]))
    commit.accept(draft([Thing("a", "y", joined=True)]))

    rows = {row["key"]: (row["value"], row["sequence"]) for row in commit.rows()["things"]}
    assert rows == {"a": ("xy", 1), "b": ("", 2)}


def test_a_second_row_that_cannot_be_joined_waits_and_takes_nothing_with_it() -> None:
    commit = pending()
    commit.accept(draft([Thing("a")]))

    with pytest.raises(MustWait):
        commit.accept(draft([Thing("new"), Thing("a")]))
    assert [row["key"] for row in commit.rows()["things"]] == ["a"]
