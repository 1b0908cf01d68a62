"""FHIRPath Patch: operations on the elements that FHIRPath finds (FHIR R4 fhirpatch.html), on the text."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from fhir_profiles.documents import parse
from fhir_profiles.fhirpath.environment import BUDGET, Environment
from fhir_profiles.fhirpath.errors import NotAnExpression, NotEvaluable
from fhir_profiles.fhirpath.expression import CompiledExpression, compile_expression
from fhir_profiles.fhirpath.nodes import Node, resource_node, slots
from fhir_profiles.issues import InvalidDocument, Issue
from fhir_profiles.json_spans import TextSpan, first, items, members
from fhir_profiles.patching.element_edits import NOTHING, holder_of, member_text, with_list, with_member
from fhir_profiles.patching.patch_values import PatchValue, is_many, part_name, slot_for, value_of
from fhir_profiles.patching.patches import MOST_OPERATIONS, PatchStep, TextBudget, TooMuchToPatch
from fhir_profiles.patching.text_edits import put_member, without_empty
from fhir_profiles.validation.structure import PRIMITIVES

_LEAST_BUDGET = 2_000


@dataclass(frozen=True, slots=True)
class _Operation:
    """One operation; `numbers` are `index`, `source` and `destination`, as far as they are given."""

    step: PatchStep
    type: str
    path: CompiledExpression
    name: str
    value: PatchValue | None
    numbers: Mapping[str, int]

    def given(self) -> PatchValue:
        """Its value; raises `UnfitPatch` where it has none."""
        if self.value is None:
            self.step.unfit(f"{self.type} needs a value", "required")
        return self.value

    def number(self, name: str) -> int:
        """One of its numbers; raises `UnfitPatch` where it is not given."""
        if name not in self.numbers:
            self.step.unfit(f"{self.type} needs {name}", "required")
        return self.numbers[name]


@dataclass(frozen=True, slots=True)
class FhirPathPatch:
    """A FHIRPath Patch that was read."""

    operations: tuple[_Operation, ...]

    def applied(self, text: str) -> str:
        """The text with all operations done, in their order; raises `UnfitPatch`."""
        allowance = TextBudget()
        budget = max(BUDGET // len(self.operations), _LEAST_BUDGET)
        for each in self.operations:
            root = resource_node(json.loads(allowance.over(text)))
            try:
                found = each.path.nodes(root, Environment(budget=budget))
            except NotEvaluable as error:
                each.step.unfit(error.issues[0].diagnostics)
            text = _DONE[each.type](text, each, found)
        return without_empty(text, allowance)


def read_fhirpath_patch(raw: bytes) -> FhirPathPatch:
    """Read the JSON of the Parameters of a FHIRPath Patch.

    Raises `InvalidDocument` with the place of what is none, `TooMuchToPatch`.
    """
    if parse(raw).get("resourceType") != "Parameters":
        _refuse("resourceType", "a FHIRPath Patch is a Parameters resource")
    text = raw.decode()
    span = dict(members(text, first(text))).get("parameter")
    spans = list(items(text, span.start)) if span and text[span.start] == "[" else []
    if not spans:
        _refuse("Parameters.parameter", "it holds operations")
    if len(spans) > MOST_OPERATIONS:
        raise TooMuchToPatch(Issue("error", "too-long", "", f"more than {MOST_OPERATIONS} operations"))
    return FhirPathPatch(
        tuple(_read(text, each, f"Parameters.parameter[{place}]") for place, each in enumerate(spans))
    )


def _read(text: str, span: TextSpan, place: str) -> _Operation:
    if part_name(text, span) != "operation":
        _refuse(f"{place}.name", "a parameter of a FHIRPath Patch is an operation")
    listed = dict(members(text, span.start)).get("part")
    parts: dict[str, PatchValue] = {}
    for item in items(text, listed.start) if listed and text[listed.start] == "[" else ():
        name, value = part_name(text, item), None
        value = value_of(text, item) if name else None
        if name and value:
            parts[name] = value
    kind, path, name = (_plain(parts, each, place, str) for each in ("type", "path", "name"))
    if kind not in _DONE:
        _refuse(f"{place}.part", f"the type of an operation is {', '.join(_DONE)}")
    try:
        expression = compile_expression(path or "")
    except NotAnExpression as error:
        _refuse(f"{place}.part", f"its path: {error.issues[0].diagnostics}")
    numbers = {
        each: number
        for each in ("index", "source", "destination")
        if (number := _plain(parts, each, place, int)) is not None
    }
    return _Operation(PatchStep(place), kind, expression, name or "", parts.get("value"), numbers)


def _plain(parts: Mapping[str, PatchValue], name: str, place: str, kind: type) -> Any:
    """A part that is a text or a number; None where it is not given."""
    if name not in parts:
        return None
    given = parts[name]
    found = json.loads(given.text) if given.parts is None else None
    if type(found) is not kind or (isinstance(found, int) and found < 0):
        _refuse(f"{place}.part", f"{name} is a {'text' if kind is str else 'whole number'}")
    return found


def _refuse(place: str, wrong: str) -> NoReturn:
    raise InvalidDocument(Issue("error", "structure", place, wrong))


def _only(each: _Operation, found: list[Node]) -> Node:
    if len(found) != 1:
        each.step.unfit(f"the path of {each.type} finds {len(found)} elements, and one is demanded")
    return found[0]


def _list(each: _Operation, found: list[Node]) -> tuple[Node, str]:
    """The node that holds a list, and the list's name there."""
    held = {(id(node.owner), node.key) for node in found}
    if len(held) != 1 or found[0].owner is None or found[0].index is None:
        each.step.unfit(f"the path of {each.type} is one list of elements")
    return found[0].owner, found[0].key


