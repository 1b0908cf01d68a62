"""The XML of a resource that is kept as JSON (FHIR R4 xml.html)."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from fhir_profiles.xml.vocabulary import (
    FHIR,
    MARKUP,
    RESOURCE,
    XmlElement,
    attributes,
    xml_elements,
)

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
# Beside what is escaped: what no XML can say (XML 1.0 2.2).
_SPECIAL = re.compile('[&<>"\x00-\x1f\ufffe\uffff]')
_UNSAYABLE = "\ufffd"
_SHADOW = "Element"  # the kind of what stands beside a primitive


def xml_of(raw: bytes, *, pretty: bool = False) -> bytes:
    """Write the XML of a valid resource, its numbers as they are written; `pretty`: an element a line."""
    writer = _Writer(pretty=pretty)
    # A number is its text: nothing is rounded, and XML quotes every value.
    writer.resource(json.loads(raw, parse_float=str, parse_int=str), f' xmlns="{FHIR}"')
    return "".join(writer.parts).encode("utf-8", "replace")


class _Writer:
    def __init__(self, *, pretty: bool) -> None:
        self.parts: list[str] = [_HEAD]
        self._pretty = pretty
        self._depth = 0

    def resource(self, value: Mapping[str, Any], namespace: str = "") -> None:
        """A resource: the root, or one inside of another."""
        kind = value["resourceType"]
        self._element(kind, namespace, kind, value)

    def _element(self, tag: str, written: str, kind: str, value: Mapping[str, Any]) -> None:
        """An element with the children that its kind has, in the order of the definition."""
        children = list(_children(kind, value))
        if not children:
            self._line(f"<{tag}{written}/>")
            return
        self._line(f"<{tag}{written}>")
        self._depth += 1
        for name, element in children:
            self._member(name, element, value.get(name), value.get(f"_{name}"))
        self._depth -= 1
        self._line(f"</{tag}>")

    def _member(self, name: str, element: XmlElement, value: Any, shadow: Any) -> None:
        values = value if isinstance(value, list) else [value]
        if element.primitive:
            shadows = shadow if isinstance(shadow, list) else [shadow]
            for each, beside in zip_longest(values, shadows):
                if each is not None or beside is not None:
                    self._primitive(name, each, beside or {})
            return
        for each in values:
            if each is not None:
                self._complex(name, element.datatype, each)

    def _primitive(self, name: str, value: Any, shadow: Mapping[str, Any]) -> None:
        text = "" if value is None else f' value="{_escaped(value)}"'
        self._element(name, _attributes(_SHADOW, shadow) + text, _SHADOW, shadow)

    def _complex(self, name: str, datatype: str, value: Any) -> None:
        if datatype == MARKUP:
            self._line(value)  # it is XML already: what is stored was read as such
        elif datatype == RESOURCE:
            self._line(f"<{name}>")
            self._depth += 1
            self.resource(value)
            self._depth -= 1
            self._line(f"</{name}>")
        else:
            self._element(name, _attributes(datatype, value), datatype, value)

    def _line(self, text: str) -> None:
        if self._pretty:
            self.parts.append("\n" + "  " * self._depth)
        self.parts.append(text)


def _children(kind: str, value: Mapping[str, Any]) -> Iterator[tuple[str, XmlElement]]:
    known, beside = xml_elements(kind), attributes(kind)
    names = {name.removeprefix("_") for name in value} - beside
    found = [(name, element) for name in names if (element := known.get(name))]
    return iter(sorted(found, key=lambda each: each[1].place))


def _attributes(kind: str, value: Mapping[str, Any]) -> str:
    names = (name for name in ("id", "url") if name in value and name in attributes(kind))
    return "".join(f' {name}="{_escaped(value[name])}"' for name in names)


def _escaped(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)  # true, false
    return _SPECIAL.sub(lambda found: _ESCAPED.get(found[0], _UNSAYABLE), text)
