"""The topic of a person as a state that events change: what is open, which version of it, what was said last.

Pure: a state and a message give the next state, or an error. One thing of each anchor type is open; the last
opened is the current context. Each change of a context has a version of its own (FHIRcast 3.0.0, 2.9, 2.10).
"""

from collections.abc import Iterator
from typing import Any

import orjson

from app.records.casts.messages import CLOSE, OPEN, SELECT, UPDATE, CastJson, CastMessage, name_of
from graph.casts.casts import CastChange, CastState
from graph.errors import Conflict, TooLarge

MOST_KEPT, MOST_BYTES, MOST_CONTENT = 64, 1 << 20, 500
"""The last messages that are kept for who listens, their bytes, and resources of shared content."""
_OPEN, _RECENT = "open", "recent"


def published(state: CastState, sequence: int, message: CastMessage, topic: str, version: str) -> CastChange:
    """The state after a message, with the version of the context.

    A message whose id is known was sent again: nothing changes. `version` is a new one. Raises `Conflict`
    where it changes what is not open or is another version, `TooLarge` for too much shared content.
    """
    recent: list[CastJson] = list(state.get(_RECENT, ()))
    if any(each["message"]["id"] == message.id for each in recent):
        return CastChange(state, sequence)
    opened: list[CastJson] = list(state.get(_OPEN, ()))
    before = _of_type(opened, message.anchor_type)
    told, after = _changed(message, before, topic, version)
    if after is not before:
        opened = [each for each in opened if each is not before]
        if after is not None:
            opened.append(after)
    sequence += 1
    recent.append({"number": sequence, "message": told})
    after_it = {_OPEN: opened, _RECENT: _last(recent)}
    return CastChange(after_it, sequence, told["event"].get("context.versionId"))


def said(state: CastState, sequence: int, message: CastJson, *, but: str) -> CastChange:
    """The state after the hub itself said something to all but one subscription."""
    recent = [*state.get(_RECENT, ()), {"number": sequence + 1, "message": message, "but": but}]
    return CastChange({**state, _RECENT: _last(recent)}, sequence + 1)


def since(state: CastState, number: int) -> list[CastJson]:
    """What was said after a message of that number, each with its `number`, and its `but`."""
    return [each for each in state.get(_RECENT, ()) if each["number"] > number]


def openings(state: CastState) -> list[CastJson]:
    """The messages by which what is open now was opened, the current context last."""
    return [each["message"] for each in state.get(_OPEN, ())]


def current_context(state: CastState) -> CastJson:
    """The current context, as who asks for it is told (FHIRcast 3.0.0, 2.9)."""
    opened = state.get(_OPEN, ())
    if not opened:
        return {"context.type": "", "context.versionId": "", "context": []}
    last = opened[-1]
    bundle: CastJson = {"resourceType": "Bundle", "type": "collection"}
    if last["content"]:
        bundle["entry"] = [{"resource": each} for each in last["content"].values()]
    context = [*last["message"]["event"]["context"], {"key": "content", "resource": bundle}]
    return {"context.type": last["type"], "context.versionId": last["version"], "context": context}


def _changed(
    message: CastMessage, before: CastJson | None, topic: str, version: str
) -> tuple[CastJson, CastJson | None]:
    """The message as all are told it, and what is open of its anchor type after it."""
    if message.deed == OPEN:
        told = message.told(
            topic, context_versionId=version, context_priorVersionId=before["version"] if before else None
        )
        return told, {
            "type": message.anchor_type,
            "id": message.anchor["id"],
            "version": version,
            "message": told,
            "content": {},
        }
    if message.deed not in (CLOSE, UPDATE, SELECT):
        return message.told(topic), before
    if before is None or before["id"] != message.anchor["id"]:
        raise Conflict(
            "this %(type)s is not open", location="event.context", code="conflict", type=message.anchor_type
        )
    if message.deed == CLOSE:
        return message.told(topic, context_versionId=before["version"]), None
    if message.version != before["version"] and (message.version or message.deed == UPDATE):
        raise Conflict(
            "the context has another version: %(version)s",
            location="event.context.versionId",
            code="conflict",
            version=before["version"],
        )
    if message.deed == SELECT:
        return message.told(topic, context_versionId=before["version"]), before
    told = message.told(topic, context_versionId=version, context_priorVersionId=before["version"])
    return told, {**before, "version": version, "content": _content(before["content"], message)}


def _content(before: dict[str, Any], message: CastMessage) -> dict[str, Any]:
    """The shared content after an update: all of its entries, or none."""
    after = dict(before)
    for each in message.context:
        if each["key"] != "updates":
            continue
        for entry in each["resource"].get("entry", ()):
            name = name_of(entry) or ""
            if entry["request"]["method"] == "DELETE":
                after.pop(name, None)
            else:
                after[name] = entry.get("resource") or {}
    if len(after) > MOST_CONTENT or len(orjson.dumps(after)) > MOST_BYTES:
        raise TooLarge("too much content is shared: close the context, or delete some", location="updates")
    return after


def _of_type(opened: list[CastJson], anchor_type: str) -> CastJson | None:
    return next((each for each in opened if each["type"] == anchor_type), None)


def _last(recent: list[CastJson]) -> list[CastJson]:
    """The last messages that are kept: so many, and no more bytes than that, but the last one in any case."""

    def fitting() -> Iterator[CastJson]:
        size = 0
        for at, each in enumerate(reversed(recent[-MOST_KEPT:])):
            size += len(orjson.dumps(each))
            if at and size > MOST_BYTES:
                return
            yield each

    return list(fitting())[::-1]
