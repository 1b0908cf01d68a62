"""Where bulk data is: the paths that metadata names it by (BulkDataURI, PS3.18 F.2.6), kept and read.

A path leads from an instance to one element: tags of eight hexadecimal digits, and between them the number of
an item of the sequence before, from 1: `7FE00010`, `00480105/1/00282000`.

Metadata are kept without the site's own address, which may change. One byte stands for it, so that metadata
go out as fast as they are unpacked: one byte is found ten times faster than a word. The byte is DEL,
which JSON lets stand in a text; a DEL of a file is escaped, and a space before the object tells that this is
so: metadata that were kept before have none.
"""

import re
from typing import NamedTuple

from orjson import Fragment

from graph.errors import NotFound

_STEP = re.compile(r"[0-9A-F]{8}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_LONGEST = 1024
_SITE, _DEL, _ESCAPED_DEL = b"\xff", b"\x7f", b"\\u007f"  # UTF-8 has no byte FF
_SIGN = b" "


class BulkPath(NamedTuple):
    """The way to an element: the sequences and their items that it is in, from the outside, and its tag."""

    items: tuple[tuple[int, int], ...]
    tag: int

    def __str__(self) -> str:
        return "".join(f"{tag:08X}/{number}/" for tag, number in self.items) + f"{self.tag:08X}"


def bulk_root(study_uid: str, series_uid: str, sop_uid: str) -> str:
    """Where the paths of an instance's bulk data begin, below the address of the service."""
    return f"/studies/{study_uid}/series/{series_uid}/instances/{sop_uid}/bulkdata/"


def below_site(address: str) -> Fragment:
    """An address below that of the site, as JSON that `kept` finishes."""
    return Fragment(b'"' + _SITE + address.encode() + b'"')


def kept(written: bytes) -> bytes:
    """DICOM JSON as it is kept: addresses begin with a byte that stands for the site."""
    return _SIGN + written.replace(_DEL, _ESCAPED_DEL).replace(_SITE, _DEL)


def with_addresses(metadata: bytes, address: str) -> bytes:
    """DICOM JSON as it is kept, with whole addresses of bulk data; `address` is the base of DICOMweb."""
    return metadata.replace(_DEL, address.encode()) if metadata.startswith(_SIGN) else metadata


def bulk_path(text: str) -> BulkPath:
    """Read a path; raises `NotFound` for what is none, as nothing is there."""
    steps = text.upper().split("/") if len(text) <= _LONGEST else []
    tags, numbers = steps[0::2], steps[1::2]
    if len(tags) != len(numbers) + 1 or not (
        all(map(_STEP.fullmatch, tags)) and all(map(_NUMBER.fullmatch, numbers))
    ):
        raise NotFound("no bulk data is at such a path", location="bulkdata")
    *outer, last = (int(tag, 16) for tag in tags)
    return BulkPath(tuple(zip(outer, map(int, numbers), strict=True)), last)
