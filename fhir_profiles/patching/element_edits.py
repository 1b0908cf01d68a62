"""Elements of a resource put into its JSON text and taken out, with what stands beside primitives.

An element is where a node of FHIRPath says; a primitive is in two places, its value and its `_` property,
whose lists go together (json.html#primitive).
"""

from collections.abc import Callable
from typing import TypeAlias

from fhir_profiles.fhirpath.nodes import Node
from fhir_profiles.json_spans import TextSpan, first, items, members
from fhir_profiles.patching.text_edits import put_member, without
from fhir_profiles.validation.structure import PRIMITIVES

NOTHING = "null"
ListChange: TypeAlias = Callable[[list[str]], None]


def holder_of(text: str, node: Node) -> int:
    """Where the object begins that holds the children of a node, and so its own place in the text.

    Of a primitive that is the object beside it, which must be there.
    """
    position = first(text)
    for key, index in _way(node):
        span = dict(members(text, position))[key]
        position = span.start if index is None else list(items(text, span.start))[index].start
    return position


def _way(node: Node) -> list[tuple[str, int | None]]:
    steps: list[tuple[str, int | None]] = []
    here: Node | None = node
    while here is not None and here.owner is not None:
        beside = here.kind in PRIMITIVES
        steps.append((f"_{here.key}" if beside else here.key, here.index))
        here = here.owner
    return steps[::-1]


def member_text(text: str, holder: int, key: str) -> str | None:
    """The text of a member of the object that begins at `holder`; None where it is not there."""
    span = dict(members(text, holder)).get(key)
    return text[span.start : span.end] if span else None


def with_member(text: str, holder: int, key: str, value: str | None) -> str:
    """The text in which a member of the object that begins at `holder` has a value, None for none at all."""
    if value is not None:
        return put_member(text, holder, key, value)
    return without(text, holder, key) if key in dict(members(text, holder)) else text


def with_list(text: str, holder: int, key: str, change: ListChange, beside: ListChange) -> str:
    """The text in which the list `key` of an object is changed, and what stands beside its items alike."""
    values, shadows = (listed(text, holder, name) for name in (key, f"_{key}"))
    length = max(len(values), len(shadows))
    for texts, change_of in ((values, change), (shadows, beside)):
        texts.extend([NOTHING] * (length - len(texts)))
        change_of(texts)
    text = with_member(text, holder, key, _array(values))
    return with_member(text, holder, f"_{key}", _array(shadows))


def listed(text: str, holder: int, key: str) -> list[str]:
    """The texts of the items of a list; none where it is not there."""
    span: TextSpan | None = dict(members(text, holder)).get(key)
    if span is None or text[span.start] != "[":
        return []
    return [text[item.start : item.end] for item in items(text, span.start)]


def _array(texts: list[str]) -> str | None:
    return None if all(each == NOTHING for each in texts) else f"[{','.join(texts)}]"
