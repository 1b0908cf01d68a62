"""The head of a DICOM file: preamble, prefix, file meta information (PS3.10 7.1)."""

import re
import struct
from dataclasses import dataclass

from app.imaging.store.headers import Buffer, explicit_header
from app.imaging.store.layouts import uncompressed_syntax
from app.imaging.store.refusal import Refused

PREAMBLE = 128
PREFIX = b"DICM"
HEAD = PREAMBLE + len(PREFIX)

_UID = re.compile(rb"[0-9]+(?:\.[0-9]+)*")
_LEADING_ZERO = re.compile(r"(?:^|\.)0[0-9]")
_LONGEST_UID = 64
_LONGEST_KEPT = 256
_META_GROUP = 0x0002
_MOST_META_ELEMENTS = 256
_SOP_CLASS, _SOP_INSTANCE, TRANSFER_SYNTAX = 0x00020002, 0x00020003, 0x00020010
_LENGTH, _VERSION, _IMPLEMENTATION = 0x00020000, 0x00020001, 0x00020012
_IMPLEMENTATION_UID = "2.25.298744104951262116170926254391306823013"  # of what writes heads here


@dataclass(frozen=True, slots=True)
class FileMeta:
    """The file meta information that matters here, absent UIDs empty; the data set is at `start`.

    `doubled` are the tags of elements that come twice with the same value. `unnamed_syntax`: the file does
    not name the transfer syntax, its data set shows it.
    """

    sop_class_uid: str
    sop_uid: str
    transfer_syntax_uid: str
    start: int
    doubled: tuple[int, ...] = ()
    unnamed_syntax: bool = False


def written_beginning(sop_class_uid: str, sop_uid: str, transfer_syntax_uid: str) -> bytes:
    """The preamble, prefix and file meta information of a file that comes without (PS3.10 7.1)."""
    uids = (
        (_SOP_CLASS, sop_class_uid),
        (_SOP_INSTANCE, sop_uid),
        (TRANSFER_SYNTAX, transfer_syntax_uid),
        (_IMPLEMENTATION, _IMPLEMENTATION_UID),
    )
    version = struct.pack("<HH2sHL", _VERSION >> 16, _VERSION & 0xFFFF, b"OB", 0, 2) + b"\0\1"
    meta = version + b"".join(_written(tag, b"UI", _padded(uid)) for tag, uid in uids)
    return bytes(PREAMBLE) + PREFIX + _written(_LENGTH, b"UL", struct.pack("<L", len(meta))) + meta


def _written(tag: int, vr: bytes, value: bytes) -> bytes:
    return struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr, len(value)) + value


def _padded(uid: str) -> bytes:
    raw = uid.encode("ascii", "replace")
    return raw + b"\0" * (len(raw) % 2)


def is_dicom(head: bytes) -> bool:
    """Whether the first `HEAD` bytes of a file are those of a DICOM file."""
    return head[PREAMBLE:HEAD] == PREFIX


def valid_uid(raw: bytes) -> str | None:
    """The UID of a value (PS3.5 9.1), its padding removed, or None; real ones have leading zeros, too."""
    bare = raw.rstrip(b"\0 ")
    if len(bare) > _LONGEST_UID or not _UID.fullmatch(bare):
        return None
    return bare.decode("ascii")


def has_leading_zero(uid: str) -> bool:
    """Whether a component of a UID begins with a zero and goes on, which PS3.5 9.1 forbids."""
    return (".0" in uid or uid.startswith("0")) and _LEADING_ZERO.search(uid) is not None


def read_meta(data: Buffer) -> FileMeta:
    """Read the head of a file; raises `Refused`."""
    if not is_dicom(data[:HEAD]):
        raise Refused("The part is not a DICOM file.")
    try:
        values, start, doubled = _meta_values(data)
    except struct.error as error:
        raise Refused("The file ends inside its meta information.") from error
    named = valid_uid(values.get(TRANSFER_SYNTAX, b""))
    syntax = named or uncompressed_syntax(data, start)
    if syntax is None:
        raise Refused("The transfer syntax is missing or no UID.", tag=TRANSFER_SYNTAX)
    sop_class = valid_uid(values.get(_SOP_CLASS, b"")) or ""
    sop_uid = valid_uid(values.get(_SOP_INSTANCE, b"")) or ""
    return FileMeta(sop_class, sop_uid, syntax, start, doubled, named is None)


def _meta_values(data: Buffer) -> tuple[dict[int, bytes], int, tuple[int, ...]]:
    """The values of group 0002 by tag, where the group ends, and the tags that come twice with one value.

    Long values are cut; the length of the group that the file writes is often wrong, and is not read.
    """
    values: dict[int, bytes] = {}
    doubled: list[int] = []
    at, end = HEAD, len(data)
    for _ in range(_MOST_META_ELEMENTS):
        if at >= end or int.from_bytes(data[at : at + 2], "little") != _META_GROUP:
            return values, at, tuple(doubled)
        tag, _, start, length = explicit_header(data, at)
        at = start + length
        if at > end:
            raise Refused("A meta element is longer than the file.", tag=tag)
        value = data[start : min(at, start + _LONGEST_KEPT)]
        if tag in values:
            if values[tag] != value or length >= _LONGEST_KEPT:
                raise Refused("A meta element comes twice with two values.", tag=tag)
            doubled.append(tag)
        values[tag] = value
    raise Refused("The file has too many meta elements.")