def _add(text: str, each: _Operation, found: list[Node]) -> str:
    node, value = _only(each, found), each.given()
    slot = slot_for(node.kind, each.name, value, each.step)
    written = value.written(slot.kind, each.step)
    text = _with_beside(text, node)
    holder = holder_of(text, node)
    if is_many(node.kind, each.name):
        return with_list(
            text, holder, slot.key, lambda texts: texts.append(written), lambda texts: texts.append(NOTHING)
        )
    there = (key for other in slots(node.kind, each.name) for key in (other.key, other.beside) if key)
    if any(member_text(text, holder, key) is not None for key in there):
        each.step.unfit("the element is there already, and it does not repeat", "duplicate")
    return put_member(text, holder, slot.key, written)


def _with_beside(text: str, node: Node) -> str:
    """The text in which there is an object beside a primitive, for what is added to it."""
    if node.kind not in PRIMITIVES or node.beside is not None or node.owner is None:
        return text
    holder = holder_of(text, node.owner)
    if node.index is None:
        return put_member(text, holder, f"_{node.key}", "{}")
    place = node.index

    def put(texts: list[str]) -> None:
        texts[place] = "{}"

    return with_list(text, holder, node.key, lambda _: None, put)


def _insert(text: str, each: _Operation, found: list[Node]) -> str:
    owner, key = _list(each, found)
    place, value = each.number("index"), each.given()
    if place > len(found):
        each.step.unfit("the index is beyond the end of the list")
    written = value.written(found[0].kind, each.step)
    return with_list(
        text,
        holder_of(text, owner),
        key,
        lambda texts: texts.insert(place, written),
        lambda texts: texts.insert(place, NOTHING),
    )


def _delete(text: str, each: _Operation, found: list[Node]) -> str:
    """Take an element away; where there is none, there is nothing to do."""
    if not found:
        return text
    node = _only(each, found)
    if node.owner is None:
        each.step.unfit("the resource as a whole is not deleted by a patch")
    holder = holder_of(text, node.owner)
    if node.index is None:
        for key in (node.key, f"_{node.key}"):
            text = with_member(text, holder, key, None)
        return text
    place = node.index

    def remove(texts: list[str]) -> None:
        del texts[place]

    return with_list(text, holder, node.key, remove, remove)


def _replace(text: str, each: _Operation, found: list[Node]) -> str:
    node, value = _only(each, found), each.given()
    if node.owner is None:
        each.step.unfit("the resource as a whole is not replaced by a patch")
    holder = holder_of(text, node.owner)
    if node.index is not None:
        written, place = value.written(node.kind, each.step), node.index

        def put(texts: list[str]) -> None:
            texts[place] = written

        return with_list(text, holder, node.key, put, lambda _: None)
    slot = slot_for(node.owner.kind, node.name, value, each.step)
    if slot.key != node.key:
        for key in (node.key, f"_{node.key}"):
            text = with_member(text, holder, key, None)
    return put_member(text, holder, slot.key, value.written(slot.kind, each.step))


def _move(text: str, each: _Operation, found: list[Node]) -> str:
    owner, key = _list(each, found)
    source, destination = each.number("source"), each.number("destination")
    if max(source, destination) >= len(found):
        each.step.unfit("source and destination are places of the list")

    def move(texts: list[str]) -> None:
        texts.insert(destination, texts.pop(source))

    return with_list(text, holder_of(text, owner), key, move, move)


_DONE: Mapping[str, Callable[[str, _Operation, list[Node]], str]] = {
    "add": _add,
    "insert": _insert,
    "delete": _delete,
    "replace": _replace,
    "move": _move,
}
