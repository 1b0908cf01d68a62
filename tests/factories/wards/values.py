"""Numbers that just are, and just are not, what a question asks of a result, in any of its units."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.factories.wards.terms import Result

GRADES: Mapping[str, tuple[str, str]] = {
    "high": ("H", "N"),
    "low": ("L", "N"),
    "abnormal": ("A", "N"),
    "normal": ("N", "A"),
}
"""The interpretation that is of a grade, and one that is not."""
_BEYOND = {"gt": 1, "ge": 1, "lt": -1, "le": -1}
_STRICT = frozenset({"gt", "lt", "ne"})


@dataclass(frozen=True, slots=True)
class Written:
    """A number as it is written, of a way to measure."""

    result: Result
    number: float


def fitting(value: Mapping[str, Any], ways: tuple[Result, ...], edge: int) -> Written:
    """A number that just fits; by `edge` in the question's own unit, or in another one."""
    return _written(value, ways, edge, fits=True)


def failing(value: Mapping[str, Any], ways: tuple[Result, ...], edge: int) -> Written:
    """A number that just does not."""
    return _written(value, ways, edge, fits=False)


def step(number: float) -> float:
    """The smallest difference that a laboratory would write beside this number."""
    digits = -int(Decimal(str(number)).normalize().as_tuple().exponent)
    return 10.0 ** -(max(digits, 0) if number >= 10 else max(digits, 1))


def _written(value: Mapping[str, Any], ways: tuple[Result, ...], edge: int, *, fits: bool) -> Written:
    own = next((each for each in ways if each.unit == value.get("unit")), ways[0])
    way = ways[edge % len(ways)] if edge else own
    number = _number(value, edge, fits=fits, plain=way.unit == own.unit)
    return Written(way, round(way.written(own.base(number)), 4))


def _number(value: Mapping[str, Any], edge: int, *, fits: bool, plain: bool) -> float:
    """A number in the question's unit; for another one, not so near that rounding tells."""
    op, asked = value["op"], value["value"]
    if op == "between":
        low, high = asked
        side = _number({"op": "ge", "value": low}, edge, fits=fits, plain=plain)
        other = _number({"op": "le", "value": high}, edge, fits=fits, plain=plain)
        return side if edge % 2 == 0 else other
    if op in ("eq", "ne"):
        return float(asked if fits == (op == "eq") else asked + step(asked))
    away = step(asked) * (1 if plain else 2)
    at_edge = fits != (op in _STRICT)
    if at_edge and plain:
        return float(asked)
    return float(asked + _BEYOND[op] * away * (1 if fits else -1))
