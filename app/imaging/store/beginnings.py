"""The beginning of a file that comes without: some leave out the preamble, or all before the data set.

What goes out as `application/dicom` has it (PS3.10 7.1), so it is put in front of what was sent, where the
first elements leave no doubt about the instance and the transfer syntax.
"""

from struct import error
from typing import NamedTuple

from app.imaging.store.failure_reasons import comment_on
from app.imaging.store.headers import KNOWN_CODES, HeaderCoding
from app.imaging.store.layouts import UNCOMPRESSED, uncompressed_syntax
from app.imaging.store.part10 import PREAMBLE, PREFIX, TRANSFER_SYNTAX, is_dicom, valid_uid, written_beginning
from app.imaging.store.refusal import Refused

LOOKED_AT = 4096  # bytes that a data set has to say in what it is
_META = b"\2\0"  # the group of the meta information, whose length some leave out
_SOP_CLASS, _SOP_INSTANCE = 0x00080016, 0x00080018
_MOST = 64  # elements


class Beginning(NamedTuple):
    """Bytes to put in front of what was sent, and what to tell about it; empty where none is lacking."""

    added: bytes = b""
    warning: str = ""


def beginning_for(first: bytes) -> Beginning:
    """The beginning that a file lacks, from its first `LOOKED_AT` bytes.

    Raises `Refused` where it is no DICOM file.
    """
    if is_dicom(first):
        return Beginning()
    added = comment_on(TRANSFER_SYNTAX, "The file has no preamble.")
    if first.startswith(PREFIX):
        return Beginning(bytes(PREAMBLE), added)
    if first.startswith(_META) and first[4:6] in KNOWN_CODES:
        return Beginning(bytes(PREAMBLE) + PREFIX, added)
    syntax = uncompressed_syntax(first, 0)
    if syntax is None:
        raise Refused("The part is not a DICOM file.")
    found = _values(first, UNCOMPRESSED[syntax])
    sop_class, sop_uid = valid_uid(found.get(_SOP_CLASS, b"")), valid_uid(found.get(_SOP_INSTANCE, b""))
    if sop_class is None or sop_uid is None:
        raise Refused("The part is not a DICOM file.")
    said = comment_on(TRANSFER_SYNTAX, "The file has no meta information.")
    return Beginning(written_beginning(sop_class, sop_uid, syntax), said)


def _values(first: bytes, coding: HeaderCoding) -> dict[int, bytes]:
    """The values of the first elements, by tag."""
    found: dict[int, bytes] = {}
    at = 0
    for _ in range(_MOST):
        try:
            tag, _, start, length = coding.header(first, at)
        except (Refused, error):
            break
        at = start + length
        if tag > _SOP_INSTANCE or at > len(first):
            break
        found[tag] = first[start:at]
    return found
