"""Attributes that table E.1-1 does not name and whose text or bytes stay all the same: `allowed.json`.

The table lists what is known to identify; whatever else is text may hold a name, too. So text stays where it
tells of technique, and bytes where they are samples or tables of values. Everything else of those kinds goes.
"""

import json
import re
from importlib.resources import files

_LISTS = json.loads(files("app.imaging.deidentify").joinpath("allowed.json").read_text("utf-8"))
TECHNICAL = frozenset(_LISTS["technical"])
"""Text of machines and methods, which stays where it is of a harmless form."""
LABELS = frozenset(_LISTS["labels"])
"""What must not be empty and somebody typed: its known words stay, else a word says that it is gone."""
BINARY = frozenset(_LISTS["binary"])
"""Bytes that are samples, indices or entries of tables."""
SCHEMES = frozenset(_LISTS["schemes"])
"""Coding schemes of standards, whose codes name no person."""
CLASSES = frozenset(_LISTS["classes"])
"""UIDs of classes, syntaxes and code sets, which stay where they are of the standard."""
_CODE_STRING = re.compile(r"[A-Z0-9_ ]{0,16}")
_TECHNICAL = re.compile(r"[^^@=]{0,64}")
_NUMBERS = re.compile(r"[0-9]{6}|(?:19|20)[0-9]{2}[-./][0-9]{2}|[0-9]+(?:\.[0-9]+){4}")
_DIGITS = re.compile(r"[0-9]{6}")
_INTEGER, _DECIMAL = re.compile(r"[+-]?[0-9]{1,11}"), re.compile(r"[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?")
_CODE = re.compile(r"[A-Za-z0-9._\-/%\[\]{}*()^':+#&<=>]{1,64}")

_ICC, _ICC_AT = b"acsp", 36


def is_code_string(text: str) -> bool:
    """Whether it is a CS (PS3.5 6.2) without a long number in it."""
    return _CODE_STRING.fullmatch(text) is not None and not _DIGITS.search(text)


def is_technical(text: str) -> bool:
    """Whether a text has the form of the name of a machine or method: without numbers or dates."""
    return _TECHNICAL.fullmatch(text) is not None and not _NUMBERS.search(text)


def is_integer(text: str) -> bool:
    """Whether it is an IS."""
    return not text or _INTEGER.fullmatch(text) is not None


def is_decimal(text: str) -> bool:
    """Whether it is a DS."""
    return not text or _DECIMAL.fullmatch(text) is not None


def is_colour_profile(value: bytes) -> bool:
    """Whether it is an ICC profile, by the signature in its header (ICC.1 7.2)."""
    return value[_ICC_AT : _ICC_AT + len(_ICC)] == _ICC


def is_code(text: str) -> bool:
    """Whether it may be the value of a code."""
    return _CODE.fullmatch(text) is not None
