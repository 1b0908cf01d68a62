"""The functions that make one type of another, and tell whether that can be done (FHIRPath 5.5)."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from fhir_profiles.fhirpath.comparing import Measure, is_number
from fhir_profiles.fhirpath.environment import Environment
from fhir_profiles.fhirpath.gathering import Function, ItemList, single
from fhir_profiles.fhirpath.temporal import PartialTime, read_time

_TRUE = frozenset({"true", "t", "yes", "y", "1", "1.0"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "0.0"})
_WHOLE = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,40}(?:\.\d{1,40})?", re.ASCII)
_QUANTITY = re.compile(r"([+-]?\d{1,40}(?:\.\d{1,40})?)(?:\s+(?:'([^']+)'|([a-z]+)))?", re.ASCII)
_DAY = 3  # parts of a full date


def _boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    text = str(value).lower() if isinstance(value, str) or is_number(value) else ""
    return True if text in _TRUE else False if text in _FALSE else None


def _integer(value: Any) -> int | None:
    if isinstance(value, int):
        return int(value)
    return int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else None


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, int | Decimal):
        return Decimal(value)
    return Decimal(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def as_text(value: Any) -> str | None:
    """A value as its text; None for an object."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Measure):
        return f"{value.value:f} '{value.unit}'"
    return str(value) if isinstance(value, str | int | PartialTime) else None


def _date(value: Any) -> PartialTime | None:
    moment = _moment(value)
    return PartialTime(moment.parts[:_DAY]) if moment and not moment.clock else None


def _date_time(value: Any) -> PartialTime | None:
    moment = _moment(value)
    return moment if moment and not moment.clock else None


def _time(value: Any) -> PartialTime | None:
    moment = _moment(value)
    return moment if moment and moment.clock else None


def _moment(value: Any) -> PartialTime | None:
    return value if isinstance(value, PartialTime) else read_time(value)


def _quantity(value: Any) -> Measure | None:
    if isinstance(value, Measure):
        return value
    if isinstance(value, int | Decimal):
        return Measure(Decimal(value), "1")
    match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
    return Measure(Decimal(match[1]), match[2] or match[3] or "1") if match else None


def _to(convert: Callable[[Any], Any]) -> Function:
    def called(_: Environment, items: ItemList, *__: ItemList) -> ItemList:
        value = single(items)
        found = None if value is None else convert(value)
        return [] if found is None else [found]

    return Function(called, 0, 1)


def _can(convert: Callable[[Any], Any]) -> Function:
    def called(_: Environment, items: ItemList, *__: ItemList) -> ItemList:
        value = single(items)
        return [] if value is None else [convert(value) is not None]

    return Function(called, 0, 1)


_CONVERSIONS: Mapping[str, Callable[[Any], Any]] = {
    "Boolean": _boolean,
    "Date": _date,
    "DateTime": _date_time,
    "Decimal": _decimal,
    "Integer": _integer,
    "Quantity": _quantity,
    "String": as_text,
    "Time": _time,
}

FUNCTIONS: Mapping[str, Function] = {
    **{f"to{name}": _to(convert) for name, convert in _CONVERSIONS.items()},
    **{f"convertsTo{name}": _can(convert) for name, convert in _CONVERSIONS.items()},
}
"""By name."""
