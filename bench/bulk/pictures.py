"""The rows of the pictures of a study, as the product reads them from their files.

Of each series the first file is read; the others differ from it in their UID and number alone, by which their
rows are made of its row.
"""

import os
import zlib
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from app.blobs import SealedBlob, new_blob_id
from app.imaging.store.limits import Limits
from app.imaging.store.reading import Reading, Terms, read_file
from bench.population.people import Person
from bench.population.pictures import picture, sop_uid
from bench.population.studies import Series, Study
from graph.records import InstanceRow

_COMPRESSION = 1  # as the product compresses metadata
_TERMS = Terms(Limits(), today="20261130")
_ENTROPY = 10


class PictureReader:
    """Reads the pictures of studies; one thread uses it."""

    def __init__(self) -> None:
        self._file = os.memfd_create("picture")

    def rows(self, who: Person, study: Study, milliseconds: int) -> tuple[InstanceRow, ...]:
        """The rows of a study whose blobs were made at that moment, since the epoch."""
        return tuple(
            row for series in study.series for row in self._of_series(who, study, series, milliseconds)
        )

    def _of_series(
        self, who: Person, study: Study, series: Series, milliseconds: int
    ) -> Iterator[InstanceRow]:
        file = picture(who, study, series, 1)
        reading = self._read(file)
        text = zlib.decompress(reading.metadata)
        first = sop_uid(who, study, series, 1).encode()
        for number in range(1, series.pictures + 1):
            uid = sop_uid(who, study, series, number).encode()
            numbered = (_element(1), _element(number)), (_value(1), _value(number))
            bytes_, said = file.replace(first, uid), text.replace(first, uid)
            bytes_, said = bytes_.replace(*numbered[0], 1), said.replace(*numbered[1], 1)
            blob = SealedBlob(
                blob_id=new_blob_id(milliseconds, sha256(uid).digest()[:_ENTROPY]),
                size=len(bytes_),
                digest=sha256(bytes_).hexdigest(),
                path=Path(),
            )
            yield _numbered(reading, uid.decode(), number, said).row(blob)

    def _read(self, file: bytes) -> Reading:
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, file, 0)
        reading = read_file(self._file, _TERMS, Path())
        if reading.warnings:
            raise ValueError(f"a picture that the product warns of: {reading.warnings}")
        return reading


def _numbered(first: Reading, uid: str, number: int, said: bytes) -> Reading:
    """The reading of a further picture of a series."""
    return replace(
        first,
        identity=replace(first.identity, sop_uid=uid),
        instance={**first.instance, "SOPInstanceUID": uid, "InstanceNumber": number},
        metadata=zlib.compress(said, _COMPRESSION),
    )


def _element(number: int) -> bytes:
    """The InstanceNumber (0020,0013) as the file has it."""
    return b"\x20\x00\x13\x00IS\x02\x00" + str(number).encode().ljust(2)


def _value(number: int) -> bytes:
    return b'"00200013":{"vr":"IS","Value":[%d]}' % number
