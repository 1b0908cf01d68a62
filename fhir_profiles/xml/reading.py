"""The JSON of a resource that came as XML (FHIR R4 xml.html).

The parser is expat, told to take no document type, so there are no entities to grow and nothing to load.
What the elements mean is judged afterwards, as of any JSON: here is only what XML can get wrong.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

import orjson

from fhir_profiles.issues import InvalidDocument, Issue
from fhir_profiles.validation.structure import RESOURCE_TYPES
from fhir_profiles.xml.markup import Markup
from fhir_profiles.xml.vocabulary import (
    DEEPEST,
    FHIR,
    MARKUP,
    RESOURCE,
    XHTML,
    XmlElement,
    attributes,
    xml_elements,
)

_NUMBERS: Mapping[str, re.Pattern[str]] = {
    "decimal": re.compile(r"(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"),
    "integer": re.compile(r"(?:\+(?=[1-9]))?(-?(?:0|[1-9][0-9]*))"),
    "positiveInt": re.compile(r"\+?([1-9][0-9]*)"),
    "unsignedInt": re.compile(r"(0|[1-9][0-9]*)"),
}
"""What a text of a number type looks like, and the part that JSON says (FHIR R4 datatypes.html#integer)."""
_TRUTH = frozenset({"true", "false"})
_SCHEMA = "http://www.w3.org/2001/XMLSchema-instance "
_SHADOW = "Element"
_LONGEST_NAME = 64


def json_of(raw: bytes) -> bytes:
    """Read the XML of one resource and return its JSON.

    Raises `InvalidDocument` with line and column for what is not the XML of a FHIR resource.
    """
    return _Reader(raw).read()


@dataclass(slots=True)
class _Open:
    """An element that has begun: what it is, and what was found in it, each with what stands beside it.

    `kind` is the type whose elements it may have, `RESOURCE` for one that holds a resource; `reached` is the
    place of the last one, since none comes before one of a smaller place (FHIR R4 xml.html).
    """

    name: str
    kind: str
    element: XmlElement | None = None
    value: str | None = None
    own: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[tuple[str | None, str | None]]] = field(default_factory=dict)
    held: str | None = None
    reached: int = 0

    def pieces(self) -> list[str]:
        """Its members as JSON."""
        found = [f'"{name}":{_text(value)}' for name, value in self.own.items()]
        known = xml_elements(self.kind)
        for name, pairs in self.members.items():
            found += _member(name, known[name], pairs)
        return found


