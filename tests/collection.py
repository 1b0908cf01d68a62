"""Which tests run, and in what order: without the graph those that need none, and the long files first."""

import json
from collections import Counter
from pathlib import Path

import pytest

GRAPH_FIXTURES = frozenset({"neo4j_address", "neo4j_jars"})  # every way to a Neo4j goes through one of them
FILE_SECONDS = Path(__file__).with_name("file_seconds.json")
WORTH_KEEPING = 2.0  # seconds; the rest fills the gaps


def needs_graph(item: pytest.Item) -> bool:
    """Whether a test has a Neo4j among its fixtures or theirs."""
    return not GRAPH_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


def file_of(node_id: str) -> str:
    """The path of the file of a test, from the root of the project."""
    return node_id.partition("::")[0]


def longest_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """Order the files by what they took when they were measured: a long one that comes last is waited for.

    Within a file, and among files of the same time, the order stays.
    """
    seconds = json.loads(FILE_SECONDS.read_text(encoding="utf-8"))
    return sorted(items, key=lambda item: -seconds.get(file_of(item.nodeid), 0.0))


class Stopwatch:
    """A plugin that writes at the end of a run how long each file took, its fixtures included."""

    def __init__(self) -> None:
        self._seconds = Counter[str]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add a phase of a test to its file."""
        self._seconds[file_of(report.nodeid)] += report.duration

    def pytest_sessionfinish(self) -> None:
        """Write the files that are long enough to matter, the longest first."""
        long = {name: round(each, 1) for name, each in self._seconds.most_common() if each >= WORTH_KEEPING}
        FILE_SECONDS.write_text(json.dumps(long, indent=2) + "\n", encoding="utf-8")
