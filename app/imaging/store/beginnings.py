"""The head of a file that comes without one: some leave out the preamble, or all before the data set.

What goes out as `application/dicom` has it (PS3.10 7.1), so it is put in front of what was sent, where the
first elements leave no doubt about the instance and the transfer syntax.
"""

from struct import error
from typing import NamedTuple

from app.imaging.store.failure_reasons import comment_on
from app.imaging.store.headers import HeaderCoding
from app.imaging.store.layouts import UNCOMPRESSED, uncompressed_syntax
from app.imaging.store.part10 import PREAMBLE, PREFIX, TRANSFER_SYNTAX, is_dicom, valid_uid, written_head
from app.imaging.store.refusal import Refused

LOOKED_AT = 4096  # bytes that a data set has to say in what it is
_GROUP_LENGTH_OF_META = b"\2\0\0\0UL\4\0"
_SOP_CLASS, _SOP_INSTANCE = 0x00080016, 0x00080018
_MOST = 64  # elements


class Head(NamedTuple):
    """Bytes to put in front of what was sent, and what to tell about it; empty where it has its head."""

    added: bytes = b""
    warning: str = ""


def head_for(beginning: bytes) -> Head:
    """The head that a file lacks, from its first `LOOKED_AT` bytes.

    Raises `Refused` where it is no DICOM file.
    """
    if is_dicom(beginning):
        return Head()
    added = comment_on(TRANSFER_SYNTAX, "The file has no preamble; one is put in front of it.")
    if beginning.startswith(PREFIX):
        return Head(bytes(PREAMBLE), added)
    if beginning.startswith(_GROUP_LENGTH_OF_META):
        return Head(bytes(PREAMBLE) + PREFIX, added)
    syntax = uncompressed_syntax(beginning, 0)
    if syntax is None:
        raise Refused("The part is not a DICOM file.")
    found = _values(beginning, UNCOMPRESSED[syntax])
    sop_class, sop_uid = valid_uid(found.get(_SOP_CLASS, b"")), valid_uid(found.get(_SOP_INSTANCE, b""))
    if sop_class is None or sop_uid is None:
        raise Refused("The part is not a DICOM file.")
    said = "The file has no meta information; that of an uncompressed data set is put in front of it."
    return Head(written_head(sop_class, sop_uid, syntax), comment_on(TRANSFER_SYNTAX, said))


def _values(beginning: bytes, coding: HeaderCoding) -> dict[int, bytes]:
    """The values of the first elements, by tag."""
    found: dict[int, bytes] = {}
    at = 0
    for _ in range(_MOST):
        try:
            tag, _, start, length = coding.header(beginning, at)
        except (Refused, error):
            break
        at = start + length
        if tag > _SOP_INSTANCE or at > len(beginning):
            break
        found[tag] = beginning[start:at]
    return found
