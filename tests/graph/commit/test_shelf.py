"""What a committer remembers between commits, and what it must not."""

from graph.commit import Shelf, Shelves
from graph.commit.shelf import MOST_KEPT

THINGS: Shelf[str | None] = Shelf("things", "", lambda rows: rows[0]["value"] if rows else None)


def test_what_was_read_is_known_by_key_and_absence_is_knowledge() -> None:
    shelves = Shelves()
    shelves.learn(THINGS, ["a", "b"], [{"key": "a", "value": "x"}])

    assert [shelves.get(THINGS, key) for key in "abc"] == ["x", None, None]
    assert shelves.unknown({THINGS: "abc"}) == {THINGS: ["c"]}


def test_what_a_commit_put_there_is_kept_when_it_is_closed_and_only_then() -> None:
    base = Shelves()
    dropped, kept = base.opened(), base.opened()
    dropped.put(THINGS, "a", "dropped")
    kept.put(THINGS, "b", "kept")
    after = kept.closed()

    assert not after.knows(THINGS, "a")
    assert after.get(THINGS, "b") == "kept"


def test_what_a_commit_clouds_is_unknown_in_it_and_forgotten_after_it() -> None:
    base = Shelves()
    base.learn(THINGS, ["a", "b"], [{"key": "a", "value": "x"}, {"key": "b", "value": "y"}])
    commit = base.closed().opened()
    commit.cloud(THINGS, "a")

    assert commit.is_clouded({THINGS: ["a"]})
    assert not commit.is_clouded({THINGS: ["b"]})
    after = commit.closed()
    assert (after.knows(THINGS, "a"), after.knows(THINGS, "b")) == (False, True)


def test_a_shelf_that_is_clouded_whole_is_forgotten_whole() -> None:
    base = Shelves()
    base.learn(THINGS, ["a"], [{"key": "a", "value": "x"}])
    commit = base.closed().opened()
    commit.cloud(THINGS)

    assert commit.is_clouded({THINGS: ["anything"]})
    assert not commit.closed().knows(THINGS, "a")


def test_the_oldest_rows_make_room() -> None:
    shelves = Shelves()
    shelves.learn(THINGS, ["first"], [])
    shelves = shelves.closed().opened()
    shelves.learn(THINGS, [str(number) for number in range(MOST_KEPT)], [])
    after = shelves.closed()

    assert not after.knows(THINGS, "first")
    assert after.knows(THINGS, str(MOST_KEPT - 1))
