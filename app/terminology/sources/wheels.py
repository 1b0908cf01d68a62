"""Fetches the pinned wheels that terminologies are read from into the cache folder; nothing of them is run.

A wheel arrives in a folder of its own, is checked against its SHA-256 and only then renamed into place, so
one that is in place is whole whatever interrupted the download. pip fetches it, since it knows the index that
the site has set for it; the wheel is opened as the archive that it is, and is never installed.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graph.errors import Unavailable
from graph.local.locks import awaited

FOLDER = "terminology"
SECONDS = 600  # of one download


@dataclass(frozen=True, slots=True)
class PinnedWheel:
    """One file of the package index, told by its digest."""

    package: str
    version: str
    file: str
    sha256: str


class OpenedWheel:
    """The files of a wheel, each read as data."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)

    def read(self, member: str) -> bytes:
        """The bytes of a file."""
        return self._archive.read(member)

    def lines(self, member: str) -> Iterator[str]:
        """The lines of a text file, without their ends."""
        with self._archive.open(member) as file:
            for line in file:
                yield line.decode().rstrip("\r\n")


def fetched(wheel: PinnedWheel, cache: Path) -> Path:
    """The wheel in the cache folder, fetched unless it is there.

    Raises `Unavailable` where it cannot be had, or is not the one that is meant.
    """
    folder = cache / FOLDER
    path = folder / wheel.file
    if _is_whole(path, wheel):
        return path
    folder.mkdir(parents=True, exist_ok=True)
    with awaited(folder / "lock"):
        if not _is_whole(path, wheel):
            _fetch(wheel, folder, path)
    return path


def _fetch(wheel: PinnedWheel, folder: Path, path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder, prefix="incoming-") as incoming:
        wanted = f"{wheel.package}=={wheel.version}"
        why = _download(wanted, Path(incoming))
        arrived = Path(incoming) / wheel.file
        if not arrived.is_file():
            raise Unavailable(
                f"{wheel.file} could not be fetched: {why}. Let pip reach a package index that has {wanted}, "
                f"or copy the file into {folder}"
            )
        if not _is_whole(arrived, wheel):
            raise Unavailable(
                f"{wheel.file} is not the file that this release of Hilum was made for: its SHA-256 differs"
            )
        arrived.replace(path)


def _download(wanted: str, folder: Path) -> str:
    """Let pip fetch a wheel into a folder; what it said last where it could not."""
    command = [sys.executable, "-m", "pip", "download", wanted, "--dest", str(folder)]
    options = ["--no-deps", "--only-binary", ":all:", "--no-input", "--disable-pip-version-check", "--quiet"]
    try:
        run = subprocess.run(  # noqa: S603 - a fixed command and a pinned name
            [*command, *options], capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"it did not arrive within {SECONDS} seconds"
    said = [line for line in run.stderr.splitlines() if line.strip()]
    return said[-1].removeprefix("ERROR: ") if said else "pip brought no such file"


def _is_whole(path: Path, wheel: PinnedWheel) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == wheel.sha256
