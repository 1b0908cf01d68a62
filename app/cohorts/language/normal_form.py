"""The normal form of a question: one text, and so one hash, for questions that mean the same.

It is a question itself: defaults filled in, notes and paging left out, nested `all` in `all` and `any` in
`any` flattened, keys and unordered lists sorted.
"""

from collections.abc import Callable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

import orjson

from app.cohorts.language.shaping import with_widths

NOTES = frozenset({"src", "why", "display", "via"})
_UNORDERED = frozenset(
    {"include", "exclude", "codes", "bodySite", "verification", "clinicalStatus", "category", "status"}
    | {"intent", "modality", "severity", "class", "reason", "criticality", "relationship", "laterality"}
    | {"any", "all", "none"}  # the words of a report: conditions are put in order where they are joined
)
_JUNCTIONS = ("all", "any")
_NOTHING = object()
_MEANT_ANYHOW: Mapping[str, Any] = {
    "count": {"op": "ge", "n": 1},
    "onMissingDate": "flag",
    "level": "series",
}
"""What an event means where it does not say it."""
_DEFAULTS: Mapping[str, Any] = {"grain": "patient", "count": True, "format": "table", "rows": [], "links": []}


def normal_form(raw: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """The normal form of a question that its schema accepts."""
    events = {name: _event(_plain(each)) for name, each in raw.get("events", {}).items()}
    form = {
        "version": raw["version"],
        "asOf": as_of.isoformat(),
        "conceptSets": _plain(raw.get("conceptSets", {}), "conceptSets"),
        "events": events,
        "population": _node(_plain(raw["population"])),
        "output": with_widths(
            {**_DEFAULTS, **_plain(raw.get("output", {}), notes=NOTES - {"via"}), "format": "table"}
        ),
    }
    return {name: value for name, value in form.items() if value != {}}


def cohort_of(form: Mapping[str, Any]) -> str:
    """The hash that names a question."""
    return sha256(_text(form)).hexdigest()


def _text(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _plain(value: Any, name: str = "", notes: frozenset[str] = NOTES) -> Any:
    """A value without notes, its unordered lists sorted; the names of the caller's stay."""
    if isinstance(value, dict):
        own = notes if name not in ("conceptSets", "events") else frozenset()
        return {key: _plain(each, key, notes) for key, each in value.items() if key not in own}
    if not isinstance(value, list):
        return value
    found = [_plain(each, "", notes) for each in value]
    return sorted({_text(each): each for each in found}.values(), key=_text) if name in _UNORDERED else found


def _node(node: dict[str, Any]) -> dict[str, Any]:
    ((key, of),) = node.items()
    if key in _JUNCTIONS:
        return _junction(key, [_node(each) for each in of])
    return {key: _NODES.get(key, _whole)(of)}


def _whole(of: Any) -> Any:
    return _event(of) if isinstance(of, dict) else of


def _at_least(of: Mapping[str, Any]) -> dict[str, Any]:
    return {"n": of["n"], "of": sorted((_node(each) for each in of["of"]), key=_text)}


def _death(death: Any) -> Any:
    if isinstance(death, bool) or death.keys() == {"value"}:
        return death if isinstance(death, bool) else death["value"]
    return {**death, "period": _period(death["period"])}


def _event(event: dict[str, Any]) -> dict[str, Any]:
    """An event of which what is meant anyhow is left out, and what is said shortly is written whole."""
    form = {name: value for name, value in event.items() if _MEANT_ANYHOW.get(name, _NOTHING) != value}
    if "period" in form:
        form["period"] = _period(form["period"])
    if "pick" in form:
        pick = {"from": form["pick"]} if isinstance(form["pick"], str) else form["pick"]
        form["pick"] = {"nth": 1, "from": "first", "inPeriod": False, **pick}
    return form


def _period(period: Any) -> Any:
    """One period as it is; of several each once and in order."""
    if not isinstance(period, list):
        return period
    distinct = sorted({_text(each): each for each in period}.values(), key=_text)
    return distinct[0] if len(distinct) == 1 else distinct


def _junction(key: str, of: list[dict[str, Any]]) -> dict[str, Any]:
    flat = [inner for each in of for inner in each.get(key, [each])]
    distinct = sorted({_text(each): each for each in flat}.values(), key=_text)
    return distinct[0] if len(distinct) == 1 else {key: distinct}


_NODES: Mapping[str, Callable[[Any], Any]] = {
    "not": _node,
    "atLeast": _at_least,
    "age": lambda age: {"unit": "a", "at": "asOf", **age},
    "sex": lambda sex: sex,
    "deceased": _death,
}