class _Reader:
    """Reads one document, element by element."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._open: list[_Open] = []
        self._markup: Markup | None = None
        self._result = ""
        self._parser = parser = expat.ParserCreate("UTF-8", " ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._declaration
        parser.ProcessingInstructionHandler = self._declaration

    def read(self) -> bytes:
        try:
            self._parser.Parse(self._raw, True)
        except expat.ExpatError as error:
            self._refuse(f"not valid XML: {expat.ErrorString(error.code)}", error.lineno, error.offset)
        return self._result.encode()

    def _refuse(self, wrong: str, line: int | None = None, column: int | None = None) -> NoReturn:
        line = self._parser.CurrentLineNumber if line is None else line
        column = self._parser.CurrentColumnNumber if column is None else column
        place = ".".join(each.name for each in self._open)
        text = f"{wrong} at line {line}, column {column + 1}"
        raise InvalidDocument(Issue("error", "structure", place, text))

    def _declaration(self, *_: object) -> None:
        self._refuse("a document type or an instruction is not read")

    def _start(self, name: str, given: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if len(self._open) + (self._markup.depth if self._markup else 0) >= DEEPEST:
            self._refuse(f"nested more than {DEEPEST} levels deep")
        if self._markup:
            self._markup.start(space, local, given)
            return
        if not self._open or self._open[-1].kind == RESOURCE:
            self._start_resource(space, local, given)
            return
        parent = self._open[-1]
        element = xml_elements(parent.kind).get(local)
        if element is None or local in attributes(parent.kind):
            self._refuse(f"there is no element {_shown(local)} here")
        if element.place < parent.reached:
            self._refuse(f"{_shown(local)} is out of order: elements come in that of their definition")
        parent.reached = element.place
        if element.datatype == MARKUP:
            self._start_markup(space, local, given)
            return
        if space != FHIR:
            self._refuse(f"{_shown(local)} is not in the namespace {FHIR}")
        self._open.append(_Open(local, _SHADOW if element.primitive else element.datatype, element))
        self._take(given)

    def _start_resource(self, space: str, local: str, given: dict[str, str]) -> None:
        if space != FHIR:
            self._refuse(f"a resource is in the namespace {FHIR}")
        if local not in RESOURCE_TYPES:
            self._refuse("there is no such resource type")
        if self._open and self._open[-1].held is not None:
            self._refuse("there is one resource to an element")
        self._open.append(_Open(local, local))
        self._take({name: value for name, value in given.items() if not name.startswith(_SCHEMA)})

    def _take(self, given: dict[str, str]) -> None:
        """Read the attributes of the element that has just begun."""
        here = self._open[-1]
        allowed = attributes(here.kind) if here.kind != RESOURCE else frozenset()
        for name, value in given.items():
            if name == "value" and here.element and here.element.primitive:
                here.value = value
            elif name in allowed:
                here.own[name] = value
            else:
                self._refuse(f"there is no attribute {_shown(name)} here")

    def _start_markup(self, space: str, local: str, given: dict[str, str]) -> None:
        if space != XHTML:
            self._refuse(f"the narrative is not in the namespace {XHTML}")
        self._markup = Markup(self._raw, self._parser.CurrentByteIndex)
        self._markup.start(space, local, given)

    def _characters(self, text: str) -> None:
        if self._markup:
            self._markup.characters(text)
        elif not text.isspace():
            self._refuse("text stands outside of a narrative; a value is an attribute")

    def _end(self, name: str) -> None:
        if self._markup:
            self._markup.end(name.rpartition(" ")[2])
            if not self._markup.depth:
                self._add("div", _text(self._markup.text(self._parser.CurrentByteIndex)), None)
                self._markup = None
            return
        done = self._open.pop()
        if done.element is None:
            self._end_resource(done)
        elif done.kind == RESOURCE:
            if done.held is None:
                self._refuse(f"{done.name} holds no resource")
            self._add(done.name, done.held, None)
        elif done.element.primitive:
            self._end_primitive(done, done.element.datatype)
        else:
            self._add(done.name, _object(done.pieces()), None)

    def _end_resource(self, done: _Open) -> None:
        text = _object([f'"resourceType":"{done.kind}"', *done.pieces()])
        if self._open:
            self._open[-1].held = text
        else:
            self._result = text

    def _end_primitive(self, done: _Open, datatype: str) -> None:
        beside = done.pieces()
        if done.value is None and not beside:
            self._refuse(f"{done.name} has neither a value nor an extension")
        value = None if done.value is None else _primitive(done.value, datatype)
        self._add(done.name, value, _object(beside) if beside else None)

    def _add(self, name: str, value: str | None, beside: str | None) -> None:
        self._open[-1].members.setdefault(name, []).append((value, beside))


def _member(name: str, element: XmlElement, pairs: list[tuple[str | None, str | None]]) -> list[str]:
    """The JSON of what was found under one name; what may not repeat and does is told of as an array is."""
    values, shadows = zip(*pairs, strict=True)
    if element.many or len(pairs) > 1:
        written = [f'"{name}":[{",".join(each or "null" for each in values)}]'] if any(values) else []
        beside = f'"_{name}":[{",".join(each or "null" for each in shadows)}]'
        return [*written, beside] if any(shadows) else written
    written = [f'"{name}":{values[0]}'] if values[0] is not None else []
    return [*written, f'"_{name}":{shadows[0]}'] if shadows[0] is not None else written


def _primitive(value: str, datatype: str) -> str:
    """The JSON of a value; one that is not of its datatype stays a text, which the validation names."""
    if datatype == "boolean" and value in _TRUTH:
        return value
    form = _NUMBERS.get(datatype)
    found = form.fullmatch(value) if form is not None else None
    return found[1] if found is not None else _text(value)


def _object(pieces: list[str]) -> str:
    return "{" + ",".join(pieces) + "}"


def _text(value: str) -> str:
    return orjson.dumps(value).decode()


def _shown(name: str) -> str:
    """A name that the client made up."""
    return (
        "".join(each for each in name[:_LONGEST_NAME] if each.isalnum() or each in "_-:.") or "of that name"
    )
