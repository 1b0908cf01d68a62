"""Numbers: kept as points and ranges, asked as ranges by their written digits (FHIR R4 search.html#number).

Both ends of an asked range belong to it, as those of a kept one do.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from math import inf, isfinite, nextafter
from typing import Any

from fhir_profiles.index.asked import Asked, AskedSpan, Asking, Prefix, UnreadableValue, prefixed
from fhir_profiles.index.kept import Converter, KeptRows

_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_EXACT = Context(prec=2_000)  # digits enough for any number that is read
_ABOUT = 0.1  # `ap`: within a tenth of the value


def _number(rows: KeptRows, param: str, value: Any, _: str) -> None:
    if isinstance(value, int | float):
        rows.span(param, float(value), float(value))


def measured_range(rows: KeptRows, param: str, value: Any, _: str) -> None:
    """A Range from its low to its high; where one of them is absent it is open."""
    low, high = value.get("low"), value.get("high")
    ends = [
        each for each in (low, high) if isinstance(each, dict) and isinstance(each.get("value"), int | float)
    ]
    if ends:
        limits = (
            float(low["value"]) if low in ends else -inf,
            float(high["value"]) if high in ends else inf,
        )
        measured(rows, param, limits, ends[0])


def measured(rows: KeptRows, param: str, limits: tuple[float, float], unit: Mapping[str, Any]) -> None:
    """Add a range under its coded unit, and under the unit as written where that is another text."""
    code, written = unit.get("code"), unit.get("unit")
    if code:
        rows.span(param, *limits, unit.get("system"), code)
    if written != code or not code:
        rows.span(param, *limits, "", written)


KEPT: Mapping[str, Converter] = {
    **dict.fromkeys(("integer", "decimal", "unsignedInt", "positiveInt"), _number),
    "Range": measured_range,
}


def asked(asking: Asking, text: str) -> Asked:
    """Read `[prefix][number]`."""
    prefix, value = prefixed(text)
    return AskedSpan(asking.name, prefix, *asked_limits(prefix, value))


def asked_limits(prefix: Prefix, text: str) -> tuple[float, float]:
    """The range that a number asks for; raises `UnreadableValue` where the text is none."""
    found = limits(prefix, text)
    if found is None:
        raise UnreadableValue("not a number")
    return found


def limits(prefix: Prefix, text: str) -> tuple[float, float] | None:
    """The range that kept ones are compared with; None where the text is no number.

    100 equals what rounds to it, [99.5, 100.5); the prefixes other than equality compare with the value
    itself. A number of more digits than a float tells apart is a point.
    """
    if not _NUMBER.fullmatch(text) or not isfinite(number := float(text)):
        return None
    if prefix in (Prefix.EQ, Prefix.NE):
        return _rounding(number, Decimal(text))
    return _COMPARED.get(prefix, _point)(number)


def _rounding(number: float, written: Decimal) -> tuple[float, float]:
    """What rounds to a number as it is written.

    The ends are calculated in decimal digits and made floats as kept numbers are: a float that is calculated
    from floats may lie beside the one that is kept, and leave out what stands at the end.
    """
    half = Decimal(5).scaleb(int(written.as_tuple().exponent) - 1, _EXACT)
    low, beyond = float(_EXACT.subtract(written, half)), float(_EXACT.add(written, half))
    return min(number, low), max(number, nextafter(beyond, -inf))


def _point(number: float) -> tuple[float, float]:
    return number, number


def _around(number: float) -> tuple[float, float]:
    """A tenth either side; the ends of what is about belong to it, and so does 0 to what is about 0."""
    reach = abs(number) * _ABOUT
    return nextafter(number - reach, -inf), nextafter(number + reach, inf)


def _before(number: float) -> tuple[float, float]:
    return nextafter(number, -inf), number


def _after(number: float) -> tuple[float, float]:
    return number, nextafter(number, inf)


# A point neither starts after itself nor ends before it begins.
_COMPARED: Mapping[Prefix, Callable[[float], tuple[float, float]]] = {
    Prefix.AP: _around,
    Prefix.SA: _after,
    Prefix.EB: _before,
}
