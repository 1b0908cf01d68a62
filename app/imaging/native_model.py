"""The Native DICOM Model (PS3.19 A.1) to and from DICOM JSON (PS3.18 F.2): one data set, one XML document.

Both ways nothing is lost, but for characters that XML 1.0 has no place for, which become U+FFFD. A private
attribute is written as gggg00ee with its creator, as the model wants; the element that reserves the block is
written too, so that a reader finds the same block again.

Reading is for documents of strangers: no document type, so no entities; numbers, depth and size are capped.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, TypeAlias
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from pydicom.datadict import keyword_for_tag
from pydicom.valuerep import STANDARD_VR

from graph.errors import Invalid, TooLarge

NAMESPACE = "http://dicom.nema.org/PS3.19/models/NativeDICOM"

DataSetJson: TypeAlias = Mapping[str, Any]

_MODEL, _ATTRIBUTE, _ITEM, _NAME = "NativeDicomModel", "DicomAttribute", "Item", "PersonName"
_VALUE, _BULK, _INLINE = "Value", "BulkData", "InlineBinary"
_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_COMPONENTS = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
_CHILDREN: Mapping[str, frozenset[str]] = {
    "": frozenset({_MODEL}),
    _MODEL: frozenset({_ATTRIBUTE}),
    _ITEM: frozenset({_ATTRIBUTE}),
    _ATTRIBUTE: frozenset({_VALUE, _ITEM, _NAME, _BULK, _INLINE}),
    _NAME: frozenset(_GROUPS),
    **dict.fromkeys(_GROUPS, frozenset(_COMPONENTS)),
}
_WITH_TEXT = frozenset({_VALUE, _INLINE, *_COMPONENTS})
_VALUED_BY = {"SQ": _ITEM, "PN": _NAME}

_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<{_MODEL} xml:space="preserve" xmlns="{NAMESPACE}">'
_CARRIAGE_RETURN = {"\r": "&#13;"}  # a parser reads a bare one as a line feed (XML 1.0 2.11)
_NO_CHARACTERS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_TAG = re.compile(r"[0-9A-Fa-f]{8}")
_INTEGER = re.compile(r"\s*[+-]?[0-9]{1,20}\s*", re.ASCII)
_DECIMAL = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*", re.ASCII)
_NO_NUMBERS = frozenset({"nan", "inf", "-inf", "infinity", "-infinity"})
_LONGEST_NUMBER = 64
_LARGEST_EXACT = 2**53  # a double holds every integer up to here
_INTEGERS = frozenset({"US", "SS", "UL", "SL", "SV", "UV"})
_FLOATS, _STRINGS_OF_NUMBERS = frozenset({"FL", "FD"}), frozenset({"DS", "IS"})
_CREATORS = range(0x10, 0x100)


@dataclass(frozen=True, slots=True)
class NativeLimits:
    """The most bytes of a document, elements and values in it, and levels of sequences."""

    size: int = 64 << 20
    elements: int = 1_000_000
    depth: int = 64


def write_native(dataset: DataSetJson) -> bytes:
    """The document of a data set, in UTF-8."""
    written = [_HEAD]
    _write_attributes(dataset, written)
    written.append(f"</{_MODEL}>")
    return "".join(written).encode()


def _write_attributes(dataset: DataSetJson, into: list[str]) -> None:
    creators = _creators(dataset)
    for tag, entry in dataset.items():
        vr = entry["vr"]
        into.append(f'<{_ATTRIBUTE} {_named(tag, creators)} vr="{vr}">')
        if "BulkDataURI" in entry:
            into.append(f"<{_BULK} uri={quoteattr(_clean(entry['BulkDataURI']))}/>")
        elif "InlineBinary" in entry:
            into.append(f"<{_INLINE}>{entry['InlineBinary']}</{_INLINE}>")
        else:
            for number, value in enumerate(entry.get("Value", ()), 1):
                _write_value(vr, number, value, into)
        into.append(f"</{_ATTRIBUTE}>")


def _named(tag: str, creators: Mapping[str, str]) -> str:
    """The XML attributes that name a DICOM attribute: its tag, its keyword, its private creator."""
    creator = creators.get(tag[:6])
    if creator is None:
        keyword = keyword_for_tag(int(tag, 16))
        return f'tag="{tag}" keyword="{keyword}"' if keyword else f'tag="{tag}"'
    # Of a creator with two blocks the short form would not tell which one is meant.
    if sum(each == creator and block[:4] == tag[:4] for block, each in creators.items()) == 1:
        tag = f"{tag[:4]}00{tag[6:]}"
    return f'tag="{tag}" privateCreator={quoteattr(_clean(creator))}'


def _creators(dataset: DataSetJson) -> dict[str, str]:
    """The private creators of a data set by group and block: the first six digits of their tags."""
    return {
        tag[:4] + tag[6:]: values[0]
        for tag, entry in dataset.items()
        if int(tag[3], 16) % 2 and tag[4:6] == "00" and tag[6] != "0"
        if (values := entry.get("Value")) and isinstance(values[0], str)
    }


def _write_value(vr: str, number: int, value: Any, into: list[str]) -> None:
    if vr == "SQ":
        into.append(f'<{_ITEM} number="{number}">')
        _write_attributes(value or {}, into)
        into.append(f"</{_ITEM}>")
    elif vr == "PN":
        into.append(f'<{_NAME} number="{number}">')
        for group in _GROUPS:
            if text := (value or {}).get(group):
                into.append(f"<{group}>{_components(text)}</{group}>")
        into.append(f"</{_NAME}>")
    elif value is None:
        into.append(f'<{_VALUE} number="{number}"/>')
    else:
        into.append(f'<{_VALUE} number="{number}">{_text(str(value))}</{_VALUE}>')


def _components(text: str) -> str:
    """The components of a name's group; empty ones only at its end, where their delimiters would be lost."""
    parts = text.split("^", len(_COMPONENTS) - 1)
    last = len(parts) - 1
    return "".join(
        f"<{name}>{_text(part)}</{name}>"
        for place, (name, part) in enumerate(zip(_COMPONENTS, parts, strict=False))
        if part or place == last
    )


