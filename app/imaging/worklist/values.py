"""The values of each VR as clients send them (PS3.5 6.2, PS3.18 F.2): what they may be and how they are kept.

A reader takes one value of the JSON model, its VR and its place; it returns the value as it is kept, or
raises `Invalid` with the place and what would be right.
"""

import re
import struct
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping
from datetime import UTC
from math import isfinite
from typing import Any, TypeAlias

from app.imaging.store.dates import is_date, is_time
from app.imaging.worklist.uids import is_uid
from graph.errors import Invalid, TooLarge
from graph.query.moments import moment_of

LONGEST_TEXT = 1 << 16
ValueOfVr: TypeAlias = Callable[[Any, str, str], Any]

_LONGEST: Mapping[str, int] = {"SH": 16, "LO": 64, "ST": 1_024, "LT": 10_240}
_PARAGRAPHS = frozenset({"ST", "LT", "UT"})  # a backslash and a line's end are characters as any other
_CONTROL = re.compile(r"[\x00-\x1a\x1c-\x1f\x7f]")
_CONTROL_OF_PARAGRAPHS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_INTEGER = re.compile(r"[+-]?[0-9]{1,20}", re.ASCII)
_LONGEST_DECIMAL = 16
_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_LONGEST_GROUP, _MOST_COMPONENTS = 64, 5
_WHOLE: Mapping[str, tuple[int, int]] = {
    "US": (0, (1 << 16) - 1),
    "SS": (-(1 << 15), (1 << 15) - 1),
    "UL": (0, (1 << 32) - 1),
    "SL": (-(1 << 31), (1 << 31) - 1),
    "IS": (-(1 << 31), (1 << 31) - 1),
    "UV": (0, (1 << 64) - 1),
    "SV": (-(1 << 63), (1 << 63) - 1),
}
_AS_TEXT = frozenset({"IS", "UV", "SV"})  # which JSON may hold as strings too (F.2.3)
_LARGEST_KEPT = (1 << 63) - 1  # beyond it a number is kept as a text
_WIDTHS: Mapping[str, int] = {"OB": 1, "UN": 1, "OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}
BINARY = frozenset(_WIDTHS)


def is_empty(value: Any) -> bool:
    """Whether a value says nothing: blanks are padding."""
    return value is None or (isinstance(value, str) and not value.strip(" "))


def inline_binary(value: Any, vr: str, place: str) -> str:
    """Bytes in base64.

    Raises `Invalid` for what is none or has half a number at its end, `TooLarge` for too many.
    """
    if not isinstance(value, str):
        raise Invalid("binary values come as InlineBinary", location=place)
    if len(value) > LONGEST_TEXT:
        raise TooLarge(f"more than {LONGEST_TEXT} characters of InlineBinary", location=place)
    try:
        found = b64decode(value, validate=True)
    except (NotBase64, ValueError):
        raise Invalid("InlineBinary is base64", location=place) from None
    width = _WIDTHS[vr]
    if len(found) % width:
        raise Invalid(f"a value of {vr} has a multiple of {width} bytes", location=place)
    return value


def text_value(value: Any, vr: str, place: str) -> str:
    """A text; raises `Invalid` for one that is too long or has characters that its VR has not."""
    if not isinstance(value, str):
        raise Invalid(f"a value of {vr} is a string", location=place)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Invalid("a value is no Unicode text", location=place) from None
    longest = _LONGEST.get(vr, LONGEST_TEXT)
    if len(value) > longest:
        raise Invalid(f"a value of {vr} has {longest} characters at most", location=place)
    if "\\" in value and vr not in _PARAGRAPHS:
        raise Invalid("a backslash parts values, of which each stands by itself here", location=place)
    if (_CONTROL_OF_PARAGRAPHS if vr in _PARAGRAPHS else _CONTROL).search(value):
        raise Invalid("a value has control characters", location=place)
    return value


def _fitting(fits: Callable[[str], object], form: str) -> ValueOfVr:
    """A reader of texts of one form, without the blanks around them."""

    def read(value: Any, vr: str, place: str) -> str:
        text = text_value(value, vr, place).strip(" ")
        if not fits(text):
            raise Invalid(f"a value of {vr} is {form}", location=place)
        return text

    return read


def _like(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern, re.ASCII).fullmatch


def _whole(value: Any, vr: str, place: str) -> int | str:
    least, most = _WHOLE[vr]
    number = _number_of(value, vr)
    if number is None or number != int(number) or not least <= int(number) <= most:
        raise Invalid(f"a value of {vr} is an integer from {least} to {most}", location=place)
    if isinstance(value, str):
        return text_value(value, vr, place)
    return int(number) if int(number) <= _LARGEST_KEPT else str(int(number))


def _number_of(value: Any, vr: str) -> int | float | None:
    """The number that a value is; None where it is none."""
    if isinstance(value, str) and vr in _AS_TEXT:
        return int(value) if _INTEGER.fullmatch(value.strip(" ")) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, int) or isfinite(value) else None


