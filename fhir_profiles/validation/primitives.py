"""Whether a JSON value is a value of a FHIR primitive type (FHIR R4 datatypes.html#primitive).

The patterns are those of the definitions, made linear where theirs can be made to backtrack, with what the
text of the standard asks besides: real calendar days, 32-bit integers, no control characters.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeAlias

Check: TypeAlias = Callable[[Any], bool]

LONGEST_STRING = 1024 * 1024
_LEAST, _MOST = -(2**31), 2**31 - 1
_SHORT_MONTH = "28"

_YEAR = r"(?!0000)[0-9]{4}"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_SPACES = re.compile(r"\s+")


def _boolean(value: Any) -> bool:
    return value is True or value is False


def _whole(least: int) -> Check:
    return lambda value: type(value) is int and least <= value <= _MOST


def _decimal(value: Any) -> bool:
    return type(value) is int or type(value) is float


def _string(value: Any) -> bool:
    return type(value) is str and 0 < len(value) <= LONGEST_STRING and _CONTROL.search(value) is None


def _markup(value: Any) -> bool:
    return type(value) is str and value != ""


def _base64(value: Any) -> bool:
    if type(value) is not str or not value:
        return False
    if _BASE64.fullmatch(value) is None:
        value = _SPACES.sub("", value)
    return len(value) % 4 == 0 and _BASE64.fullmatch(value) is not None


def _pattern(pattern: str) -> Check:
    """White space is that of XML schema, whose patterns these are: a no-break space is none."""
    fullmatch = re.compile(pattern, re.ASCII).fullmatch
    return lambda value: type(value) is str and fullmatch(value) is not None


def _dated(pattern: str) -> Check:
    fullmatch = re.compile(pattern).fullmatch

    def check(value: Any) -> bool:
        if type(value) is not str or fullmatch(value) is None:
            return False
        return value[8:10] <= _SHORT_MONTH or _is_day(value[:10])

    return check


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


CHECKS: Mapping[str, Check] = {
    "base64Binary": _base64,
    "boolean": _boolean,
    "canonical": _pattern(r"[^\s\x00-\x1f]+"),
    "code": _pattern(r"[^\s\x00-\x1f]+(?: [^\s\x00-\x1f]+)*"),
    "date": _dated(rf"{_YEAR}(?:-{_MONTH}(?:-{_DAY})?)?"),
    "dateTime": _dated(rf"{_YEAR}(?:-{_MONTH}(?:-{_DAY}(?:T{_TIME}{_ZONE})?)?)?"),
    "decimal": _decimal,
    "id": _pattern(r"[A-Za-z0-9\-.]{1,64}"),
    "instant": _dated(rf"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}"),
    "integer": _whole(_LEAST),
    "markdown": _string,
    "oid": _pattern(r"urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+"),
    "positiveInt": _whole(1),
    "string": _string,
    "time": _pattern(_TIME),
    "unsignedInt": _whole(0),
    "uri": _pattern(r"[^\s\x00-\x1f]+"),
    "url": _pattern(r"[^\s\x00-\x1f]+"),
    "uuid": _pattern(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    "xhtml": _markup,
}
"""By primitive type."""

FORMS: Mapping[str, str] = {
    "base64Binary": "base64 in groups of four characters",
    "boolean": "true or false, without quotes",
    "canonical": "a URL without blanks",
    "code": "a text without blanks at its ends or two in a row",
    "date": "YYYY, YYYY-MM or YYYY-MM-DD, of a day that exists",
    "dateTime": "YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss+zz:zz, of a day that exists",
    "decimal": "a JSON number",
    "id": "1 to 64 of A-Z, a-z, 0-9, - and .",
    "instant": "YYYY-MM-DDThh:mm:ss.sss+zz:zz, with seconds and a zone",
    "integer": "a whole JSON number of 32 bits",
    "markdown": "a text that is not empty",
    "oid": "urn:oid: and numbers with dots",
    "positiveInt": "a whole JSON number from 1",
    "string": "a text that is not empty, without control characters",
    "time": "hh:mm:ss",
    "unsignedInt": "a whole JSON number from 0",
    "uri": "a URI without blanks",
    "url": "a URL without blanks",
    "uuid": "urn:uuid: and a UUID in lower case",
    "xhtml": "a div of XHTML as a text",
}
"""What a value of each looks like, in words for whoever got it wrong."""
