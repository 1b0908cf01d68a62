"""The edition of a graph changes before and after every write, for all its processes."""

import os
from pathlib import Path

import pytest

from graph.edition import Edition


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    return Edition(tmp_path)


def test_the_edition_stands_while_nothing_is_written(edition: Edition) -> None:
    assert edition.current() == edition.current()


def test_the_edition_changes_before_a_write_and_after_it(edition: Edition) -> None:
    before = edition.current()
    with edition.changing():
        during = edition.current()

    assert len({before, during, edition.current()}) == 3


def test_the_edition_changes_after_a_write_that_failed(edition: Edition) -> None:
    with pytest.raises(ZeroDivisionError), edition.changing():
        during = edition.current()
        1 / 0  # noqa: B018

    assert edition.current() != during


def test_all_who_open_a_folder_see_one_edition(edition: Edition, tmp_path: Path) -> None:
    another = Edition(tmp_path)
    assert another.current() == edition.current()
    with another.changing():
        pass
    assert another.current() == edition.current()


def test_another_process_sees_what_this_one_writes(edition: Edition) -> None:
    before = edition.current()
    child = os.fork()
    if child == 0:
        with edition.changing():
            os._exit(0)  # as a kill would: the second change never comes
    os.waitpid(child, 0)

    assert edition.current() != before


def test_the_edition_outlives_its_processes(edition: Edition, tmp_path: Path) -> None:
    before = edition.current()
    edition.close()
    assert Edition(tmp_path).current() == before
