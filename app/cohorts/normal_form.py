"""The normal form of a question: one text, and so one hash, for questions that mean the same.

It is a question itself: defaults filled in, notes and paging left out, nested `all` in `all` and `any` in
`any` flattened, keys and unordered lists sorted.
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

import orjson

NOTES = frozenset({"src", "why", "display", "via"})
_UNORDERED = frozenset(
    {"include", "exclude", "codes", "bodySite", "verification", "clinicalStatus", "category", "status"}
    | {"intent", "modality"}
)
_JUNCTIONS = ("all", "any")
_DEFAULTS: Mapping[str, Any] = {"grain": "patient", "count": True, "format": "table", "rows": [], "links": []}


def normal_form(raw: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """The normal form of a question that its schema accepts."""
    form = {
        "version": raw["version"],
        "asOf": as_of.isoformat(),
        "conceptSets": _plain(raw.get("conceptSets", {})),
        "events": _plain(raw.get("events", {})),
        "population": _node(_plain(raw["population"])),
        "output": {**_DEFAULTS, **_plain(raw.get("output", {}), notes=NOTES - {"via"}), "format": "table"},
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
    for key, of in node.items():
        if key in _JUNCTIONS:
            return _junction(key, [_node(each) for each in of])
        if key == "not":
            return {"not": _node(of)}
        if key == "atLeast":
            return {"atLeast": {"n": of["n"], "of": sorted((_node(each) for each in of["of"]), key=_text)}}
        if key == "age":
            return {"age": {"unit": "a", "at": "asOf", **of}}
    return node


def _junction(key: str, of: list[dict[str, Any]]) -> dict[str, Any]:
    flat = [inner for each in of for inner in each.get(key, [each])]
    distinct = sorted({_text(each): each for each in flat}.values(), key=_text)
    return distinct[0] if len(distinct) == 1 else {key: distinct}
