"""The lock file of Neo4j's jars."""

from pathlib import Path

import pytest

from graph.local.lock import LockedJar, parse_line, read_lock
from graph.local.relock import locked, project


def test_the_lock_names_the_whole_release() -> None:
    jars = read_lock()

    assert len(jars) == 213
    assert len({jar.file_name for jar in jars}) == 213
    assert {"neo4j", "neo4j-server", "neo4j-bolt"} <= {jar.artifact for jar in jars}


@pytest.mark.parametrize(
    ("line", "file_name"),
    [
        ("org.neo4j:neo4j-bolt:5.26.20 ab 7", "neo4j-bolt-5.26.20.jar"),
        ("io.netty:netty-x:4.1.Final:linux-x86_64 cd 8", "netty-x-4.1.Final-linux-x86_64.jar"),
    ],
)
def test_a_line_survives_reading_and_writing(line: str, file_name: str) -> None:
    jar = parse_line(line)

    assert jar.line == line
    assert jar.file_name == file_name


def test_a_line_that_names_no_digest_is_refused() -> None:
    with pytest.raises(ValueError, match="unpack"):
        parse_line("org.neo4j:neo4j-bolt:5.26.20")


@pytest.mark.parametrize(("classifier", "part"), [("", ""), ("linux-x86_64", ":linux-x86_64")])
def test_relocking_measures_what_maven_resolved(tmp_path: Path, classifier: str, part: str) -> None:
    path = tmp_path / "a.jar"
    path.write_bytes(b"bytes")

    jar = locked(f"g.h:a:jar{part}:1.0:compile:{path}")

    digest = "277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9"
    assert jar == LockedJar("g.h", "a", "1.0", classifier, digest, 5)


def test_the_project_to_resolve_names_both_roots() -> None:
    assert "<artifactId>neo4j</artifactId>" in project()
    assert "<artifactId>neo4j-server</artifactId>" in project()
