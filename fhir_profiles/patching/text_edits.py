"""Putting values into a JSON text, and taking them out, without writing the rest anew."""

import json

from fhir_profiles.json_spans import TextSpan, first, items, whole_members
from fhir_profiles.patching.patches import TextBudget


def put_member(text: str, start: int, name: str, value: str) -> str:
    """Return the text in which the object that begins at `start` has a member, in place or at its end."""
    last: TextSpan | None = None
    for member, whole, span in whole_members(text, start):
        if member == name:
            return _with(text, span, value)
        last = whole
    written = f"{json.dumps(name, ensure_ascii=False)}:{value}"
    return _inserted(text, start, last, written)


def put_item(text: str, start: int, index: int, value: str) -> str:
    """Return the text in which the array that begins at `start` has one more item, at that index."""
    last: TextSpan | None = None
    for place, span in enumerate(items(text, start)):
        if place == index:
            return f"{text[: span.start]}{value},{text[span.start :]}"
        last = span
    return _inserted(text, start, last, value)


def without(text: str, start: int, key: str | int) -> str:
    """Return the text without a member of the object, or an item of the array, that begins at `start`."""
    spans = [whole for _, whole, _ in whole_members(text, start)] if isinstance(key, str) else []
    if isinstance(key, str):
        place = [name for name, _, _ in whole_members(text, start)].index(key)
    else:
        spans, place = list(items(text, start)), key
    span = spans[place]
    if place + 1 < len(spans):
        return text[: span.start] + text[spans[place + 1].start :]
    begin = spans[place - 1].end if place else span.start
    return text[:begin] + text[span.end :]


def replaced(text: str, span: TextSpan, value: str) -> str:
    """Return the text with another value at a span."""
    return _with(text, span, value)


def without_empty(text: str, budget: TextBudget) -> str:
    """Return the text without objects and arrays that hold nothing, as FHIR has none (json.html).

    Raises `TooMuchToPatch` where there are very many.
    """
    while (found := _empty(budget.over(text), first(text))) is not None:
        text = without(text, *found)
    return text


def _empty(text: str, start: int) -> tuple[int, str | int] | None:
    """Where an empty value is: the beginning of what holds it, and its name or place there."""
    waiting = [start] if text[start] in "{[" else []
    while waiting:
        holder = waiting.pop()
        if text[holder] == "{":
            inside: list[tuple[str | int, TextSpan]] = [
                (name, span) for name, _, span in whole_members(text, holder)
            ]
        else:
            inside = list(enumerate(items(text, holder)))
        for key, span in inside:
            if text[span.start] in "{[":
                if not text[span.start + 1 : span.end - 1].strip():
                    return holder, key
                waiting.append(span.start)
    return None


def _with(text: str, span: TextSpan, value: str) -> str:
    return text[: span.start] + value + text[span.end :]


def _inserted(text: str, start: int, last: TextSpan | None, written: str) -> str:
    if last is None:
        return f"{text[: start + 1]}{written}{text[start + 1 :]}"
    return f"{text[: last.end]},{written}{text[last.end :]}"
