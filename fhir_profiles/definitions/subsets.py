"""Parts of a resource, cut from its text: what stays is as received (FHIR R4 search.html#elements).

A part is marked with the tag SUBSETTED, and keeps what its type demands.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any

import orjson

from fhir_profiles.json_spans import TextSpan, first, items, members
from fhir_profiles.validation.structure import elements, read_table

_TAG = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_TYPE = "resourceType"
_ALWAYS = frozenset({_TYPE, "id", "meta"})
_STAYS = frozenset({"id", "modifierExtension"})  # what changes the meaning of others is never left out
_SUMMARIES: Mapping[str, str] = read_table("summary.json")


def elements_only(raw: bytes, names: Collection[str]) -> bytes:
    """The elements of these names (`value` for `value[x]`), and those that are mandatory."""
    return _subset(raw, lambda element, required: required or element in names)


def text_only(raw: bytes) -> bytes:
    """The narrative, and what is mandatory."""
    return _subset(raw, lambda element, required: required or element == "text")


def without_text(raw: bytes) -> bytes:
    """Everything but the narrative."""
    return _subset(raw, lambda element, required: element != "text")


def summary(raw: bytes) -> bytes:
    """The elements that their definitions mark as a summary (isSummary), what is mandatory, and modifiers."""
    text = raw.decode()
    start = first(text)
    kinds = (text[span.start : span.end] for name, span in members(text, start) if name == _TYPE)
    parts = dict(_summarised(text, start, json.loads(next(kinds))))
    parts["meta"] = orjson.dumps(_tagged(orjson.loads(parts.get("meta", "{}")))).decode()
    return _object(parts).encode()


def _summarised(text: str, start: int, kind: str) -> Iterator[tuple[str, str]]:
    """The members of an object of a type that belong to its summary, each with its text."""
    kept = _summary_properties(kind)
    for name, span in members(text, start):
        if (inner := kept.get(name.removeprefix("_"))) is not None:
            yield name, _summary_text(text, span, "" if name.startswith("_") else inner)


def _summary_text(text: str, span: TextSpan, kind: str) -> str:
    """The summary of a value: of an object, or of each in an array, of a type that leaves something out."""
    match text[span.start] if kind in _SUMMARIES else "":
        case "{":
            return _object(dict(_summarised(text, span.start, kind)))
        case "[":
            return "[" + ",".join(_summary_text(text, item, kind) for item in items(text, span.start)) + "]"
    return text[span.start : span.end]


@cache
def _summary_properties(kind: str) -> Mapping[str, str]:
    """The properties of a type that belong to its summary, with the datatype of each."""
    marked = frozenset(_SUMMARIES[kind].split()) | _STAYS
    kept = (each for each in elements(kind).values() if each.required or each.name in marked)
    return {_TYPE: "", **{key: of for element in kept for key, of in element.properties()}}


def _object(parts: Mapping[str, str]) -> str:
    return "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in parts.items()) + "}"


def _subset(raw: bytes, keeps: Callable[[str, bool], bool]) -> bytes:
    text = raw.decode()
    found = {name: text[span.start : span.end] for name, span in members(text, first(text))}
    kept = _ALWAYS | _kept_properties(json.loads(found["resourceType"]), keeps)
    parts = {name: value for name, value in found.items() if name.removeprefix("_") in kept}
    parts["meta"] = orjson.dumps(_tagged(orjson.loads(found.get("meta", "{}")))).decode()
    return _object(parts).encode()


def _kept_properties(kind: str, keeps: Callable[[str, bool], bool]) -> frozenset[str]:
    return frozenset(
        key
        for element in elements(kind).values()
        if keeps(element.name, element.required)
        for key, _ in element.properties()
    )


def _tagged(meta: dict[str, Any]) -> dict[str, Any]:
    return {**meta, "tag": [*meta.get("tag", ()), _TAG]}
