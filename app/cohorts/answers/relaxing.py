"""The one change of a question that reaches a wanted number of patients, and gives up as little as can be.

Each condition that has to hold is relaxed by itself: an age or a number bit by bit, a period by longer ones,
a count by fewer; what else a condition asks is left out; and at last the condition itself. Of all that reach
the number the one is named that gives up the least: by how it is changed first, then by how much.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from app.cohorts.answers.listing import Counts

Raw: TypeAlias = dict[str, Any]
_LENGTHS = ("P30D", "P60D", "P90D", "P6M", "P1Y", "P2Y", "P3Y", "P5Y", "P10Y", "P20Y")
_DAYS = {"D": 1, "W": 7, "M": 30.44, "Y": 365.25}
_PARTS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)  # by how much a number is moved
_OLDEST = 120
_BIT_BY_BIT = 10
_WHOLE_FILTERS = (
    "verification",
    "clinicalStatus",
    "severity",
    "bodySite",
    "pick",
    "gap",
    "contrast",
    "laterality",
)
MOST_TRIED = 60


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One change: where, what it was, what it is now (None: left out), the question, and who then matches.

    `cost` orders changes: first how, then how much.
    """

    path: str
    was: Any
    now: Any
    question: Raw
    cost: tuple[int, float]
    matched: int = 0


@dataclass(frozen=True, slots=True)
class Relaxations:
    """The least change by which so many match, None where no one change does, and the others that do.

    `is_complete`: every change was tried; else the time or the cost of one request ended before.
    """

    least: Relaxation | None
    others: Sequence[Relaxation] = ()
    is_complete: bool = True


def relaxations(raw: Raw, wanted: int, count: Callable[[Raw], Counts | None]) -> Relaxations:
    """Find the changes by which so many match; `count` is None where it cannot count any more.

    Of the changes of one kind at one place only the smallest is tried that may reach it.
    """
    found: list[Relaxation] = []
    tried = 0
    for ladder in _ladders(raw):
        for step in _ordered(ladder):
            tried += 1
            counts = count(step.question) if tried <= MOST_TRIED else None
            if counts is None:
                return _in_order(found, is_complete=False)
            if counts.matched is not None and counts.matched >= wanted:
                found.append(replace(step, matched=counts.matched))
                break
    return _in_order(found, is_complete=True)


def _in_order(found: list[Relaxation], *, is_complete: bool) -> Relaxations:
    ordered = sorted(found, key=lambda each: each.cost)
    return Relaxations(ordered[0] if ordered else None, ordered[1:], is_complete)


def _ordered(ladder: list[Relaxation]) -> list[Relaxation]:
    return sorted(ladder, key=lambda each: each.cost)


def _ladders(raw: Raw) -> Iterator[list[Relaxation]]:
    """The changes of each condition, those of one kind together."""
    population = raw["population"]
    conditions = population.get("all")
    many = isinstance(conditions, list)
    for at, condition in enumerate(conditions if many else [population]):
        path = f"$.population.all[{at}]" if many else "$.population"
        steps: list[Any] = ["population", "all", at] if many else ["population"]
        yield from _of_condition(raw, condition, path, steps)
        if many and len(conditions or ()) > 1:
            yield [_without(raw, path, at)]


def _of_condition(
    raw: Raw, condition: Mapping[str, Any], path: str, steps: list[Any]
) -> Iterator[list[Relaxation]]:
    (key,) = (each for each in condition if each not in ("src", "why"))
    value = condition[key]
    if key == "age":
        yield _ages(raw, value, f"{path}.age", [*steps, "age"])
        return
    if key == "exists" and isinstance(value, str):
        event = raw.get("events", {}).get(value)
        place, where = f"$.events.{value}", ["events", value]
    elif isinstance(value, dict) and key not in ("not", "sex", "deceased", "atLeast"):
        event, place, where = value, f"{path}.{key}", [*steps, key]
    else:
        return
    if isinstance(event, dict):
        yield from _of_event(raw, event, place, where)


