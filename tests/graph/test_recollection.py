"""Answers are remembered under one edition, for those who asked with these rights, and not for ever."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.edition import Edition
from graph.errors import NotFound
from graph.recollection import SECONDS, Recollection
from graph.scope import AccessScope
from tests.factories.scopes import scope_of

SERVICE = scope_of("service", tenant="t")


class Asking:
    """A recollection over a clock of its own, and a graph that counts how often it was asked."""

    def __init__(self, folder: Path, room: int = 800) -> None:
        self.edition = Edition(folder)
        self.now = 0.0
        self.found: list[str] = []
        self.recollection = Recollection(self.edition, room=room, clock=lambda: self.now)

    def ask(self, what: str, scope: AccessScope = SERVICE, weight: int = 10) -> str:
        def find() -> str:
            self.found.append(what)
            return f"{what} of {scope.subject}"

        return self.recollection.recall(scope, what, find, lambda _: weight)


@pytest.fixture
def asking(tmp_path: Path) -> Asking:
    return Asking(tmp_path)


def test_what_was_asked_before_is_remembered(asking: Asking) -> None:
    assert asking.ask("studies") == asking.ask("studies") == "studies of a-service"
    assert asking.found == ["studies"]


def test_a_write_outdates_everything(asking: Asking) -> None:
    asking.ask("studies")
    with asking.edition.changing():
        asking.ask("studies")
        asking.ask("studies")
    asking.ask("studies")

    assert asking.found == ["studies"] * 3


def test_nobody_gets_what_was_found_for_others(asking: Asking) -> None:
    """Not even where they may see the same rows: rights are a part of what was asked."""
    others = [
        scope_of("service", tenant="another"),
        scope_of("service", tenant="t", subject="another"),
        scope_of("clinician", tenant="t"),
        replace(SERVICE, partition="another"),
        replace(SERVICE, patients=frozenset({"t|-|Patient|1"})),
        replace(SERVICE, patients=frozenset({"t|-|Patient|2"})),
    ]
    for scope in (SERVICE, *others):
        asking.ask("studies", scope)

    assert len(asking.found) == 1 + len(others)


def test_the_audit_entry_of_an_access_is_no_part_of_its_rights(asking: Asking) -> None:
    asking.ask("studies", SERVICE.witnessed({"key": "1"}))
    asking.ask("studies", SERVICE.witnessed({"key": "2"}))

    assert asking.found == ["studies"]


def test_a_writer_that_died_while_it_wrote_is_waited_out(asking: Asking) -> None:
    asking.ask("studies")
    asking.now = SECONDS - 0.1
    asking.ask("studies")
    asking.now = SECONDS
    asking.ask("studies")

    assert asking.found == ["studies"] * 2


def test_a_failure_is_not_remembered(asking: Asking) -> None:
    def fails() -> str:
        raise NotFound("no such study")

    with pytest.raises(NotFound):
        asking.recollection.recall(SERVICE, "studies", fails, len)

    assert asking.ask("studies") == "studies of a-service"


def test_an_answer_that_is_too_large_is_found_each_time(asking: Asking) -> None:
    asking.ask("studies", weight=101)
    asking.ask("studies", weight=101)
    assert asking.found == ["studies"] * 2


@given(st.lists(st.tuples(st.sampled_from("abcdefghijklmnopqrst"), st.integers(0, 120)), max_size=60))
def test_room_is_never_exceeded(
    tmp_path_factory: pytest.TempPathFactory, asked: list[tuple[str, int]]
) -> None:
    asking = Asking(tmp_path_factory.mktemp("graph"))
    for what, weight in asked:
        asking.ask(what, weight=weight)
        assert asking.recollection.weight <= 800
    asking.edition.close()
