"""The conditions of a question in words of the page's language, one by one and each as one line.

What is said is what the question asks and no more; a condition whose form is wrong is called by its kind.
"""

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError

from app.cohorts.language.event_forms import EventField
from app.cohorts.language.schemas import NODE_KEYS, NodeSchema
from app.cohorts.plain_words.linking.coding import JsonObject
from app.cohorts.plain_words.restating.cards import CardWriter, object_in
from app.http.cohort_page.labels import CONDITIONS
from app.http.kit.languages import gettext, language

_NODE, _EVENT = NodeSchema(), EventField()
_DEEPEST = 16  # beyond what any question may have
_JOINING = ("all", "any", "not", "atLeast")


def in_words(condition: JsonObject, question: JsonObject) -> str:
    """A condition whose form is right, in the language of the page."""
    return CardWriter(question, language()).node(condition)


def node_in_words(node: Any, question: JsonObject) -> str:
    """A condition in words; one whose form is wrong is called by its kind, and empty where it has none."""
    key = _key(node) if isinstance(node, dict) else ""
    if not key:
        return ""
    return in_words(node, question) if _is_right(node, question) else gettext(CONDITIONS[key])


def event_in_words(event: Any, question: JsonObject) -> str:
    """A named event in words; one whose form is wrong is called by its kind."""
    if _is_event(event):
        return CardWriter(question, language()).event(event["kind"], event)
    kind = event.get("kind") if isinstance(event, dict) else ""
    known = kind if isinstance(kind, str) and kind in CONDITIONS else "exists"
    return gettext(CONDITIONS[known])


def part_words(raw: JsonObject) -> dict[str, dict[str, str]]:
    """Each condition, named event and set of codes of a question in words.

    `nodes` by the JSONPath of the condition, what joins others behind them; `events` and `sets` by name.
    """
    events, sets = object_in(raw, "events"), object_in(raw, "conceptSets")
    writer = CardWriter(raw, language())
    return {
        "nodes": dict(_node_words(raw.get("population"), "$.population", raw, 0)),
        "events": {name: event_in_words(each, raw) for name, each in events.items()},
        "sets": {name: ", ".join(writer.called({"set": name})) or name for name in sets},
    }


def _node_words(node: Any, path: str, raw: JsonObject, depth: int) -> Iterator[tuple[str, str]]:
    if not isinstance(node, dict) or depth > _DEEPEST:
        return
    key = _key(node)
    if key in _JOINING:
        for place, each in _inner(key, node[key], path):
            yield from _node_words(each, place, raw, depth + 1)
        if _is_right(node, raw):
            yield path, in_words(node, raw)
    elif key:
        yield path, node_in_words(node, raw)


def _inner(key: str, value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if key == "not":
        yield f"{path}.not", value
        return
    of = value.get("of") if key == "atLeast" and isinstance(value, dict) else value
    place = f"{path}.atLeast.of" if key == "atLeast" else f"{path}.{key}"
    if isinstance(of, list):
        yield from ((f"{place}[{at}]", each) for at, each in enumerate(of))


def _key(condition: JsonObject) -> str:
    """What a condition is of; empty where it is of nothing, or of several things."""
    found = condition.keys() & set(NODE_KEYS)
    return found.pop() if len(found) == 1 else ""


def _is_right(node: JsonObject, raw: JsonObject) -> bool:
    events = object_in(raw, "events")
    return not _NODE.validate(node) and all(_is_event(events.get(each)) for each in _names(node))


def _names(node: JsonObject) -> Iterator[str]:
    """The names of events in a condition whose form is right."""
    key = _key(node)
    if key == "exists" and isinstance(node[key], str):
        yield node[key]
    elif key in _JOINING:
        for _, each in _inner(key, node[key], ""):
            yield from _names(each)


def _is_event(event: Any) -> bool:
    try:
        _EVENT.deserialize(event)
    except ValidationError:
        return False
    return True
