"""A table as Parquet, with types; pyarrow, which is large, is imported with the first one that is asked."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, cast

import pyarrow
from pyarrow import parquet

from app.cohorts.answers.files.scratch import ScratchFile
from app.cohorts.answers.files.texts import plain
from app.cohorts.answers.lines import Line
from app.cohorts.answers.tabular import AnswerTable, ColumnType

AS_WRITTEN = "AsWritten"  # behind the name of a column of dates: how exact each one is
_GROUP = 10_000  # lines of a group of rows
_DAY = 10  # characters of a date


class ParquetTableWriter:
    """Parquet with types: a date is one where it is exact to the day, and stands beside as it was written."""

    def __init__(self, file: ScratchFile, table: AnswerTable, about: bytes) -> None:
        self._columns = table.columns
        fields = [field for each in table.columns for field in _FIELDS[each.type](each.name, each.meaning)]
        self._schema = pyarrow.schema(fields, metadata={b"hilum": about})
        self._writer = parquet.ParquetWriter(cast(Any, file), self._schema, compression="zstd")
        self._waiting: list[Line] = []

    def write(self, lines: Sequence[Line]) -> None:
        """Write some lines."""
        self._waiting += lines
        while len(self._waiting) >= _GROUP:
            self._write(self._waiting[:_GROUP])
            del self._waiting[:_GROUP]

    def end(self) -> None:
        """Write what waits, and the footer."""
        if self._waiting:
            self._write(self._waiting)
        self._writer.close()

    def _write(self, lines: Sequence[Line]) -> None:
        made: dict[str, list[Any]] = {}
        for each in self._columns:
            values = [line.get(each.name) for line in lines]
            made |= _TYPED[each.type](each.name, values)
        self._writer.write_table(pyarrow.Table.from_pydict(made, schema=self._schema))


def _field(kind: pyarrow.DataType) -> Callable[[str, str], list[pyarrow.Field]]:
    return lambda name, meaning: [pyarrow.field(name, kind, metadata={b"meaning": meaning.encode()})]


def _date_fields(name: str, meaning: str) -> list[pyarrow.Field]:
    written = _field(pyarrow.string())(f"{name}{AS_WRITTEN}", f"{meaning}, as it was written")
    return [*_field(pyarrow.date32())(name, meaning), *written]


_FIELDS: Mapping[ColumnType, Callable[[str, str], list[pyarrow.Field]]] = {
    ColumnType.TEXT: _field(pyarrow.string()),
    ColumnType.TEXTS: _field(pyarrow.list_(pyarrow.string())),
    ColumnType.INTEGER: _field(pyarrow.int64()),
    ColumnType.DATE: _date_fields,
    ColumnType.YEAR: _field(pyarrow.int32()),
}
_TYPED: Mapping[ColumnType, Callable[[str, list[Any]], dict[str, list[Any]]]] = {
    ColumnType.TEXT: lambda name, values: {name: [_text(each) for each in values]},
    ColumnType.TEXTS: lambda name, values: {name: [_texts(each) for each in values]},
    ColumnType.INTEGER: lambda name, values: {name: [_whole(each) for each in values]},
    ColumnType.DATE: lambda name, values: {
        name: [_day(each) for each in values],
        f"{name}{AS_WRITTEN}": [_text(each) for each in values],
    },
    ColumnType.YEAR: lambda name, values: {name: [_whole(each) for each in values]},
}


def _text(value: Any) -> str | None:
    return None if value is None else plain(value)


def _texts(value: Any) -> list[str] | None:
    if value is None:
        return None
    return [plain(each) for each in value] if isinstance(value, list) else [plain(value)]


def _whole(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _day(value: Any) -> date | None:
    """The day of a date or of a date and time, as it was written; None where it is less exact, or none."""
    try:
        return date.fromisoformat(value[:_DAY]) if isinstance(value, str) and len(value) >= _DAY else None
    except ValueError:
        return None
