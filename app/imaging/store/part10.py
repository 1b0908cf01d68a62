"""The head of a DICOM file: preamble, prefix, file meta information (PS3.10 7.1)."""

import re
import struct
from dataclasses import dataclass

from app.imaging.store.elements import Buffer, explicit_header
from app.imaging.store.refusal import Refused

PREAMBLE = 128
PREFIX = b"DICM"
HEAD = PREAMBLE + len(PREFIX)

_UID = re.compile(rb"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))*")
_LONGEST_UID = 64
_META_GROUP = 0x0002
_MOST_META_ELEMENTS = 256
_SOP_CLASS, _SOP_INSTANCE, _TRANSFER_SYNTAX = 0x00020002, 0x00020003, 0x00020010


@dataclass(frozen=True, slots=True)
class FileMeta:
    """The file meta information that matters here, absent UIDs empty; the data set is at `start`."""

    sop_class_uid: str
    sop_uid: str
    transfer_syntax_uid: str
    start: int


def is_dicom(head: bytes) -> bool:
    """Whether the first `HEAD` bytes of a file are those of a DICOM file."""
    return head[PREAMBLE:HEAD] == PREFIX


def valid_uid(raw: bytes) -> str | None:
    """The UID of a value (PS3.5 9.1), its padding removed, or None: digits and dots, no leading zeros."""
    bare = raw.rstrip(b"\0 ")
    if len(bare) > _LONGEST_UID or not _UID.fullmatch(bare):
        return None
    return bare.decode("ascii")


def read_meta(data: Buffer) -> FileMeta:
    """Read the head of a file; raises `Refused`."""
    if not is_dicom(data[:HEAD]):
        raise Refused("The part is not a DICOM file.")
    try:
        values, start = _meta_values(data)
    except struct.error as error:
        raise Refused("The file ends inside its meta information.") from error
    syntax = valid_uid(values.get(_TRANSFER_SYNTAX, b""))
    if syntax is None:
        raise Refused("The transfer syntax is missing or no UID.", tag=_TRANSFER_SYNTAX)
    sop_class = valid_uid(values.get(_SOP_CLASS, b"")) or ""
    sop_uid = valid_uid(values.get(_SOP_INSTANCE, b"")) or ""
    return FileMeta(sop_class, sop_uid, syntax, start)


def _meta_values(data: Buffer) -> tuple[dict[int, bytes], int]:
    """The short values of group 0002 by tag, and where the group ends (its length element is often wrong)."""
    values: dict[int, bytes] = {}
    at, end = HEAD, len(data)
    for _ in range(_MOST_META_ELEMENTS):
        if at >= end or int.from_bytes(data[at : at + 2], "little") != _META_GROUP:
            return values, at
        tag, _, start, length = explicit_header(data, at)
        at = start + length
        if at > end:
            raise Refused("A meta element is longer than the file.", tag=tag)
        if tag in values:
            raise Refused("A meta element comes twice.", tag=tag)
        values[tag] = data[start : min(at, start + 256)]
    raise Refused("The file has too many meta elements.")
