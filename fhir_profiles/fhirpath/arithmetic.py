"""The operators and functions of numbers, and time added to dates (FHIRPath 5.7, 6.6)."""

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from typing import Any, TypeAlias

from fhir_profiles.fhirpath.comparing import Measure, is_number
from fhir_profiles.fhirpath.environment import Environment
from fhir_profiles.fhirpath.errors import NotEvaluable
from fhir_profiles.fhirpath.gathering import Function, ItemList, single
from fhir_profiles.fhirpath.temporal import CALENDAR_UNITS, PartialTime, later

_MOST = 2**63
_MOST_DIGITS = 28
_HUGE = Decimal(10) ** 60
_LONGEST = 1_000_000

OPERATORS = frozenset({"+", "-", "*", "/", "div", "mod", "&"})
"""What `operate` takes."""

NumberOperation: TypeAlias = Callable[[Any, Any], Any]


def operate(operator: str, left: ItemList, right: ItemList) -> ItemList:
    """Apply `+ - * / div mod` or `&`; empty where a side is, or where the result is none (a division by 0).

    Raises `NotEvaluable` for values that have no such operation.
    """
    one, other = single(left), single(right)
    if operator == "&":
        return [_joined("" if one is None else str(one), "" if other is None else str(other))]
    if one is None or other is None:
        return []
    try:
        found = _operate(operator, one, other)
    except (DecimalException, ZeroDivisionError, OverflowError):
        return []
    return [] if found is None else [_bounded(found)]


def _operate(operator: str, one: Any, other: Any) -> Any:
    if isinstance(one, PartialTime):
        return _moved(operator, one, other)
    if isinstance(one, Measure) or isinstance(other, Measure):
        return _of_measures(operator, one, other)
    if type(one) is str and type(other) is str and operator == "+":
        return _joined(one, other)
    if not _plain_number(one) or not _plain_number(other):
        raise NotEvaluable(f"there is no {operator} of these values")
    return _NUMBERS[operator](one, other)


def _plain_number(value: Any) -> bool:
    return is_number(value) and type(value) is not bool


def _joined(one: str, other: str) -> str:
    if len(one) + len(other) > _LONGEST:
        raise NotEvaluable("the text becomes too long")
    return one + other


_NUMBERS: Mapping[str, NumberOperation] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": lambda one, other: Decimal(one) / Decimal(other),
    "div": lambda one, other: int(Decimal(one) / Decimal(other)),
    "mod": lambda one, other: one - other * int(Decimal(one) / Decimal(other)),
}


def _moved(operator: str, moment: PartialTime, amount: Any) -> PartialTime | None:
    if not isinstance(amount, Measure) or operator not in ("+", "-"):
        raise NotEvaluable("a date moves by an amount of time")
    unit = amount.unit.removesuffix("s")
    unit = {"a": "year", "mo": "month", "wk": "week", "d": "day", "h": "hour", "min": "minute"}.get(
        unit, unit
    )
    if unit not in CALENDAR_UNITS:
        raise NotEvaluable("a date moves by an amount of time")
    return later(moment, amount.value if operator == "+" else -amount.value, unit)


def _of_measures(operator: str, one: Any, other: Any) -> Measure | None:
    if isinstance(one, Measure) and isinstance(other, Measure):
        if operator not in ("+", "-") or one.unit != other.unit:
            return None
        return Measure(_NUMBERS[operator](one.value, other.value), one.unit, one.system)
    measure, number = (one, other) if isinstance(one, Measure) else (other, one)
    if operator not in ("*", "/") or not _plain_number(number) or (operator == "/" and measure is other):
        return None
    return Measure(_NUMBERS[operator](measure.value, Decimal(number)), measure.unit, measure.system)


def _bounded(value: Any) -> Any:
    """A whole number beyond 64 bits is a decimal, so that no product grows without end."""
    if type(value) is int and abs(value) >= _MOST:
        return +Decimal(value)
    return value


def negated(items: ItemList) -> ItemList:
    """Give the number or measure its other sign.

    Raises `NotEvaluable` for anything else.
    """
    value = single(items)
    if value is None:
        return []
    if isinstance(value, Measure):
        return [Measure(-value.value, value.unit, value.system)]
    if not _plain_number(value):
        raise NotEvaluable("only a number has a sign")
    return [-value]


def _of_number(run: Callable[..., Any]) -> Callable[..., ItemList]:
    """A function of a number, and of numbers: nothing where one is missing or the result is none."""

    def called(_: Environment, items: ItemList, *arguments: ItemList) -> ItemList:
        told: list[Any] = [single(items), *(single(each) for each in arguments)]
        if None in told:
            return []
        measure = told[0] if isinstance(told[0], Measure) else None
        numbers = [measure.value if measure else told[0], *told[1:]]
        if not all(_plain_number(each) for each in numbers):
            raise NotEvaluable("a function of numbers was called on something else")
        if any(abs(each) > _HUGE for each in numbers):
            return []
        try:
            found = run(*numbers)
        except (DecimalException, ValueError, OverflowError, ZeroDivisionError):
            return []
        if found is None:
            return []
        return [Measure(Decimal(found), measure.unit, measure.system) if measure else _bounded(found)]

    return called


def _power(base: Any, exponent: Any) -> Any:
    found = Decimal(base) ** Decimal(exponent)
    whole_numbers = type(base) is int and type(exponent) is int and exponent >= 0
    return int(found) if whole_numbers and abs(found) < _MOST else found


def _round(number: Any, places: Any = 0) -> Any:
    if type(places) is not int or not 0 <= places <= _MOST_DIGITS:
        raise NotEvaluable("round() takes a number of digits")
    rounded = Decimal(number).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return rounded if places else int(rounded) if abs(rounded) < _MOST else rounded


def _extreme(choose: Callable[..., Any]) -> Callable[..., ItemList]:
    def called(environment: Environment, items: ItemList) -> ItemList:
        environment.spend(len(items))
        numbers = [single([each]) for each in items]
        if not all(_plain_number(each) for each in numbers):
            raise NotEvaluable("a function of numbers was called on something else")
        return [choose(numbers)] if numbers else []

    return called


def _sum(environment: Environment, items: ItemList) -> ItemList:
    total: ItemList = items[:1]
    for each in items[1:]:
        environment.spend(1)
        total = operate("+", total, [each])
    return total or [0]


FUNCTIONS: Mapping[str, Function] = {
    "abs": Function(_of_number(abs)),
    "avg": Function(lambda env, items: operate("/", _sum(env, items), [len(items)])),
    "ceiling": Function(_of_number(math.ceil)),
    "exp": Function(_of_number(lambda number: Decimal(number).exp())),
    "floor": Function(_of_number(math.floor)),
    "ln": Function(_of_number(lambda number: Decimal(number).ln())),
    "log": Function(_of_number(lambda number, base: Decimal(number).ln() / Decimal(base).ln()), 1, 1),
    "max": Function(_extreme(max)),
    "min": Function(_extreme(min)),
    "power": Function(_of_number(_power), 1, 1),
    "round": Function(_of_number(_round), 0, 1),
    "sqrt": Function(_of_number(lambda number: Decimal(number).sqrt())),
    "sum": Function(_sum),
    "truncate": Function(_of_number(math.trunc)),
}
"""By name."""