def _float(value: Any, vr: str, place: str) -> int | float:
    number = _number_of(value, vr)
    if number is None:
        raise Invalid(f"a value of {vr} is a number", location=place)
    try:
        struct.pack("f" if vr == "FL" else "d", number)
    except (OverflowError, struct.error):
        raise Invalid(f"a value of {vr} is not so large", location=place) from None
    return _kept(number)


def _decimal(value: Any, vr: str, place: str) -> int | float | str:
    """A number, or as a string what JSON could not hold exactly (F.2.3)."""
    if not isinstance(value, str):
        return _float(value, vr, place)
    text = text_value(value, vr, place).strip(" ")
    if len(text) > _LONGEST_DECIMAL or not _DECIMAL.fullmatch(text) or not isfinite(float(text)):
        raise Invalid(
            f"a value of {vr} is a number, in {_LONGEST_DECIMAL} characters at most", location=place
        )
    return value


def _kept(number: int | float) -> int | float:
    return number if abs(number) <= _LARGEST_KEPT else float(number)


def _name(value: Any, vr: str, place: str) -> dict[str, str] | None:
    """A name, of up to three groups; a string is all of them, as XML and older clients have it."""
    if isinstance(value, str):
        parts = text_value(value, vr, place).split("=")
        if len(parts) > len(_GROUPS):
            raise Invalid("a name has three groups at most", location=place)
        value = dict(zip(_GROUPS, parts, strict=False))
    if not isinstance(value, Mapping) or value.keys() - set(_GROUPS):
        raise Invalid("a name is an object of Alphabetic, Ideographic and Phonetic", location=place)
    return {
        name: _group(value[name], vr, f"{place}.{name}") for name in _GROUPS if not is_empty(value.get(name))
    } or None


def _group(value: Any, vr: str, place: str) -> str:
    text = text_value(value, vr, place)
    if "=" in text:
        raise Invalid("a group of a name has no equals sign, which parts groups", location=place)
    if len(text) > _LONGEST_GROUP or text.count("^") >= _MOST_COMPONENTS:
        raise Invalid(
            f"a group of a name has {_LONGEST_GROUP} characters and {_MOST_COMPONENTS} components at most",
            location=place,
        )
    return text


def _uid(value: Any, vr: str, place: str) -> str:
    text = value.rstrip("\0") if isinstance(value, str) else value
    return str(_UID(text, vr, place))


_UID = _fitting(is_uid, "numbers between dots, 64 characters at most")
_READERS: Mapping[str, ValueOfVr] = {
    "AE": _fitting(_like(r"[ -\[\]-~]{1,16}"), "1 to 16 characters of ASCII"),
    "AS": _fitting(_like(r"[0-9]{3}[DWMY]"), "three digits and D, W, M or Y"),
    "AT": _fitting(_like(r"[0-9A-Fa-f]{8}"), "a tag, eight hexadecimal digits"),
    "CS": _fitting(_like(r"[A-Z0-9 _]{1,16}"), "1 to 16 of capital letters, digits, blanks and underscores"),
    "UR": _fitting(_like(r"[!#-;=?-\[\]_a-z~]+"), "an address without blanks, in the characters of RFC 3986"),
    "UI": _uid,
    "DA": _fitting(is_date, "a day, YYYYMMDD"),
    "TM": _fitting(is_time, "a time, HHMMSS.FFFFFF or its beginning"),
    "DT": _fitting(
        lambda text: moment_of(text, UTC), "a date and time, YYYYMMDDHHMMSS.FFFFFF&ZZXX or its beginning"
    ),
    "PN": _name,
    "DS": _decimal,
    "FL": _float,
    "FD": _float,
    **dict.fromkeys(_WHOLE, _whole),
}


def reader_of(vr: str) -> ValueOfVr:
    """What reads a value of a VR that is no sequence and not binary."""
    return _READERS.get(vr, text_value)
