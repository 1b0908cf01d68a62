"""Tables as files: CSV (RFC 4180, UTF-8) or Parquet, from rows that are remembered as lines of JSON."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, BinaryIO, TypeAlias

import orjson
import pyarrow
from pyarrow import parquet

from app.cohorts.answers.files.csv_cells import cell
from app.work.extracts.wishes import TableFormat

RowLines: TypeAlias = Callable[[], Iterator[bytes]]
"""Reads the rows from the first on, as often as it is called."""
_AT_ONCE = 10_000  # rows of a group
_PLAIN: Mapping[type, pyarrow.DataType] = {
    bool: pyarrow.bool_(),
    int: pyarrow.int64(),
    float: pyarrow.float64(),
    str: pyarrow.string(),
}


def write_csv(file: BinaryIO, columns: Sequence[str], lines: RowLines) -> None:
    """Write rows as CSV."""
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(columns)
    for line in lines():
        row = orjson.loads(line)
        writer.writerow([cell(row.get(name)) for name in columns])
    text.flush()
    text.detach()


def write_parquet(file: BinaryIO, columns: Sequence[str], lines: RowLines) -> None:
    """Write rows as Parquet; a column whose values are of several types is text, a list or an object JSON."""
    schema = pyarrow.schema([(name, kind) for name, kind in _kinds(columns, lines()).items()])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for rows in _groups(map(orjson.loads, lines())):
            made = {
                name: [_typed(row.get(name), schema.field(name).type) for row in rows] for name in columns
            }
            writer.write_table(pyarrow.Table.from_pydict(made, schema=schema))


WRITERS: Mapping[TableFormat, Callable[[BinaryIO, Sequence[str], RowLines], None]] = {
    TableFormat.CSV: write_csv,
    TableFormat.PARQUET: write_parquet,
}


def _kinds(columns: Sequence[str], lines: Iterable[bytes]) -> dict[str, pyarrow.DataType]:
    """The type of each column, by a look at all of its values."""
    found: dict[str, set[type]] = {name: set() for name in columns}
    for line in lines:
        for name, value in orjson.loads(line).items():
            if value is not None and name in found:
                found[name].add(type(value))
    return {name: _kind(types) for name, types in found.items()}


def _kind(types: set[type]) -> pyarrow.DataType:
    if types == {int, float}:
        return pyarrow.float64()
    return _PLAIN.get(next(iter(types)), pyarrow.string()) if len(types) == 1 else pyarrow.string()


def _typed(value: Any, kind: pyarrow.DataType) -> Any:
    return _text(value) if kind == pyarrow.string() and not isinstance(value, str | None) else value


def _text(value: Any) -> str:
    """A value that is no text as one: JSON; nothing for none."""
    return "" if value is None else orjson.dumps(value).decode()


def _groups(rows: Iterable[Any]) -> Iterator[list[Any]]:
    held = iter(rows)
    while group := list(islice(held, _AT_ONCE)):
        yield group
