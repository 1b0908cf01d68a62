"""The XML of a resource that is kept as JSON (FHIR R4 xml.html)."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any, NoReturn
from xml.parsers import expat

from fhir_profiles.issues import InvalidDocument, Issue
from fhir_profiles.validation.structure import RESOURCE_TYPES
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
_NO_ELEMENTS = frozenset({"resourceType"})
_LONGEST_NAME = 64
_DIV = "<div"


def xml_of(raw: bytes, *, pretty: bool = False) -> bytes:
    """Write the XML of a resource, its numbers as they are written; `pretty`: an element a line.

    What is stored is valid. Raises `InvalidDocument` for a resource that is not, where XML cannot say it.
    """
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
        kind = value.get("resourceType") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in RESOURCE_TYPES:
            _refuse("resourceType", "it names no resource type")
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
            _require_plain(name, values, shadow)
            shadows = shadow if isinstance(shadow, list) else [shadow]
            for each, beside in zip_longest(values, shadows):
                if each is not None or beside is not None:
                    self._primitive(name, each, beside or {})
            return
        for each in values:
            self._complex(name, element.datatype, each)

    def _primitive(self, name: str, value: Any, shadow: Mapping[str, Any]) -> None:
        text = "" if value is None else f' value="{_escaped(value)}"'
        self._element(name, _attributes(_SHADOW, shadow) + text, _SHADOW, shadow)

    def _complex(self, name: str, datatype: str, value: Any) -> None:
        if datatype == MARKUP:
            self._line(_markup(name, value))
        elif not isinstance(value, dict):
            _refuse(name, "it is an object")
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
    names = {name.removeprefix("_") for name in value} - beside - _NO_ELEMENTS
    for name in names - known.keys():
        _refuse(f"{kind}.{name[:_LONGEST_NAME]}", "there is no such element")
    return iter(sorted(((name, known[name]) for name in names), key=lambda each: each[1].place))


def _require_plain(name: str, values: Iterable[Any], shadow: Any) -> None:
    """Refuse what is no primitive, or stands beside one and is no object."""
    shadows = shadow if isinstance(shadow, list) else [shadow]
    if any(isinstance(each, dict | list) for each in values):
        _refuse(name, "it is a primitive")
    if any(not isinstance(each, dict) for each in shadows if each is not None):
        _refuse(f"_{name}", "it is an object")


def _markup(name: str, value: Any) -> str:
    """A narrative, which is XML already: one element, so nothing of it is read as anything else."""
    text = str(value)
    if not (text.lstrip().startswith(_DIV) and _is_well_formed(text)):
        _refuse(name, "the narrative is not the XHTML of a div")
    return text


def _is_well_formed(text: str) -> bool:
    try:
        expat.ParserCreate("UTF-8").Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return False
    return True


def _refuse(place: str, wrong: str) -> NoReturn:
    raise InvalidDocument(Issue("error", "structure", place, f"XML cannot say it: {wrong}"))


def _attributes(kind: str, value: Mapping[str, Any]) -> str:
    names = (name for name in ("id", "url") if name in value and name in attributes(kind))
    return "".join(f' {name}="{_escaped(value[name])}"' for name in names)


def _escaped(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)  # true, false
    return _SPECIAL.sub(lambda found: _ESCAPED.get(found[0], _UNSAYABLE), text)
