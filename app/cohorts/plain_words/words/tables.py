"""Reads the tables of words: lines of cells between tabs, `#` begins a comment."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

_FOLDER = "app.cohorts.plain_words.words"


@cache
def rows_of(name: str, cells: int) -> tuple[tuple[str, ...], ...]:
    """The lines of a table as their cells.

    Raises `ValueError` where a line has more or fewer cells.
    """
    return tuple(_rows(name, cells))


def _rows(name: str, cells: int) -> Iterator[tuple[str, ...]]:
    text = files(_FOLDER).joinpath(f"{name}.tsv").read_text("utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = tuple(line.split("\t"))
        if len(found) != cells:
            raise ValueError(f"{name}.tsv:{number}: {len(found)} cells instead of {cells}")
        yield found
