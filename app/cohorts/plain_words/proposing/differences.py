"""What one question says otherwise than another: place by place, whatever their events are called."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.cohorts.language.normal_form import NOTES
from app.cohorts.plain_words.linking.coding import JsonObject

_OF_CODES = frozenset({"display", "via"})  # notes, where codes stand; else names of ways and elements
_NAMING = (
    "exists",
    "before",
    "after",
    "around",
    "during",
    "as",
    "at",
    "event",
    "linkedTo",
    "from",
    "to",
    "of",
)
"""The keys whose text may be the name of an event."""


def without_notes(value: Any) -> Any:
    """A question without what changes nothing."""
    if isinstance(value, dict):
        notes = NOTES if "include" in value or "code" in value else NOTES - _OF_CODES
        return {name: without_notes(each) for name, each in value.items() if name not in notes}
    return [without_notes(each) for each in value] if isinstance(value, list) else value


def called_alike(question: JsonObject, other: JsonObject) -> JsonObject:
    """A question with those of its events named as another names them that are of the same kind and codes."""
    names: dict[str, str] = {}
    taken = set(question.get("events", {}))
    for name, event in question.get("events", {}).items():
        for own, known in other.get("events", {}).items():
            if own not in names.values() and (own == name or own not in taken) and _is_alike(event, known):
                names[name] = own
                break
    return _renamed(question, names) if names else question


def _is_alike(event: JsonObject, other: JsonObject) -> bool:
    return all(event.get(each) == other.get(each) for each in ("kind", "codes", "modality"))


def _renamed(question: JsonObject, names: Mapping[str, str]) -> JsonObject:
    events = {names.get(name, name): _rename(event, names) for name, event in question["events"].items()}
    rest = {
        name: _rename(each, names) for name, each in question.items() if name not in ("events", "conceptSets")
    }
    sets = {"conceptSets": question["conceptSets"]} if "conceptSets" in question else {}
    return {**rest, **sets, "events": events}


def _rename(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {
            key: names.get(each, each) if key in _NAMING and isinstance(each, str) else _rename(each, names)
            for key, each in value.items()
        }
    return [_rename(each, names) for each in value] if isinstance(value, list) else value


def differences(was: Any, now: Any, path: str = "$") -> Iterator[JsonObject]:
    """The places at which one question says otherwise than another; null where it says nothing there."""
    if was == now:
        return
    if isinstance(was, dict) and isinstance(now, dict):
        for name in dict.fromkeys((*was, *now)):
            yield from differences(was.get(name), now.get(name), f"{path}.{name}")
    elif isinstance(was, list) and isinstance(now, list) and _are_parts((*was, *now)):
        yield from _of_lists(was, now, path)
    else:
        yield {"path": path, "was": was, "now": now}


def _are_parts(values: Sequence[Any]) -> bool:
    return all(isinstance(each, dict) for each in values)


def _of_lists(was: list[Any], now: list[Any], path: str) -> Iterator[JsonObject]:
    """Those of lists of conditions: what both have, wherever it stands, is the same."""
    left = list(now)
    lost = []
    for at, each in enumerate(was):
        if each in left:
            left.remove(each)
        else:
            lost.append((at, each))
    for at, each in lost:
        like = next((other for other in left if other.keys() == each.keys()), None)
        if like is not None:
            left.remove(like)
        yield from differences(each, like, f"{path}[{at}]")
    for at, each in enumerate(left, len(was)):
        yield from differences(None, each, f"{path}[{at}]")
