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
    """One file, or one member of a zip; iterating raises `Refused` where it is too large or cannot be read.

    `size` tells its bytes before any is read: those of a zip's member are what its unpacking may bring.
    """

    name: str
    size: Callable[[], int]
    open: Callable[[], BinaryIO]
    most: int

    def __iter__(self) -> Iterator[bytes]:
        try:
            if self.size() > self.most:
                raise Refused(f"The file is larger than {self.most} bytes.")
            with self.open() as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except _UNREADABLE as error:
            raise Refused("The file cannot be read.") from error


def sources(paths: Iterable[Path], most: int) -> Iterator[Source]:
    """Every file below the paths, folders in the order of names, the members of zips one by one.

    None is read beyond `most` bytes. A source is read before the next one is asked for: its zip is closed
    after its last member.
    """
    for path in paths:
        for file in _files(path):
            yield from _members(file, most) if _is_zip(file) else (_file(file, most),)


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


def _members(path: Path, most: int) -> Iterator[Source]:
    try:
        with ZipFile(path) as archive:
            for member in archive.infolist():
                if not member.is_dir():
                    yield _member(path, archive, member, most)
    except (BadZipFile, OSError):
        yield _file(path, most)  # said to be no DICOM file, as it is


def _file(path: Path, most: int) -> Source:
    return Source(str(path), lambda: path.stat().st_size, lambda: path.open("rb"), most)


def _member(path: Path, archive: ZipFile, member: ZipInfo, most: int) -> Source:
    """A member of a zip; the size that it declares bounds what `zipfile` unpacks of it."""

    def open_member() -> BinaryIO:
        return archive.open(member)  # type: ignore[return-value]

    return Source(f"{path}!{member.filename}", lambda: member.file_size, open_member, most)
