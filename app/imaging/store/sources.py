"""Files, folders and zips as streams of chunks, for `hilum load`; links to folders are not followed."""

import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from app.imaging.store.refusal import Refused

CHUNK = 1 << 20
_ZIP = b"PK\x03\x04"
_UNREADABLE = (OSError, EOFError, BadZipFile, zlib.error, RuntimeError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or one member of a zip; iterating raises `Refused` where it cannot be read."""

    name: str
    open: Callable[[], BinaryIO]

    def __iter__(self) -> Iterator[bytes]:
        try:
            with self.open() as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except _UNREADABLE as error:
            raise Refused("The file cannot be read.") from error


def sources(paths: Iterable[Path]) -> Iterator[Source]:
    """Every file below the paths, folders in the order of names, the members of zips one by one.

    A source is read before the next one is asked for: its zip is closed after its last member.
    """
    for path in paths:
        for file in _files(path):
            yield from _members(file) if _is_zip(file) else (Source(str(file), _opener(file)),)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        yield from (Path(folder, name) for name in sorted(names))


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_ZIP)) == _ZIP
    except OSError:
        return False


def _members(path: Path) -> Iterator[Source]:
    try:
        with ZipFile(path) as archive:
            for member in archive.infolist():
                if not member.is_dir():
                    yield Source(f"{path}!{member.filename}", _member_opener(archive, member))
    except (BadZipFile, OSError):
        yield Source(str(path), _opener(path))  # said to be no DICOM file, as it is


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _member_opener(archive: ZipFile, member: ZipInfo) -> Callable[[], BinaryIO]:
    def open_member() -> BinaryIO:
        return archive.open(member)  # type: ignore[return-value]

    return open_member