def _of_event(raw: Raw, event: Mapping[str, Any], path: str, steps: list[Any]) -> Iterator[list[Relaxation]]:
    periods = event.get("period")
    for at, period in enumerate(periods if isinstance(periods, list) else [periods] if periods else []):
        several = isinstance(periods, list)
        place = f"{path}.period[{at}]" if several else f"{path}.period"
        where = [*steps, "period", at] if several else [*steps, "period"]
        if "within" in period:
            yield _lengths(raw, period["within"], f"{place}.within", [*where, "within"])
    if "period" in event:
        yield [_left_out(raw, f"{path}.period", [*steps, "period"], 3)]
    if event.get("value", {}).get("op") in _LOOSER:
        yield _numbers(raw, event["value"], f"{path}.value.value", [*steps, "value", "value"])
    if event.get("count", {}).get("op") in ("ge", "gt") and event["count"]["n"] > 1:
        yield _fewer(raw, event["count"]["n"], f"{path}.count.n", [*steps, "count", "n"])
    for name in _WHOLE_FILTERS:
        if name in event:
            yield [_left_out(raw, f"{path}.{name}", [*steps, name], 2)]


def _ages(raw: Raw, age: Mapping[str, Any], path: str, steps: list[Any]) -> list[Relaxation]:
    """The age year by year, then by fives: down where it is at least so much, up where it is at most."""
    wider = _wider(age["op"], age["value"])
    near = [at for at in range(len(wider)) if at < _BIT_BY_BIT or at % 5 == 4]  # noqa: PLR2004
    place = [*steps, "value"]
    return [_changed(raw, f"{path}.value", place, wider[at], (1, (at + 1) / _OLDEST)) for at in near]


def _wider(op: str, value: Any) -> list[Any]:
    if op == "between":
        low, high = value
        return [[max(0, low - by), min(_OLDEST, high + by)] for by in range(1, _OLDEST)]
    if op in ("gt", "ge"):
        return list(range(value - 1, -1, -1))
    return list(range(value + 1, _OLDEST + 1))


def _lengths(raw: Raw, length: str, path: str, steps: list[Any]) -> list[Relaxation]:
    days = _days(length)
    longer = [each for each in _LENGTHS if _days(each) > days]
    return [_changed(raw, path, steps, each, (1, 1 - days / _days(each))) for each in longer]


def _days(length: str) -> float:
    """About how many days a duration has, of one unit; of several as many as the first says."""
    digits = "".join(each for each in length[1:] if each.isdigit() or each in "DWMY")
    unit = next((each for each in digits if each in _DAYS), "D")
    return float(digits.partition(unit)[0] or 0) * _DAYS[unit]


_LOOSER: Mapping[str, Callable[[float, float], float]] = {
    "gt": lambda value, part: value - abs(value) * part,
    "ge": lambda value, part: value - abs(value) * part,
    "lt": lambda value, part: value + abs(value) * part,
    "le": lambda value, part: value + abs(value) * part,
}


def _numbers(raw: Raw, value: Mapping[str, Any], path: str, steps: list[Any]) -> list[Relaxation]:
    looser = _LOOSER[value["op"]]
    return [_changed(raw, path, steps, round(looser(value["value"], part), 6), (1, part)) for part in _PARTS]


def _fewer(raw: Raw, number: int, path: str, steps: list[Any]) -> list[Relaxation]:
    return [_changed(raw, path, steps, each, (1, 1 - each / number)) for each in range(number - 1, 0, -1)]


def _changed(raw: Raw, path: str, steps: list[Any], now: Any, cost: tuple[int, float]) -> Relaxation:
    question = deepcopy(raw)
    holder, was = _at(question, steps)
    holder[steps[-1]] = now
    return Relaxation(path, was, now, question, cost)


def _left_out(raw: Raw, path: str, steps: list[Any], how: int) -> Relaxation:
    question = deepcopy(raw)
    holder, was = _at(question, steps)
    del holder[steps[-1]]
    return Relaxation(path, was, None, question, (how, 1.0))


def _without(raw: Raw, path: str, at: int) -> Relaxation:
    question = deepcopy(raw)
    was = question["population"]["all"].pop(at)
    return Relaxation(path, was, None, question, (4, 1.0))


def _at(question: Raw, steps: list[Any]) -> tuple[Any, Any]:
    """What holds the last step, and what stands there."""
    holder: Any = question
    for step in steps[:-1]:
        holder = holder[step]
    return holder, holder[steps[-1]]