def _text(text: str) -> str:
    return escape(_clean(text), _CARRIAGE_RETURN)


def _clean(text: str) -> str:
    return text if text.isprintable() else _NO_CHARACTERS.sub("\ufffd", text)


def read_native(chunks: Iterable[bytes], limits: NativeLimits | None = None) -> dict[str, Any]:
    """Read a document, as it arrives, to DICOM JSON: tags ascending, numbers as numbers where they are exact.

    Raises `Invalid` with the line for what is no Native DICOM Model, or has a document type; `TooLarge`
    beyond the limits.
    """
    reader = _Reader(limits or NativeLimits())
    return reader.read(chunks)


@dataclass(slots=True)
class _Open:
    """An XML element that has begun: its name, attributes, text and what is in it."""

    name: str
    attributes: Mapping[str, str]
    text: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)
    private: list[tuple[str, str, Any]] = field(default_factory=list)


class _Reader:
    """Builds one data set from the events of the parser."""

    def __init__(self, limits: NativeLimits) -> None:
        self._limits = limits
        self._stack = [_Open("", {})]
        self._left = limits.elements
        self._depth = 0
        self._closers: Mapping[str, Callable[[_Open, _Open], None]] = {
            _MODEL: self._close_model,
            _ITEM: self._close_item,
            _ATTRIBUTE: self._close_attribute,
            _VALUE: self._close_value,
            _NAME: lambda closed, into: self._place(closed, into, closed.named or None),
            _BULK: self._close_bulk,
            _INLINE: lambda closed, into: into.named.update(InlineBinary="".join(closed.text)),
            **dict.fromkeys(_GROUPS, self._close_group),
            **dict.fromkeys(_COMPONENTS, self._close_component),
        }
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype

    def read(self, chunks: Iterable[bytes]) -> dict[str, Any]:
        """The data set of the document."""
        size = 0
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > self._limits.size:
                    raise TooLarge(f"an XML document is larger than {self._limits.size} bytes")
                self._parser.Parse(chunk, False)
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Invalid(f"the XML is malformed: line {error.lineno}", location="body") from None
        except LookupError:
            raise Invalid("the encoding of the XML is not known", location="body") from None
        dataset: dict[str, Any] = self._stack[0].named
        return dataset

    def _start(self, full_name: str, attributes: Mapping[str, str]) -> None:
        namespace, _, name = full_name.rpartition(" ")
        if namespace not in ("", NAMESPACE) or name not in _CHILDREN.get(self._stack[-1].name, ()):
            raise self._wrong("an element has no place there in the Native DICOM Model")
        self._count(1)
        self._depth += name == _ITEM
        if self._depth > self._limits.depth:
            raise TooLarge(f"sequences are nested deeper than {self._limits.depth} levels", location="body")
        self._stack.append(_Open(name, dict(attributes)))

    def _end(self, _: str) -> None:
        closed = self._stack.pop()
        self._depth -= closed.name == _ITEM
        self._closers[closed.name](closed, self._stack[-1])

    def _characters(self, text: str) -> None:
        opened = self._stack[-1]
        if opened.name in _WITH_TEXT:
            opened.text.append(text)
        elif not text.isspace():
            raise self._wrong("text has no place there in the Native DICOM Model")

    def _refuse_doctype(self, *_: object) -> None:
        raise self._wrong("an XML document may not have a document type")

    def _count(self, number: int) -> None:
        self._left -= number
        if self._left < 0:
            raise TooLarge(f"the XML has more than {self._limits.elements} elements", location="body")

    def _wrong(self, message: str) -> Invalid:
        return Invalid(f"{message}: line {self._parser.CurrentLineNumber}", location="body")

    def _close_model(self, closed: _Open, root: _Open) -> None:
        root.named = _settled(closed)

    def _close_item(self, closed: _Open, into: _Open) -> None:
        self._place(closed, into, _settled(closed))

    def _close_attribute(self, closed: _Open, into: _Open) -> None:
        tag, vr = closed.attributes.get("tag", ""), closed.attributes.get("vr", "")
        if not _TAG.fullmatch(tag):
            raise self._wrong("a DicomAttribute has no tag of eight hexadecimal digits")
        if vr not in STANDARD_VR:
            raise self._wrong("a DicomAttribute has no value representation")
        if closed.named and (closed.values or len(closed.named) > 1):
            raise self._wrong("a DicomAttribute has values of two kinds")
        entry = {"vr": vr, **({"Value": closed.values} if closed.values else closed.named)}
        if creator := closed.attributes.get("privateCreator"):
            into.private.append((tag.upper(), creator, entry))
        elif tag.upper() in into.named:
            raise self._wrong("an attribute comes twice")
        else:
            into.named[tag.upper()] = entry

    def _close_value(self, closed: _Open, into: _Open) -> None:
        text = "".join(closed.text)
        try:
            value = _value(into.attributes.get("vr", ""), text) if text else None
        except ValueError:
            raise self._wrong("a value is no number of its value representation") from None
        self._place(closed, into, value)

    def _close_bulk(self, closed: _Open, into: _Open) -> None:
        if not (address := closed.attributes.get("uri")):
            raise self._wrong("a BulkData has no uri")
        into.named["BulkDataURI"] = address

    def _close_group(self, closed: _Open, into: _Open) -> None:
        given = closed.named
        last = max((place for place, name in enumerate(_COMPONENTS) if name in given), default=-1)
        if text := "^".join(given.get(name, "") for name in _COMPONENTS[: last + 1]):
            into.named[closed.name] = text

    def _close_component(self, closed: _Open, into: _Open) -> None:
        into.named[closed.name] = "".join(closed.text)

    def _place(self, closed: _Open, into: _Open, value: Any) -> None:
        """Put a value where its number says, empty ones before it; without a number it is the next."""
        if closed.name != _VALUED_BY.get(into.attributes.get("vr", ""), _VALUE):
            raise self._wrong("a value is not of the kind of its value representation")
        text = closed.attributes.get("number", "")
        number = int(text) if _INTEGER.fullmatch(text) else len(into.values) + 1
        missing = number - len(into.values) - 1
        if missing < 0:
            raise self._wrong("the numbers of values do not ascend")
        self._count(missing)
        into.values += [None if closed.name != _ITEM else {}] * missing
        into.values.append(value)


