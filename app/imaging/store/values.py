"""Element values as DICOM JSON values (PS3.5 6.2, PS3.18 F.2), by value representation.

A reader takes the bytes of a value, the character sets and whether the bytes are little endian. It returns
the JSON values: None for an empty one of several, an empty list for an empty value. A value that breaks
the rules that the DICOM service checks raises `BadValue`: the element is then left out of the metadata and of
the search, and stays in the file.
"""

import re
from collections.abc import Callable, Sequence
from math import isfinite
from struct import Struct
from typing import Any, TypeAlias

from app.imaging.store.charsets import NAME_DELIMITERS, TEXT_DELIMITERS, decode
from app.imaging.store.dates import is_date, is_date_time, is_time

_PADDING = " \0"
_LONGEST = 64  # of LO, UI, a number, a group of a name
_LONGEST_SHORT = 16
_AGE = len("045Y")
_LARGEST_EXACT = 2**53  # a double holds every integer up to here
_MOST_GROUPS, _MOST_COMPONENTS = 3, 5
_NAME_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_UI = re.compile(r"[0-9.]*[0-9]", re.ASCII)
_DECIMAL = b"0123456789+-.eE \\"
_INTEGER = b"0123456789+- \\"

ValueReader: TypeAlias = "Callable[[bytes, Charset, bool], list[Any]]"


class BadValue(Exception):
    """A value that cannot be shown or searched; the text says why, without the value."""


class Charset:
    """The character sets in force, and whether some bytes did not decode."""

    __slots__ = ("codecs", "faulty")

    def __init__(self, codecs: Sequence[str]) -> None:
        self.codecs = codecs
        self.faulty = False

    def text(self, raw: bytes, delimiters: re.Pattern[bytes] = TEXT_DELIMITERS) -> str:
        """Decode a value, remembering a fault."""
        if raw.isascii() and b"\x1b" not in raw:
            return raw.decode("ascii")
        text, valid = decode(raw, self.codecs, delimiters)
        self.faulty = self.faulty or not valid
        return text


def _checked(text: str) -> str:
    if "\0" in text:
        raise BadValue("The value holds a NUL character.")
    return text


def _each(text: str, check: Callable[[str], bool], complaint: str) -> list[Any]:
    """The values of a text of several, empty ones as None."""
    if "\\" not in text:
        if text and not check(text):
            raise BadValue(complaint)
        return [text] if text else []
    values = [value.strip() for value in text.split("\\")]
    if not all(check(value) for value in values if value):
        raise BadValue(complaint)
    return [value or None for value in values]


def _coded(longest: int, complaint: str) -> ValueReader:
    def read(raw: bytes, _: Charset, little: bool) -> list[Any]:
        text = _checked(raw.decode("latin-1").strip(_PADDING))
        return _each(text, lambda value: len(value) <= longest, complaint)

    return read


def _matching(check: Callable[[str], bool], complaint: str) -> ValueReader:
    def read(raw: bytes, _: Charset, little: bool) -> list[Any]:
        return _each(_checked(raw.decode("latin-1").rstrip(_PADDING)), check, complaint)

    return read


def _is_age(value: str) -> bool:
    return len(value) == _AGE


def _is_uid(value: str) -> bool:
    return len(value) <= _LONGEST and _UI.fullmatch(value) is not None


def _long(value: str) -> bool:
    return len(value) <= _LONGEST and (value.isprintable() or not any(map(_is_control, value)))


def _short(value: str) -> bool:
    return len(value) <= _LONGEST_SHORT


def _any(value: str) -> bool:
    return True


def _is_control(character: str) -> bool:
    return character < " " or character == "\x7f"


def _text(check: Callable[[str], bool], complaint: str) -> ValueReader:
    """Several texts in the character set of the file: LO, SH, UC; leading spaces are kept as written."""

    def read(raw: bytes, charset: Charset, little: bool) -> list[Any]:
        text = _checked(charset.text(raw).rstrip(_PADDING))
        values = [value.rstrip(_PADDING) for value in text.split("\\")] if "\\" in text else [text]
        if not all(check(value) for value in values):
            raise BadValue(complaint)
        return [value or None for value in values] if text else []

    return read


def _paragraph(raw: bytes, charset: Charset, little: bool) -> list[Any]:
    text = _checked(charset.text(raw).rstrip(_PADDING))
    return [text] if text else []


def _address(raw: bytes, _: Charset, little: bool) -> list[Any]:
    text = _checked(raw.decode("latin-1").rstrip(_PADDING))
    return [text] if text else []


def _name(raw: bytes, charset: Charset, little: bool) -> list[Any]:
    text = _checked(charset.text(raw, NAME_DELIMITERS).rstrip(_PADDING))
    return [_name_groups(name) for name in text.split("\\")] if text else []


