"""Whatever a statement looks a node up by has an index: without one, Neo4j reads every node of the label."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import graph
from graph.schema.declarations import RANGE_INDEXES, UNIQUE_KEYS

_LOOK_UP = re.compile(r"\(\w*:(\w+) \{\{?(\w+):")
_INDEXED = {*UNIQUE_KEYS, *((label, names[0]) for label, names in RANGE_INDEXES)}


def look_ups() -> Iterator[tuple[str, str, str]]:
    """Module, label and property of each pattern that names a node by one of its properties."""
    root = Path(graph.__file__).parent
    for path in sorted(root.rglob("*.py")):
        if path.parent.name != "schema":
            text = re.sub(r"CREATE [^\n]*", "", path.read_text(encoding="utf-8"))
            yield from ((path.stem, *found) for found in sorted(set(_LOOK_UP.findall(text))))


def test_the_look_ups_are_found() -> None:
    assert ("rendering", "Resource", "key") in set(look_ups())


@pytest.mark.parametrize(("module", "label", "name"), [*look_ups()])
def test_every_look_up_has_an_index(module: str, label: str, name: str) -> None:
    assert (label, name) in _INDEXED
