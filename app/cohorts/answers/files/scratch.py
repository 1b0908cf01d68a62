"""Where a whole answer is put together before any of it leaves: a file without a name, on the disk if large.

So memory holds a piece of it at a time, an answer arrives whole or is an error, and who it is about is in the
audit before the first byte is sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from app.blobs.space import DiskFloor, told_as_failure
from graph.errors import TooLarge

MOST_BYTES = 1 << 30
_IN_MEMORY = 4 << 20
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Scratch:
    """Makes such files in a folder; `floor` is how many bytes of the disk stay free."""

    folder: Path
    floor: int

    def file(self) -> "ScratchFile":
        """A new file; raises `Unavailable` where the disk fails."""
        with told_as_failure():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            held = SpooledTemporaryFile(_IN_MEMORY, "w+b", dir=str(self.folder))  # noqa: SIM115 - it is kept
            return ScratchFile(cast(IO[bytes], held), DiskFloor((self.folder,), self.floor))


class ScratchFile:
    """A file that is written, and then read from its beginning once."""

    closed = False  # what writes through it looks at that

    def __init__(self, held: IO[bytes], floor: DiskFloor) -> None:
        self._held = held
        self._floor = floor
        self.size = 0

    def write(self, data: bytes) -> int:
        """Append bytes.

        Raises `TooLarge` for more than an answer may have, `StorageFull` under the floor of the disk,
        `Unavailable` where the disk fails.
        """
        self.size += len(data)
        if self.size > MOST_BYTES:
            raise TooLarge(
                "a whole answer has at most %(most)s bytes: ask for fewer patients or rows",
                code="too-costly",
                most=MOST_BYTES,
            )
        with told_as_failure():
            if self.size > _IN_MEMORY:
                self._floor.check(len(data))
            return self._held.write(data)

    def tell(self) -> int:
        """How many bytes there are."""
        return self.size

    def flush(self) -> None:
        """Nothing is held back."""

    def chunks(self) -> Iterator[bytes]:
        """All bytes, in pieces; the file is gone afterwards."""
        try:
            self._held.seek(0)
            while chunk := self._held.read(_CHUNK):
                yield chunk
        finally:
            self.close()

    def close(self) -> None:
        """Give up the file."""
        self._held.close()
