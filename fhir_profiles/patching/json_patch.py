"""JSON Patch (RFC 6902), on the text of a resource (FHIR R4 http.html#patch)."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from fhir_profiles.documents import parse_value
from fhir_profiles.issues import InvalidDocument, Issue
from fhir_profiles.json_spans import TextSpan, first, items, members
from fhir_profiles.patching.patches import MOST_OPERATIONS, PatchStep, TextBudget, TooMuchToPatch
from fhir_profiles.patching.text_edits import put_item, put_member, replaced, without, without_empty

JSON_PATCH = "application/json-patch+json"
_END = "-"
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_ESCAPE = re.compile(r"~(?![01])")


@dataclass(frozen=True, slots=True)
class _Operation:
    """One operation: `value` is its text as it was sent, `source` the pointer `from`."""

    step: PatchStep
    op: str
    path: tuple[str, ...]
    value: str = ""
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JsonPatch:
    """A JSON Patch that was read."""

    operations: tuple[_Operation, ...]

    def applied(self, text: str) -> str:
        """The text with all operations done, in their order.

        What a removal leaves empty is taken away at the end, as FHIR has no empty arrays. Raises
        `UnfitPatch` where a test fails or a place is not there.
        """
        budget = TextBudget()
        for each in self.operations:
            text = _DONE[each.op](budget.over(text), each)
        takes = any(each.op in ("remove", "move") for each in self.operations)
        return without_empty(text, budget) if takes else budget.over(text)


def read_json_patch(raw: bytes) -> JsonPatch:
    """Read a JSON Patch; raises `InvalidDocument` with the place of what is none, `TooMuchToPatch`."""
    listed = parse_value(raw)
    if not isinstance(listed, list):
        _refuse("", "a JSON Patch is an array of operations")
    if len(listed) > MOST_OPERATIONS:
        raise TooMuchToPatch(Issue("error", "too-long", "", f"more than {MOST_OPERATIONS} operations"))
    text = raw.decode()
    spans = items(text, first(text))
    return JsonPatch(
        tuple(
            _read(text, span, each, f"patch[{place}]")
            for place, (span, each) in enumerate(zip(spans, listed, strict=True))
        )
    )


def _read(text: str, span: TextSpan, given: Any, place: str) -> _Operation:
    op = given.get("op") if isinstance(given, dict) else None
    if not isinstance(op, str) or op not in _DONE:
        _refuse(f"{place}.op", f"an operation has an op of {', '.join(_DONE)}")
    path = _pointer(given.get("path"), f"{place}.path")
    if op in ("add", "replace", "test"):
        found = next((value for name, value in members(text, span.start) if name == "value"), None)
        if found is None:
            _refuse(f"{place}.value", f"{op} needs a value")
        return _Operation(PatchStep(place), op, path, text[found.start : found.end])
    if op == "remove":
        return _Operation(PatchStep(place), op, path)
    source = _pointer(given.get("from"), f"{place}.from")
    if op == "move" and source == path[: len(source)] and source != path:
        _refuse(f"{place}.path", "nothing is moved into itself")
    return _Operation(PatchStep(place), op, path, source=source)


def _pointer(given: Any, place: str) -> tuple[str, ...]:
    """The steps of a JSON Pointer (RFC 6901)."""
    if not isinstance(given, str) or (given and not given.startswith("/")) or _ESCAPE.search(given):
        _refuse(place, "it is a JSON Pointer, as /name/0/family")
    return tuple(each.replace("~1", "/").replace("~0", "~") for each in given.split("/")[1:])


def _refuse(place: str, wrong: str) -> NoReturn:
    raise InvalidDocument(Issue("error", "structure", place, wrong))


def _found(text: str, path: tuple[str, ...], step: PatchStep) -> TextSpan:
    """The span of the value that a pointer leads to; raises `UnfitPatch`."""
    start = first(text)
    span = TextSpan(start, len(text.rstrip()))
    for name in path:
        inside = _inside(text, span, name)
        if inside is None:
            step.unfit("the path leads to nothing in the resource")
        span = inside
    return span


def _inside(text: str, span: TextSpan, name: str) -> TextSpan | None:
    if text[span.start] == "{":
        return next((value for member, value in members(text, span.start) if member == name), None)
    if text[span.start] == "[" and _INDEX.fullmatch(name):
        return next((item for place, item in enumerate(items(text, span.start)) if place == int(name)), None)
    return None


def _add(text: str, each: _Operation) -> str:
    if not each.path:
        return each.value
    holder, name = _found(text, each.path[:-1], each.step), each.path[-1]
    if text[holder.start] == "{":
        return put_member(text, holder.start, name, each.value)
    if text[holder.start] != "[":
        each.step.unfit("the path leads into what holds nothing")
    size = sum(1 for _ in items(text, holder.start))
    if name != _END and (not _INDEX.fullmatch(name) or int(name) > size):
        each.step.unfit("the path names no place of the array")
    return put_item(text, holder.start, size if name == _END else int(name), each.value)


def _remove(text: str, each: _Operation) -> str:
    if not each.path:
        each.step.unfit("the resource as a whole is not removed by a patch")
    _found(text, each.path, each.step)
    holder, name = _found(text, each.path[:-1], each.step), each.path[-1]
    return without(text, holder.start, name if text[holder.start] == "{" else int(name))


def _replace(text: str, each: _Operation) -> str:
    return replaced(text, _found(text, each.path, each.step), each.value)


def _copied(text: str, each: _Operation) -> _Operation:
    source = _found(text, each.source, each.step)
    return _Operation(each.step, "add", each.path, text[source.start : source.end])


def _move(text: str, each: _Operation) -> str:
    added = _copied(text, each)
    return _add(_remove(text, _Operation(each.step, "remove", each.source)), added)


def _copy(text: str, each: _Operation) -> str:
    return _add(text, _copied(text, each))


def _test(text: str, each: _Operation) -> str:
    span = _found(text, each.path, each.step)
    if not _same(_exact(text[span.start : span.end]), _exact(each.value)):
        each.step.unfit("the test fails: the resource has another value there", "conflict")
    return text


def _exact(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are equal (RFC 6902 4.6): numbers by what they count, members in any order."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(each, other[name]) for name, each in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


_DONE: Mapping[str, Callable[[str, _Operation], str]] = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}
