"""A table as a file, line by line as they come: CSV (RFC 4180, UTF-8), NDJSON, or Parquet."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import orjson

from app.cohorts.answers.files.csv_cells import cell, harmless
from app.cohorts.answers.files.scratch import ScratchFile
from app.cohorts.answers.lines import Line
from app.cohorts.answers.tabular import AnswerTable
from app.cohorts.language.question import AnswerFormat


class LineWriter(Protocol):
    """Writes the lines of one table."""

    def write(self, lines: Sequence[Line]) -> None:
        """Write some lines."""

    def end(self) -> None:
        """Write what ends the file."""


class CsvWriter:
    """Comma-separated values with a header."""

    def __init__(self, file: ScratchFile, table: AnswerTable, about: bytes) -> None:
        self._file = file
        self._names = [each.name for each in table.columns]
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text)  # CRLF, and quotes where they are needed
        self._writer.writerow(map(harmless, self._names))

    def write(self, lines: Sequence[Line]) -> None:
        """Write some lines."""
        self._writer.writerows([cell(line.get(name)) for name in self._names] for line in lines)
        self._flush()

    def end(self) -> None:
        """Write what is left: the header where no line came."""
        self._flush()

    def _flush(self) -> None:
        self._file.write(self._text.getvalue().encode())
        self._text.seek(0)
        self._text.truncate()


class NdjsonWriter:
    """A line of JSON for each line of the table."""

    def __init__(self, file: ScratchFile, table: AnswerTable, about: bytes) -> None:
        self._file = file
        self._names = [each.name for each in table.columns]

    def write(self, lines: Sequence[Line]) -> None:
        """Write some lines."""
        self._file.write(
            b"".join(
                orjson.dumps({name: line.get(name) for name in self._names}, option=orjson.OPT_APPEND_NEWLINE)
                for line in lines
            )
        )

    def end(self) -> None:
        """Write nothing: no line ends the file."""


def _parquet(file: ScratchFile, table: AnswerTable, about: bytes) -> LineWriter:
    from app.cohorts.answers.files.parquet_writer import ParquetTableWriter  # noqa: PLC0415 - large

    return ParquetTableWriter(file, table, about)


WRITERS: Mapping[AnswerFormat, Callable[[ScratchFile, AnswerTable, bytes], LineWriter]] = {
    AnswerFormat.CSV: CsvWriter,
    AnswerFormat.NDJSON: NdjsonWriter,
    AnswerFormat.PARQUET: _parquet,
}
