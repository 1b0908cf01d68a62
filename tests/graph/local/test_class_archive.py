"""The archive of Neo4j's classes: Java maps it where it fits, and starts without it where it does not."""

import gzip
from pathlib import Path

import pytest

from graph.local.class_archive import (
    CLASS_LIST,
    archive_arguments,
    archive_of,
    make_archive,
    recorded,
)
from graph.local.lock import read_lock
from graph.local.relock import names_others
from graph.local.settings import class_path

NOWHERE = Path("/bin/false")


@pytest.fixture
def jars(tmp_path: Path) -> tuple[Path, ...]:
    """A class path in a cache of its own; nobody looks into the jars."""
    return (tmp_path / "lib" / "one.jar", tmp_path / "lib" / "two.jar")


def test_it_is_made_once(neo4j_jars: tuple[Path, ...]) -> None:
    begun: list[bool] = []

    assert make_archive(neo4j_jars, begin=lambda: begun.append(True)) == archive_of(neo4j_jars)
    assert not begun


def test_what_cannot_be_made_is_tried_once_and_left_out(jars: tuple[Path, ...]) -> None:
    begun: list[bool] = []
    for _ in range(2):
        assert make_archive(jars, java=NOWHERE, begin=lambda: begun.append(True)) is None

    assert begun == [True]
    assert archive_arguments(archive_of(jars)) == ()
    assert sorted(path.suffix for path in jars[0].parent.parent.iterdir()) == ["", ".jsa"]  # and the lock


def test_another_class_path_has_another(jars: tuple[Path, ...]) -> None:
    make_archive(jars, java=NOWHERE)
    (first,) = jars[0].parent.parent.glob("*.jsa")

    make_archive(jars[:1], java=NOWHERE)

    assert [path != first for path in jars[0].parent.parent.glob("*.jsa")] == [True]


def test_a_server_without_jars_has_none() -> None:
    assert archive_of(()) is None


def test_the_list_leaves_out_what_java_cannot_read_again() -> None:
    lines = ["java/lang/Object id: 0", "@lambda-proxy " + "x" * 5000, "jdk/proxy2/$Proxy7 id: 9"]

    assert gzip.decompress(recorded(lines)) == b"java/lang/Object id: 0\n"


def test_the_list_that_is_kept_is_one_of_neo4j_at_work() -> None:
    lines = gzip.decompress(CLASS_LIST.read_bytes()).decode().splitlines()

    assert any(line.startswith("org/neo4j/cypher/internal/") for line in lines)
    assert recorded(lines) == CLASS_LIST.read_bytes()


def test_a_jar_that_names_others_stands_after_them(neo4j_jars: tuple[Path, ...]) -> None:
    naming = [names_others(path) for path in neo4j_jars]

    assert class_path(neo4j_jars).split(":") == [str(path) for path in neo4j_jars]
    assert [path.name for path in neo4j_jars] == [jar.file_name for jar in read_lock()]
    assert naming == sorted(naming)
    assert any(naming)
