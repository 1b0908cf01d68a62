"""Whoever writes rows without a version of their resource leaves the mark by which columns are read anew."""

import re
from pathlib import Path

import graph

ROOT = Path(graph.__file__).parent
WRITES_ROWS = re.compile(r"\{CREATE_VALUES\}|CREATE_ROWS\b|CREATE \(\w*:(?:Term|Text|Span)\b")
WITH_VERSIONS = {"resources/writing.py"}
WHILE_NOBODY_ASKS = {"schema/compartments.py", "schema/filling.py"}  # migrations, before any process answers
WHERE_THEY_ARE_MADE = {"cypher/row_creation.py"}


def test_no_rows_are_written_unnoticed() -> None:
    writing = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in ROOT.rglob("*.py")
        if WRITES_ROWS.search(path.read_text(encoding="utf-8"))
    }
    marked = {name for name, text in writing.items() if "{REWRITING.format(" in text}

    assert marked == {"parameters/parameters.py", "resources/following.py"}
    assert writing.keys() - marked == WITH_VERSIONS | WHILE_NOBODY_ASKS | WHERE_THEY_ARE_MADE
