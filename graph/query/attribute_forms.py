"""The properties that a DICOM attribute becomes on its node, and the forms in which they are asked.

The value stands verbatim under the keyword. Text has a folded twin beside it; dates, times and numbers have
`_low` and `_high`, the interval [low, high) in microseconds (dates since the epoch in UTC, times since
midnight) or as numbers. Ingest and the study write these, QIDO-RS asks them, the schema indexes them.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from fhir_profiles.index.folding import fold
from graph.query.attributes import LEVELS, Attribute, of_level
from graph.query.expression import Kind
from graph.records import AttributeValue, Facts

_FOLDED, _LOW, _HIGH = "_folded", "_low", "_high"
_TWINS: Mapping[Kind, tuple[str, ...]] = {Kind.TERM: (), Kind.TEXT: (_FOLDED,), Kind.SPAN: (_LOW, _HIGH)}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)
_UNITS = (3_600_000_000, 60_000_000, 1_000_000)  # hour, minute, second
_LONGEST_IN_TM = 6  # digits of HHMMSS


def folded_property(keyword: str) -> str:
    """The property beside a text attribute that holds its folded form."""
    return keyword + _FOLDED


def limit_properties(keyword: str) -> tuple[str, str]:
    """The properties beside a date, time or number that hold the ends of its interval."""
    return keyword + _LOW, keyword + _HIGH


def compared_property(attribute: Attribute) -> str:
    """The property that matching compares first, and that an index holds."""
    twins = _TWINS[attribute.kind]
    return attribute.keyword + twins[0] if twins else attribute.keyword


def property_names(attributes: Iterable[Attribute]) -> tuple[str, ...]:
    """Every property that these attributes become."""
    return tuple(f"{each.keyword}{suffix}" for each in attributes for suffix in ("", *_TWINS[each.kind]))


def properties_of(level: str, facts: Facts) -> dict[str, Any]:
    """The properties of one level's attributes; an attribute that is absent is not touched."""
    properties: dict[str, Any] = {}
    for attribute in _OF_LEVEL[level]:
        value = facts.get(attribute.keyword)
        if value not in (None, "", ()):
            properties |= _property(attribute, value)
    return properties


def cleared(level: str) -> dict[str, None]:
    """The properties of a level, each to be removed."""
    return dict.fromkeys(property_names(_OF_LEVEL[level]))


def _property(attribute: Attribute, value: AttributeValue | None) -> dict[str, Any]:
    verbatim = list(value) if isinstance(value, tuple) else value
    properties: dict[str, Any] = {attribute.keyword: verbatim}
    if attribute.kind is Kind.TEXT:
        properties[folded_property(attribute.keyword)] = folded(str(value))
    elif attribute.kind is Kind.SPAN and (interval := interval_of(attribute.vr, str(value))):
        properties |= zip(limit_properties(attribute.keyword), interval, strict=True)
    return properties


def folded(text: str) -> str:
    """The form in which texts of DICOM are compared: folded, and the carets of names are spaces."""
    return fold(text.replace("^", " "))


def interval_of(vr: str, text: str) -> tuple[int, int] | None:
    """The interval [low, high) that a DA, TM or integer value covers (PS3.5 6.2); None where invalid."""
    try:
        found: tuple[int, int] = _INTERVALS[vr](text.strip())
    except (ValueError, OverflowError):
        return None
    return found


def _day(text: str) -> tuple[int, int]:
    start = datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC) - _EPOCH
    return start // _MICROSECOND, (start + _DAY) // _MICROSECOND


def _time(text: str) -> tuple[int, int]:
    digits, _, fraction = text.replace(":", "").partition(".")
    if not digits.isascii() or not digits.isdigit() or len(digits) % 2 or len(digits) > _LONGEST_IN_TM:
        raise ValueError("not a TM")
    pairs = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    low = sum(unit * count for unit, count in zip(_UNITS, pairs, strict=False))
    width = _UNITS[len(pairs) - 1]
    if fraction:
        low += int(fraction[:6].ljust(6, "0"))
        width = 10 ** max(0, 6 - len(fraction))
    return low, low + width


def _integer(text: str) -> tuple[int, int]:
    value = int(text)
    return value, value + 1


_INTERVALS: Mapping[str, Any] = {"DA": _day, "TM": _time, "IS": _integer, "US": _integer}
_OF_LEVEL = {level: of_level(level) for level in LEVELS}
