"""DICOM JSON (PS3.18 F.2) as a data set in Explicit VR Little Endian (PS3.5 7.1.2), an element at a time.

Text stays as it was written: what is wrong with it, the reader of the file says, as of any other file. What
cannot be encoded at all is `Refused` with its attribute.
"""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from struct import error as struct_error
from struct import pack
from typing import Any

from pydicom.valuerep import STANDARD_VR

from app.imaging.store.refusal import Refused

SEQUENCE, CHARACTER_SET = "SQ", 0x00080005
UTF_8 = "ISO_IR 192"
LONGEST = 0xFFFFFFFE  # of a length of 32 bits, the largest one that says a length

_TAG = re.compile(r"[0-9A-Fa-f]{8}")
_LONGEST_SHORT = 0xFFFF
_LONGEST_DECIMAL = 16  # characters of a DS (PS3.5 6.2)
_NAMES = ("Alphabetic", "Ideographic", "Phonetic")
_TEXTS = frozenset(["AE", "AS", "CS", "DA", "DT", "LO", "LT", "SH", "ST", "TM", "UC", "UI", "UR", "UT"])
_STRINGS_OF_NUMBERS = frozenset({"DS", "IS"})
_BINARY = frozenset(["OB", "OD", "OF", "OL", "OV", "OW", "UN"])
_INTEGERS = {"SL": "<l", "SS": "<h", "SV": "<q", "UL": "<L", "US": "<H", "UV": "<Q"}
_FLOATS = {"FL": "<f", "FD": "<d"}
_LONG = _BINARY | {SEQUENCE, "SV", "UC", "UR", "UT", "UV"}  # a length of four bytes (PS3.5 table 7.1-1)
_REPRESENTATIONS = frozenset(STANDARD_VR)
_ITEM = b"\xfe\xff\x00\xe0"
_NO_DATA = (0x0002, 0xFFFE)  # groups of what is no part of a data set


@dataclass(slots=True)
class Encoder:
    """Encodes the elements of one instance.

    `bulk` gives the bytes that a BulkDataURI inside a sequence names. `beyond_ascii` tells whether some text
    needs the character set UTF-8, in which all of it is written.
    """

    bulk: Callable[[int, str], bytes]
    beyond_ascii: bool = False

    def elements(self, dataset: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """The tag and the entry of each attribute, in order; raises `Refused` for what is no data set."""
        if not isinstance(dataset, Mapping):
            raise Refused("The metadata is not an object of attributes.")
        for name in sorted(dataset, key=str.upper):
            entry = dataset[name]
            if not _TAG.fullmatch(name) or not isinstance(entry, Mapping):
                raise Refused("The metadata has a member that is no attribute.")
            tag = int(name, 16)
            if entry.get("vr") not in _REPRESENTATIONS:
                raise Refused("The attribute has no value representation.", tag=tag)
            if tag >> 16 not in _NO_DATA and tag & 0xFFFF:
                yield tag, entry

    def element(self, tag: int, entry: Mapping[str, Any]) -> bytes:
        """The bytes of an element; raises `Refused` for a value that its representation cannot hold."""
        value = self._value(tag, entry["vr"], entry)
        return header(tag, entry["vr"], len(value)) + value

    def _value(self, tag: int, vr: str, entry: Mapping[str, Any]) -> bytes:
        try:
            if "BulkDataURI" in entry:
                return padded(vr, self.bulk(tag, entry["BulkDataURI"]))
            if "InlineBinary" in entry:
                return padded(vr, b64decode(entry["InlineBinary"], validate=True))
            return self._values(vr, entry.get("Value") or [])
        except (TypeError, ValueError, OverflowError, AttributeError, struct_error, binascii.Error):
            raise Refused(f"The value cannot be written as {vr}.", tag=tag) from None

    def _values(self, vr: str, values: Sequence[Any]) -> bytes:
        if vr == SEQUENCE:
            return b"".join(map(self._item, values))
        if layout := _INTEGERS.get(vr):
            return b"".join(pack(layout, int(value)) for value in values)
        if layout := _FLOATS.get(vr):
            return b"".join(pack(layout, float(value)) for value in values)
        if vr == "AT":
            return b"".join(map(_attribute_tag, values))
        if vr in _BINARY and not values:
            return b""
        return self._text(vr, "\\".join(_WORDINGS[vr](value) for value in values))

    def _item(self, item: Any) -> bytes:
        """An item with its length; its text is in the one character set of the instance."""
        elements = self.elements({} if item is None else item)
        body = b"".join(self.element(tag, entry) for tag, entry in elements if tag != CHARACTER_SET)
        return _ITEM + pack("<L", len(body)) + body

    def _text(self, vr: str, text: str) -> bytes:
        self.beyond_ascii = self.beyond_ascii or not text.isascii()
        return padded(vr, text.encode())


def header(tag: int, vr: str, length: int) -> bytes:
    """The header of an element; a value too long for a short length is written as UN (PS3.5 6.2.2).

    Raises `Refused` for one that no length can say.
    """
    if length > LONGEST:
        raise Refused("The value is longer than an element can be.", tag=tag)
    if vr not in _LONG and length > _LONGEST_SHORT:
        vr = "UN"
    head = pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode("ascii")
    return head + (bytes(2) + pack("<L", length) if vr in _LONG else pack("<H", length))


def padded(vr: str, value: bytes) -> bytes:
    """A value of even length (PS3.5 6.2)."""
    return value + padding(vr, len(value))


def padding(vr: str, length: int) -> bytes:
    """What follows a value of so many bytes."""
    return (b"\0" if vr in _BINARY or vr == "UI" else b" ") * (length % 2)


def _wording(value: Any) -> str:
    if value is not None and not isinstance(value, str):
        raise TypeError
    return value or ""


def _name(value: Any) -> str:
    groups = {"Alphabetic": value} if isinstance(value, str) else value or {}
    return "=".join(_wording(groups.get(name)) for name in _NAMES).rstrip("=")


def _number(value: Any) -> str:
    """A DS or IS: as it was written where it is a text, else in the characters that there are."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    text = str(value)
    digits = _LONGEST_DECIMAL
    while isinstance(value, float) and len(text) > _LONGEST_DECIMAL and digits:
        text, digits = f"{value:.{digits}g}", digits - 1
    return text


_WORDINGS: Mapping[str, Callable[[Any], str]] = {
    **dict.fromkeys(_TEXTS, _wording),
    **dict.fromkeys(_STRINGS_OF_NUMBERS, _number),
    "PN": _name,
}


def _attribute_tag(value: Any) -> bytes:
    if not _TAG.fullmatch(value):
        raise ValueError
    number = int(value, 16)
    return pack("<HH", number >> 16, number & 0xFFFF)
