"""The files of a release: of a folder, of an archive, or one file; their rows, each with its line.

A row that is not what its table says ends the reading with the file and the line; nothing is written by then.
"""

import csv
import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from re import Pattern
from typing import BinaryIO, TypeAlias

from graph.errors import Invalid

_AT_ONCE = 1 << 20  # bytes
_LONGEST_CELL = 1 << 20  # characters; csv refuses longer ones
CsvRow: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One file of a release: its name within it, and what opens it."""

    name: str
    opened: Callable[[], BinaryIO]

    @property
    def base(self) -> str:
        """The name without folders."""
        return self.name.rpartition("/")[2]

    def digest_into(self, digest: "hashlib._Hash") -> None:
        """Add the name and the bytes of the file to a digest."""
        digest.update(self.base.encode())
        with closing(self.opened()) as file:
            while part := file.read(_AT_ONCE):
                digest.update(part)


class ReleaseFiles:
    """The files of a release, by their names; to be closed."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._archive: zipfile.ZipFile | None = None
        if path.is_dir():
            found = sorted(each for each in path.rglob("*") if each.is_file())
            self.files = tuple(_plain(each, each.relative_to(path).as_posix()) for each in found)
        elif zipfile.is_zipfile(path) and path.suffix.lower() == ".zip":
            self._archive = zipfile.ZipFile(path)
            self.files = tuple(self._member(each) for each in sorted(self._archive.namelist()))
        else:
            self.files = (_plain(path, path.name),)

    def close(self) -> None:
        """Close the archive, where it is one."""
        if self._archive is not None:
            self._archive.close()

    def named(self, pattern: Pattern[str]) -> tuple[ReleaseFile, ...]:
        """The files whose names, without folders, are such."""
        return tuple(each for each in self.files if pattern.fullmatch(each.base))

    def says(self, pattern: str) -> str | None:
        """What the first group of a pattern is in the name of the release, or of a file with its folders."""
        for name in (self.name, *(each.name for each in self.files)):
            if found := re.search(pattern, name):
                return found[1]
        return None

    def _member(self, name: str) -> ReleaseFile:
        archive = self._archive
        assert archive is not None  # noqa: S101 - it was opened by who calls this
        return ReleaseFile(name, lambda: _binary(archive, name))


def digest_of(files: Sequence[ReleaseFile]) -> str:
    """What tells the content of some files, in 16 characters."""
    digest = hashlib.sha256()
    for each in files:
        each.digest_into(digest)
    return digest.hexdigest()[:16]


def broken(file: ReleaseFile, line: int, what: str) -> Invalid:
    """What is raised of a line that cannot be read."""
    return Invalid(f"{file.base} line {line}: {what}")


def separated(file: ReleaseFile, separator: str, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows of a table without quotes and without a header, each with its line.

    Raises `Invalid` where a line has other columns, or is no UTF-8.
    """
    for line, text in _lines(file):
        cells = text.split(separator)
        if len(cells) != len(columns):
            raise broken(file, line, f"{len(cells)} columns, where {len(columns)} are wanted")
        yield line, cells


def tabbed(file: ReleaseFile, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """The cells of some columns of a table with a header, by tabs and without quotes; raises `Invalid`."""
    lines = _lines(file)
    _, first = next(lines, (1, ""))
    header = first.split("\t")
    missing = [each for each in columns if each not in header]
    if missing:
        raise broken(file, 1, f"there is no column {missing[0]}")
    places = [header.index(each) for each in columns]
    for line, text in lines:
        cells = text.split("\t")
        if len(cells) != len(header):
            raise broken(file, line, f"{len(cells)} columns, where {len(header)} are wanted")
        yield line, [cells[each] for each in places]


def quoted(file: ReleaseFile) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file, each with the line that it ends on; raises `Invalid`."""
    csv.field_size_limit(_LONGEST_CELL)
    with closing(file.opened()) as raw, TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
        rows = csv.reader(text, strict=True)
        while True:
            try:
                cells = next(rows, None)
            except (csv.Error, UnicodeDecodeError) as error:
                why = "it is no UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
                raise broken(file, rows.line_num + 1, why) from None
            if cells is None:
                return
            yield rows.line_num, cells


def named_rows(file: ReleaseFile, wanted: Sequence[str]) -> Iterator[tuple[int, CsvRow]]:
    """The rows of a CSV file with a header, by column; raises `Invalid` where one of `wanted` lacks."""
    rows = quoted(file)
    _, header = next(rows, (1, []))
    missing = [each for each in wanted if each not in header]
    if missing:
        raise broken(file, 1, f"there is no column {missing[0]}")
    for line, cells in rows:
        if len(cells) != len(header):
            raise broken(file, line, f"{len(cells)} columns, where {len(header)} are wanted")
        yield line, dict(zip(header, cells, strict=True))


def _lines(file: ReleaseFile) -> Iterator[tuple[int, str]]:
    with closing(file.opened()) as raw:
        for number, line in enumerate(raw, 1):
            try:
                yield number, line.decode().rstrip("\r\n")
            except UnicodeDecodeError:
                raise broken(file, number, "it is no UTF-8") from None


def _plain(path: Path, name: str) -> ReleaseFile:
    return ReleaseFile(name, lambda: path.open("rb"))


def _binary(archive: zipfile.ZipFile, name: str) -> BinaryIO:
    opened: BinaryIO = archive.open(name)  # type: ignore[assignment]
    return opened
