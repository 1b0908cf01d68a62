"""What a change of a question makes of the condition or the named event in which it stands, in words."""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple, TypeAlias

from marshmallow import ValidationError, fields, validate

from app.cohorts.language.forms import Strict
from app.cohorts.language.places import first_fault
from app.http.cohort_page.words import event_in_words, node_in_words
from graph.errors import Invalid
from graph.wording import marked

MOST_CHANGES = 100
_PATH = re.compile(r"\$((\.[A-Za-z_][A-Za-z0-9_-]{0,63}|\[\d{1,3}\]){1,64})\Z", re.ASCII)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]")
PlaceStep: TypeAlias = str | int
_LISTING = ("all", "any", "of")
_EVENT_STEPS = 2  # `events`, and a name


class ChangeSchema(Strict):
    """One change of a question, as `/cohorts/explain` tells it."""

    path = fields.String(required=True, validate=validate.Regexp(_PATH, error=marked("A JSONPath.")))
    now = fields.Raw(required=True, allow_none=True, metadata={"description": "null: it is left out."})


class ChangesSchema(Strict):
    """A question, and some changes of it, each by itself."""

    question = fields.Dict(keys=fields.String(), required=True)
    changes = fields.List(
        fields.Nested(ChangeSchema), required=True, validate=validate.Length(max=MOST_CHANGES)
    )


class ChangeWords(NamedTuple):
    """What stands there in words, and what the change makes of it; None where it is left out."""

    was: str
    now: str | None


def changes_in_words(raw: Any) -> list[ChangeWords]:
    """Each change of a request in words; raises `Invalid` with the JSONPath of what is wrong."""
    try:
        ChangesSchema().load(raw)
    except ValidationError as error:
        raise first_fault(error.messages_dict, raw) from None
    return [_words(raw["question"], each, f"$.changes[{at}]") for at, each in enumerate(raw["changes"])]


def _words(question: dict[str, Any], change: Mapping[str, Any], place: str) -> ChangeWords:
    steps = [name or int(at) for name, at in _STEP.findall(change["path"])]
    try:
        owner = _owner(steps)
        was = _said(question, owner)
        if owner == steps and change["now"] is None:
            return ChangeWords(was, None)
        changed = deepcopy(question)
        _put(changed, steps, change["now"])
        return ChangeWords(was, _said(changed, owner))
    except (KeyError, IndexError, TypeError):
        raise Invalid("the question has no such place", location=f"{place}.path") from None


def _owner(steps: Sequence[PlaceStep]) -> list[PlaceStep]:
    """The steps to the innermost condition, or to the named event, on the way of some steps."""
    if steps[0] == "events":
        return list(steps[:_EVENT_STEPS])
    if steps[0] != "population":
        raise KeyError(steps[0])
    owner = at = 1
    while at < len(steps):
        step = steps[at]
        if step == "not" or isinstance(step, int):
            owner = at + 1
        elif step not in _LISTING and not (step == "atLeast" and steps[at + 1 : at + 2] == ["of"]):
            break
        at += 1
    return list(steps[:owner])


def _said(question: dict[str, Any], owner: Sequence[PlaceStep]) -> str:
    part = _at(question, owner)
    if owner[0] == "events":
        return event_in_words(part, question)
    return node_in_words(part, question)


def _at(question: Any, steps: Sequence[PlaceStep]) -> Any:
    found = question
    for step in steps:
        found = found[step]
    return found


def _put(question: Any, steps: Sequence[PlaceStep], now: Any) -> None:
    holder = _at(question, steps[:-1])
    if now is None:
        del holder[steps[-1]]
    else:
        holder[steps[-1]] = now
