"""Parts of a resource, cut from its text: what stays is as received (FHIR R4 search.html#elements).

A part is marked with the tag SUBSETTED, and keeps what its type demands.
"""

import json
from collections.abc import Callable, Collection
from typing import Any

import orjson

from fhir_profiles.json_spans import first, members
from fhir_profiles.validation.structure import elements

_TAG = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
_ALWAYS = frozenset({"resourceType", "id", "meta"})


def elements_only(raw: bytes, names: Collection[str]) -> bytes:
    """The elements of these names (`value` for `value[x]`), and those that are mandatory."""
    return _subset(raw, lambda element, required: required or element in names)


def text_only(raw: bytes) -> bytes:
    """The narrative, and what is mandatory."""
    return _subset(raw, lambda element, required: required or element == "text")


def without_text(raw: bytes) -> bytes:
    """Everything but the narrative."""
    return _subset(raw, lambda element, required: element != "text")


def _subset(raw: bytes, keeps: Callable[[str, bool], bool]) -> bytes:
    text = raw.decode()
    found = {name: text[span.start : span.end] for name, span in members(text, first(text))}
    kept = _ALWAYS | _kept_properties(json.loads(found["resourceType"]), keeps)
    parts = {name: value for name, value in found.items() if name.removeprefix("_") in kept}
    parts["meta"] = orjson.dumps(_tagged(orjson.loads(found.get("meta", "{}")))).decode()
    return ("{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in parts.items()) + "}").encode()


def _kept_properties(kind: str, keeps: Callable[[str, bool], bool]) -> frozenset[str]:
    return frozenset(
        key
        for element in elements(kind).values()
        if keeps(element.name, element.required)
        for key, _ in element.properties()
    )


def _tagged(meta: dict[str, Any]) -> dict[str, Any]:
    return {**meta, "tag": [*meta.get("tag", ()), _TAG]}
