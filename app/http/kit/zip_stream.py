"""A zip written as it is sent: members one after the other, uncompressed, in the memory of one chunk.

Pixels that can be packed are packed already, and those that are not are packed faster by who reads them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zipfile import ZIP_STORED, ZipFile, ZipInfo

_LARGE = 1 << 31  # bytes from which a member's lengths take the fields of zip64
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can tell: names and times tell nothing


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the zip: its path, how many bytes it has, and these."""

    name: str
    size: int
    chunks: Iterable[bytes]


class _Outlet:
    """What `zipfile` writes to: it cannot be sought in, and gives out what was written since it was asked."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Take bytes."""
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        written, self._written = self._written, []
        return b"".join(written)


def write_zip(members: Iterable[Member]) -> Iterator[bytes]:
    """The bytes of a zip of these members, each opened when its turn comes."""
    outlet = _Outlet()
    with ZipFile(outlet, "w", ZIP_STORED) as archive:  # type: ignore[call-overload]
        for member in members:
            about = ZipInfo(member.name, _EPOCH)
            with archive.open(about, "w", force_zip64=member.size >= _LARGE) as file:
                for chunk in member.chunks:
                    file.write(chunk)
                    yield outlet.taken()
    yield outlet.taken()
