"""The values of a FHIRPath Patch, as the Parameters of it bring them (FHIR R4 fhirpatch.html#concept).

A value of a datatype stands under `value[x]`; one of a backbone element, which has no datatype, comes as the
parts that it is made of.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from fhir_profiles.fhirpath.nodes import Slot, slots
from fhir_profiles.json_spans import TextSpan, items, members
from fhir_profiles.patching.patches import PatchStep
from fhir_profiles.validation.structure import PRIMITIVES, elements, is_complex

_VALUE = "value"


@dataclass(frozen=True, slots=True)
class PatchValue:
    """A value: the name of its datatype as `value[x]` ends with it, and its text; or the parts of it."""

    datatype: str = ""
    text: str = ""
    parts: tuple[tuple[str, "PatchValue"], ...] | None = None

    def written(self, kind: str, step: PatchStep) -> str:
        """The JSON of the value as an element of a type; raises `UnfitPatch` for another form."""
        if self.parts is None:
            if self.text[:1] in "[n" or (self.text[:1] == "{") is (kind in PRIMITIVES):
                step.unfit(f"the value is no {kind}", "value")
            return self.text
        found: dict[str, list[str]] = {}
        for name, part in self.parts:
            slot = slot_for(kind, name, part, step)
            found.setdefault(slot.key, []).append(part.written(slot.kind, step))
        return "{" + ",".join(_member(kind, key, texts) for key, texts in found.items()) + "}"


def slot_for(kind: str, name: str, value: PatchValue, step: PatchStep) -> Slot:
    """Where a value goes as the element `name` of a type: of a choice, by the value's datatype.

    Raises `UnfitPatch` where there is no such element.
    """
    found = slots(kind, name)
    if len(found) > 1:
        found = tuple(each for each in found if each.key == f"{name}{value.datatype}")
    if not found:
        step.unfit(f"{kind} has no such element, or not of this datatype", "structure")
    return found[0]


def is_many(kind: str, name: str) -> bool:
    """Whether an element may repeat."""
    element = elements(kind).get(name) if is_complex(kind) else elements("Element").get(name)
    return element is not None and element.many


def value_of(text: str, span: TextSpan) -> PatchValue | None:
    """Read the value of a part of an operation; None where it has none."""
    held = dict(members(text, span.start))
    if "part" in held and text[held["part"].start] == "[":
        return PatchValue(parts=tuple(_parts(text, held["part"])))
    for name, value in held.items():
        if name == "resource" or (name.startswith(_VALUE) and name != _VALUE):
            return PatchValue(name.removeprefix(_VALUE), text[value.start : value.end])
    return None


def _parts(text: str, span: TextSpan) -> list[tuple[str, PatchValue]]:
    found: list[tuple[str, PatchValue]] = []
    for item in items(text, span.start):
        name = part_name(text, item)
        value = value_of(text, item) if name else None
        if name and value:
            found.append((name, value))
    return found


def part_name(text: str, span: TextSpan) -> str | None:
    """The name of a parameter or part; None where it has none."""
    if text[span.start] != "{":
        return None
    held: Mapping[str, TextSpan] = dict(members(text, span.start))
    name = held.get("name")
    found = json.loads(text[name.start : name.end]) if name else None
    return found if isinstance(found, str) else None


def _member(kind: str, key: str, texts: list[str]) -> str:
    many = is_many(kind, key) or len(texts) > 1
    return f"{json.dumps(key)}:" + (f"[{','.join(texts)}]" if many else texts[0])
