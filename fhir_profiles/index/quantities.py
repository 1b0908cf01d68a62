"""Quantities: a range with its unit, coded and as written (FHIR R4 search.html#quantity)."""

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from fhir_profiles.index.asked import Asked, AskedSpan, Asking, UnreadableValue, prefixed
from fhir_profiles.index.escaping import split_on
from fhir_profiles.index.kept import Converter, KeptRows
from fhir_profiles.index.numbers import asked_limits, measured, measured_range

CURRENCY = "urn:iso:std:iso:4217"
_SYSTEM_AND_CODE = 2
_BEYOND: Mapping[str, Callable[[float], tuple[float, float]]] = {
    "<": lambda value: (-inf, value),
    "<=": lambda value: (-inf, value),
    ">": lambda value: (value, inf),
    ">=": lambda value: (value, inf),
}


def _quantity(rows: KeptRows, param: str, value: Any, _: str) -> None:
    number = value.get("value")
    if isinstance(number, int | float):
        beyond = _BEYOND.get(str(value.get("comparator")))
        measured(rows, param, beyond(float(number)) if beyond else (float(number), float(number)), value)


def _money(rows: KeptRows, param: str, value: Any, _: str) -> None:
    number = value.get("value")
    if isinstance(number, int | float):
        rows.span(param, float(number), float(number), CURRENCY, value.get("currency"))


KEPT: Mapping[str, Converter] = {
    **dict.fromkeys(("Quantity", "Age", "Count", "Distance", "Duration"), _quantity),
    "Range": measured_range,
    "Money": _money,
}


def asked(asking: Asking, text: str) -> Asked:
    """Read `[prefix][number]|[system]|[code]`.

    The unit may be a code, or a unit as written. Raises `UnreadableValue`.
    """
    number, *unit = split_on(text, "|")
    if len(unit) > _SYSTEM_AND_CODE:
        raise UnreadableValue("a quantity is [number]|[system]|[code]")
    system, code = (*unit, "", "")[:2]
    prefix, value = prefixed(number)
    return AskedSpan(asking.name, prefix, *asked_limits(prefix, value), system or None, code or None)