def _value(vr: str, text: str) -> Any:
    """The JSON value of a text (PS3.18 table F.2.3-1); raises `ValueError` where it must be a number."""
    if vr in _INTEGERS:
        if not _INTEGER.fullmatch(text):
            raise ValueError(vr)
        number = int(text)
        return number if -_LARGEST_EXACT <= number <= _LARGEST_EXACT else str(number)
    if vr in _FLOATS:
        return _float(text)
    if vr in _STRINGS_OF_NUMBERS:
        return _exact(text)
    return text


def _float(text: str) -> int | float | str:
    """A number; as its name what is none (PS3.5 6.2 lets FL and FD be so), since JSON has no sign for it."""
    if text.strip().lower() in _NO_NUMBERS:
        return text.strip()
    if not _DECIMAL.fullmatch(text) or len(text) > _LONGEST_NUMBER:
        raise ValueError(text)
    return int(text) if _INTEGER.fullmatch(text) else _finite(float(text))


def _finite(number: float) -> float:
    if not isfinite(number):
        raise ValueError(number)
    return number


def _exact(text: str) -> int | float | str:
    """A number where it is written in the same way again, else the text: JSON takes both for DS and IS."""
    if len(text) <= _LONGEST_NUMBER and _DECIMAL.fullmatch(text):
        number = int(text) if _INTEGER.fullmatch(text) else float(text)
        if str(number) == text:
            return number
    return text


def _settled(closed: _Open) -> dict[str, Any]:
    """The data set with its private attributes in the blocks of their creators (PS3.5 7.8.1), by tag."""
    dataset = closed.named
    blocks = {(block[:4], creator): block[4:] for block, creator in _creators(dataset).items()}
    for tag, creator, entry in closed.private:
        group, block = tag[:4], tag[4:6]
        if block == "00":
            block = blocks.get((group, creator)) or _free_block(group, dataset)
            blocks[group, creator] = block
        dataset.setdefault(f"{group}00{block}", {"vr": "LO", "Value": [creator]})
        if dataset.setdefault(placed := f"{group}{block}{tag[6:]}", entry) is not entry:
            raise Invalid(f"the attribute {placed} comes twice", location="body")
    return dict(sorted(dataset.items()))


def _free_block(group: str, dataset: Mapping[str, Any]) -> str:
    for block in _CREATORS:
        if f"{group}00{block:02X}" not in dataset:
            return f"{block:02X}"
    raise Invalid(f"the group {group} has too many private creators", location="body")
