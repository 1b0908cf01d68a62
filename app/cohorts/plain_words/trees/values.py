"""Values of results from what is said of them: a comparison in a unit, high or low, positive or negative."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from app.cohorts.plain_words.grammar.bounds import Bound
from app.cohorts.plain_words.scanning.amounts import Amount, AmountKind

_SNOMED = "http://snomed.info/sct"
_INTERPRETED = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
_CODED: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "positive": (
        (_SNOMED, "10828004", "Positive"),
        (_SNOMED, "260373001", "Detected"),
        (_SNOMED, "11214006", "Reactive"),
        (_SNOMED, "52101004", "Present"),
        (_INTERPRETED, "POS", "Positive"),
    ),
    "negative": (
        (_SNOMED, "260385009", "Negative"),
        (_SNOMED, "260415000", "Not detected"),
        (_SNOMED, "131194007", "Non-reactive"),
        (_SNOMED, "2667000", "Absent"),
        (_INTERPRETED, "NEG", "Negative"),
    ),
}
_PER_MICROLITRE = {
    "10*3/uL": (Decimal(500), Decimal(1000)),
    "10*6/uL": (Decimal(100_000), Decimal(1_000_000)),
}


def level_value(level: str) -> dict[str, Any]:
    """The value of a result that is called high, low, abnormal, normal, positive or negative."""
    if level in _CODED:
        codes = [{"system": system, "code": code, "display": name} for system, code, name in _CODED[level]]
        return {"op": "in", "codes": codes}
    return {"op": level}


def number_of(amount: Decimal) -> int | float:
    """A number as JSON writes it."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def value_of(bounds: Sequence[Bound], usual: str) -> dict[str, Any] | None:
    """The value that comparisons ask for, with the usual unit of the test for a bare number; None where no
    single comparison says it."""
    bound, *others = bounds
    if others:
        low, high = sorted(bounds, key=lambda each: each.op in ("le", "lt"))
        if low.op not in ("ge", "gt") or high.op not in ("le", "lt"):
            return None
        return _value("between", [low.amount.number, high.amount.number], _unit(low, usual), usual)
    unit = _unit(bound, usual)
    if bound.high is not None:
        return _value("between", [bound.amount.number, bound.high.number], unit, usual)
    return _value(bound.op, [bound.amount.number], unit, usual)


def as_percent(bounds: Sequence[Bound]) -> tuple[Bound, ...]:
    """Comparisons of a share in percent where they are told as a fraction: `FEV1/FVC < 0.7`."""
    ends = [each for bound in bounds for each in (bound.amount, bound.high) if each]
    if any(each.kind is not AmountKind.BARE or each.number > 1 for each in ends):
        return tuple(bounds)
    return tuple(
        replace(each, amount=_hundredfold(each.amount), high=each.high and _hundredfold(each.high))
        for each in bounds
    )


def _hundredfold(amount: Amount) -> Amount:
    return replace(amount, number=amount.number * 100)


def _unit(bound: Bound, usual: str) -> str | None:
    return bound.amount.unit if bound.amount.kind is AmountKind.MEASURED else None


def _value(op: str, numbers: list[Decimal], unit: str | None, usual: str) -> dict[str, Any]:
    if unit is None:
        numbers, unit = _counted(numbers, usual)
    made: dict[str, Any] = {
        "op": op,
        "value": number_of(numbers[0]) if len(numbers) == 1 else [*map(number_of, numbers)],
    }
    return {**made, "unit": unit} if unit else made


def _counted(numbers: list[Decimal], usual: str) -> tuple[list[Decimal], str]:
    """A bare number of cells, 15,000, is one per microlitre where the usual unit counts thousands of them."""
    least, by = _PER_MICROLITRE.get(usual, (None, Decimal(1)))
    if least is not None and min(numbers) >= least:
        return [each / by for each in numbers], usual
    return numbers, usual


def ends_are_in(bounds: Sequence[Bound]) -> bool:
    """Whether the ends of a range count, as `between` has it."""
    return all(each.op not in ("gt", "lt") for each in bounds) or len(bounds) == 1
