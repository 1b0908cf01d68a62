"""Where bulk data is: the paths that metadata names it by (BulkDataURI, PS3.18 F.2.6), kept and read.

A path leads from an instance to one element: tags of eight hexadecimal digits, and between them the number of
an item of the sequence before, from 1: `7FE00010`, `00480105/1/00282000`. Metadata are kept with addresses
that begin at the service's root, so that whoever gives them out puts the site's own address before these in
one replacement: in JSON the name of a member cannot be part of a text, whose quotes are escaped.
"""

import re
from typing import NamedTuple

from graph.errors import NotFound

_STEP = re.compile(r"[0-9A-F]{8}")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_LONGEST = 1024
_KEPT = b'"BulkDataURI":"/'


class BulkPath(NamedTuple):
    """The way to an element: the sequences and their items that it is in, from the outside, and its tag."""

    items: tuple[tuple[int, int], ...]
    tag: int

    def __str__(self) -> str:
        return "".join(f"{tag:08X}/{number}/" for tag, number in self.items) + f"{self.tag:08X}"


def bulk_root(study_uid: str, series_uid: str, sop_uid: str) -> str:
    """Where the paths of an instance's bulk data begin, below the address of the service."""
    return f"/studies/{study_uid}/series/{series_uid}/instances/{sop_uid}/bulkdata/"


def with_addresses(metadata: bytes, address: str) -> bytes:
    """DICOM JSON as it is kept, with whole addresses of bulk data; `address` is the base of DICOMweb."""
    return metadata.replace(_KEPT, b'"BulkDataURI":"' + address.encode() + b"/")


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
