"""What nobody can be, and what has not happened yet: no answer, whatever the store holds."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import orjson

from app.cohorts.plain_words.trees.periods import is_empty, is_future

_DAYS: Mapping[str, float] = {"a": 365.25, "mo": 30.4375, "wk": 7, "d": 1}


def contradiction(population: Mapping[str, Any], events: Mapping[str, Any], day: date) -> str:
    """The code of what makes a question one without answer; empty where nothing does."""
    for period in _periods({"population": population, "events": events}):
        if is_future(period, day):
            return "future"
        if is_empty(period):
            return "empty-period"
    return "contradictory" if any(map(_is_contradictory, _conjunctions(population))) else ""


def _conjunctions(node: Mapping[str, Any]) -> Iterator[list[Mapping[str, Any]]]:
    """The conditions that have to hold together, of each place of a tree."""
    ((key, of),) = ((name, each) for name, each in node.items() if name != "src")
    if key == "all":
        yield list(of)
    if key in ("all", "any"):
        for each in of:
            yield from _conjunctions(each)
    elif key == "not":
        yield from _conjunctions(of)
    elif key == "atLeast":
        for each in of["of"]:
            yield from _conjunctions(each)


def _is_contradictory(nodes: list[Mapping[str, Any]]) -> bool:
    plain = [_text(each) for each in nodes]
    denied = [_text(each["not"]) for each in nodes if "not" in each]
    denied += [
        _text(one) for each in nodes if "not" in each and "any" in each["not"] for one in each["not"]["any"]
    ]
    sexes = {str(each["sex"]["value"]) for each in nodes if "sex" in each and each["sex"]["op"] == "eq"}
    deaths = {
        _text(each["deceased"]) for each in nodes if "deceased" in each and isinstance(each["deceased"], bool)
    }
    return (
        bool(set(plain) & set(denied))
        or _is_denied_anyhow(nodes)
        or len(sexes) > 1
        or len(deaths) > 1
        or _no_age(nodes)
    )


def _is_denied_anyhow(nodes: list[Mapping[str, Any]]) -> bool:
    """Whether something is asked for in a way in which it is denied in any: diabetes later, and none ever."""
    never = {found for each in nodes if "not" in each for found in [_codes(each["not"])] if found[1]}
    return any(_codes(each) in never or (_codes(each)[0], True, _codes(each)[2]) in never for each in nodes)


def _codes(node: Mapping[str, Any]) -> tuple[str, bool, bytes]:
    """The kind and codes of an event, and whether nothing else is said of it."""
    (kind,) = (name for name in node if name != "src")
    event = node[kind]
    if not isinstance(event, dict) or "codes" not in event:
        return "", False, b""
    return kind, not set(event) - {"codes", "src"}, _text(event["codes"])


def _no_age(nodes: list[Mapping[str, Any]]) -> bool:
    """Whether no age is between the ends that are asked for."""
    low, high = 0.0, float("inf")
    for age in (each["age"] for each in nodes if "age" in each and "at" not in each["age"]):
        unit = _DAYS[age.get("unit", "a")]
        first, last = (age["value"], age["value"]) if age["op"] != "between" else age["value"]
        if age["op"] in ("ge", "between"):
            low = max(low, first * unit)
        if age["op"] == "gt":
            low = max(low, (first + 1) * unit)
        if age["op"] in ("le", "between"):
            high = min(high, (last + 1) * unit)
        if age["op"] == "lt":
            high = min(high, last * unit)
    return low >= high


def _periods(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        for name, each in value.items():
            if name == "period":
                yield from each if isinstance(each, list) else [each]
            else:
                yield from _periods(each)
    elif isinstance(value, list):
        for each in value:
            yield from _periods(each)


def _text(node: Any) -> bytes:
    return orjson.dumps(_plain(node), option=orjson.OPT_SORT_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if name not in ("src", "why")}
    return [_plain(each) for each in value] if isinstance(value, list) else value