def _name_groups(name: str) -> dict[str, str] | None:
    groups = name.split("=")
    if len(groups) > _MOST_GROUPS:
        raise BadValue("A person name has more than three groups.")
    if any(len(group) > _LONGEST or group.count("^") >= _MOST_COMPONENTS for group in groups):
        raise BadValue("A group of a person name is longer than 64 characters or five components.")
    return {label: group for label, group in zip(_NAME_GROUPS, groups, strict=False) if group} or None


def _decimals(raw: bytes, _: Charset, little: bool) -> list[Any]:
    raw = raw.rstrip(b" \0")
    if raw.translate(None, _DECIMAL):
        raise BadValue("The value is not a decimal string.")
    texts = raw.decode("ascii").split("\\")
    try:
        values = [float(text) if text and not text.isspace() else None for text in texts]
    except ValueError:
        raise BadValue("The value is not a decimal string.") from None
    if not all(value is None or isfinite(value) for value in values):
        raise BadValue("The number is not finite.")
    return [] if values == [None] else values


def _integers(raw: bytes, _: Charset, little: bool) -> list[Any]:
    raw = raw.rstrip(b" \0")
    texts = raw.decode("latin-1").split("\\")
    if raw.translate(None, _INTEGER) or max(map(len, texts)) > _LONGEST:
        raise BadValue("The value is not an integer string.")
    try:
        values = [int(text) if text and not text.isspace() else None for text in texts]
    except ValueError:
        raise BadValue("The value is not an integer string.") from None
    if not all(value is None or -(1 << 31) <= value < 1 << 31 for value in values):
        raise BadValue("The integer has more than 32 bits.")
    return [] if values == [None] else values


def _numbers(code: str, *, floating: bool = False) -> ValueReader:
    layouts = Struct(">" + code), Struct("<" + code)
    size = layouts[0].size

    def read(raw: bytes, _: Charset, little: bool) -> list[Any]:
        if len(raw) % size:
            raise BadValue("The length of the value is no multiple of its numbers' size.")
        values = [value for (value,) in layouts[little].iter_unpack(raw)]
        if floating and not all(map(isfinite, values)):
            raise BadValue("The number is not finite.")
        return values

    return read


def _long_numbers(code: str) -> ValueReader:
    """Integers of 64 bits: what a double does not hold goes out as a text, since browsers round (F.2.2)."""
    read_numbers = _numbers(code)

    def read(raw: bytes, charset: Charset, little: bool) -> list[Any]:
        values = read_numbers(raw, charset, little)
        return [value if -_LARGEST_EXACT <= value <= _LARGEST_EXACT else str(value) for value in values]

    return read


_TAGS = Struct(">HH"), Struct("<HH")


def _tags(raw: bytes, _: Charset, little: bool) -> list[Any]:
    """The values of AT, as eight hexadecimal digits."""
    if len(raw) % 4:
        raise BadValue("The length of the value is no multiple of four.")
    return [f"{group:04X}{element:04X}" for group, element in _TAGS[little].iter_unpack(raw)]


READERS: dict[str, ValueReader] = {
    "AE": _coded(_LONGEST_SHORT, "The value is longer than 16 characters."),
    "CS": _coded(_LONGEST_SHORT, "The value is longer than 16 characters."),
    "AS": _matching(_is_age, "The age is not of four characters."),
    "UI": _matching(_is_uid, "The value is not a UID."),
    "DA": _matching(is_date, "The value is not a date."),
    "TM": _matching(is_time, "The value is not a time."),
    "DT": _matching(is_date_time, "The value is not a date and time."),
    "LO": _text(_long, "The value is longer than 64 characters or holds control characters."),
    "SH": _text(_short, "The value is longer than 16 characters."),
    "UC": _text(_any, ""),
    "LT": _paragraph,
    "ST": _paragraph,
    "UT": _paragraph,
    "UR": _address,
    "PN": _name,
    "DS": _decimals,
    "IS": _integers,
    "AT": _tags,
    "US": _numbers("H"),
    "SS": _numbers("h"),
    "UL": _numbers("L"),
    "SL": _numbers("l"),
    "UV": _long_numbers("Q"),
    "SV": _long_numbers("q"),
    "FL": _numbers("f", floating=True),
    "FD": _numbers("d", floating=True),
}


_WIDTHS = {"US": 2, "SS": 2, "UL": 4, "SL": 4, "FL": 4, "AT": 4, "UV": 8, "SV": 8, "FD": 8}
_WHOLE = frozenset({"LT", "ST", "UT", "UR"})
_NUMBERS_IN_A_NAME = 8  # a name becomes an object of groups, which takes as much as so many numbers


def number_of_values(vr: str, raw: bytes) -> int:
    """How many values bytes hold, before they are read; a name counts for several: it takes more memory."""
    if vr in _WIDTHS:
        return len(raw) // _WIDTHS[vr]
    if vr in _WHOLE:
        return 1
    number = raw.count(b"\\") + 1
    return number * _NUMBERS_IN_A_NAME if vr == "PN" else number
