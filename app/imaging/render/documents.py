"""Structured reports to be read: the content tree as plain text and as HTML (PS3.3 C.17.3, PS3.18 8.7.2).

Names and codes are told by their meanings, numbers with their units, objects by their class and UID. What a
report holds is bounded in items, depth and letters; what is left out is said at its end.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

from pydicom import Dataset
from pydicom.config import IGNORE
from pydicom.uid import UID

from app.imaging.attributes import Attributes
from app.imaging.codes import CodedValue
from app.imaging.render.faults import Unrenderable
from app.imaging.reports import ContentItem, code_of

MOST_ITEMS = 20_000
MOST_LETTERS = 4_000_000
DEEPEST = 32
_LARGEST_HEADING = 2
_SMALLEST_HEADING = 6
_LEFT_OUT = "The report is longer; what follows is left out."
_POINT = 2
_XHTML = "http://www.w3.org/1999/xhtml"
_NO_CHARACTERS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class ContentLine:
    """One content item: how deep it stands, its concept name, its value; a container has no value."""

    depth: int
    name: str
    value: str = ""
    container: bool = False


def report_text(document: Dataset) -> str:
    """Write a structured report as plain text; raises `Unrenderable` where it has no content."""
    lines = [_title(document), *(f"{name}: {value}" for name, value in _heading(document)), ""]
    for line in content_of(document):
        indent = "  " * line.depth
        value = f"\n{indent}  ".join(line.value.splitlines())
        named = f"{line.name}: {value}" if line.name and value else line.name or value
        lines.append(f"{indent}{named}")
    return "\n".join(lines) + "\n"


def report_html(document: Dataset) -> str:
    """Write a structured report as a page of HTML; raises `Unrenderable` where it has no content."""
    return f"<!DOCTYPE html>\n{_page(document)}"


def report_xml(document: Dataset) -> str:
    """Write a structured report as a page of XHTML, which is XML; raises as `report_html` does.

    Characters that XML 1.0 has no place for become U+FFFD.
    """
    page = _NO_CHARACTERS.sub("\N{REPLACEMENT CHARACTER}", _page(document))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{page}'


def _page(document: Dataset) -> str:
    """A page that reads the same as HTML and as XML."""
    title = escape(_title(document))
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>\n" for name, value in _heading(document)
    )
    body = "".join(map(_html_of, content_of(document)))
    return (
        f'<html xmlns="{_XHTML}" lang="en"><head><meta charset="utf-8"/><title>{title}</title></head>\n'
        f"<body><h1>{title}</h1>\n<table>\n{rows}</table>\n{body}</body></html>\n"
    )


def content_of(document: Dataset) -> Iterator[ContentLine]:
    """The content items of a report in their order, without its root.

    The last line says where some were left out. Raises `Unrenderable` where it has none.
    """
    root = Attributes(document)
    if not root.items("ContentSequence"):
        raise Unrenderable("the report has no content")
    left = MOST_LETTERS
    for number, line in enumerate(_below(ContentItem(root), 0)):
        left -= len(line.name) + len(line.value)
        if number >= MOST_ITEMS or left < 0:
            yield ContentLine(0, _LEFT_OUT)
            return
        yield line


def _below(item: ContentItem, depth: int) -> Iterator[ContentLine]:
    for child in item.children():
        value = _VALUES.get(child.kind, _nothing)(child)
        yield ContentLine(depth, _spoken(child.name), value, child.kind == "CONTAINER")
        if depth + 1 < DEEPEST:
            yield from _below(child, depth + 1)
        elif any(child.children()):
            yield ContentLine(depth, _LEFT_OUT)


def _html_of(line: ContentLine) -> str:
    name = escape(line.name)
    if line.container:
        level = min(_LARGEST_HEADING + line.depth, _SMALLEST_HEADING)
        return f"<h{level}>{name}</h{level}>\n"
    value = "<br/>".join(escape(part) for part in line.value.splitlines())
    named = f"<b>{name}</b>: {value}" if name and value else name or value
    return f'<p style="margin-left: {line.depth}em">{named}</p>\n'


def _title(document: Dataset) -> str:
    return _spoken(code_of(Attributes(document), "ConceptNameCodeSequence")) or "Report"


def _heading(document: Dataset) -> Iterator[tuple[str, str]]:
    """What a reader is told before the content: of whom, of when, how far it is."""
    said = Attributes(document)
    told = (
        ("Patient", said.person("PatientName")),
        ("Patient ID", said.text("PatientID")),
        ("Born", said.text("PatientBirthDate")),
        ("Study", said.text("StudyDescription")),
        ("Study date", said.text("StudyDate")),
        ("Written", " ".join(filter(None, (said.text("ContentDate"), said.text("ContentTime"))))),
        ("Completion", said.text("CompletionFlag")),
        ("Verification", said.text("VerificationFlag")),
        ("Verified by", _observers(said)),
    )
    return (pair for pair in told if pair[1])


def _observers(said: Attributes) -> str:
    observers = said.items("VerifyingObserverSequence")[:MOST_ITEMS]
    return ", ".join(filter(None, (each.person("VerifyingObserverName") for each in observers)))


def _spoken(code: CodedValue, *, with_code: bool = False) -> str:
    """The meaning of a code, or the code where it has none; empty where it is none."""
    value, scheme, meaning = code
    if not any(code):
        return ""
    known = f"({', '.join(part for part in (value, scheme) if part)})"
    return f"{meaning} {known}" if meaning and with_code else meaning or known


def _code(item: ContentItem) -> str:
    return _spoken(item.code(), with_code=True)


def _number(item: ContentItem) -> str:
    measured = item.number()
    if measured is None:
        return _spoken(item.why_no_number()) or "no value"
    symbol, _, meaning = measured.unit  # UCUM writes a number without a unit as 1, or says in braces of what
    shown = meaning if symbol.startswith("{") else "" if symbol == "1" else symbol
    return f"{measured.value} {shown}".strip()


def _objects(item: ContentItem) -> str:
    parts = []
    for each in item.objects():
        kind = UID(each.sop_class_uid, validation_mode=IGNORE).name
        told = f"{kind} {each.sop_uid}".strip()
        parts.append(f"{told}, frames {each.frames}" if each.frames else told)
    return "; ".join(parts)


def _coordinates(item: ContentItem) -> str:
    kind = item.said.text("GraphicType")
    points = len(item.said.numbers("GraphicData")) // (3 if item.kind == "SCOORD3D" else _POINT)
    return f"{kind}, {points} point{'' if points == 1 else 's'}"


def _moments(item: ContentItem) -> str:
    keywords = (
        "TemporalRangeType",
        "ReferencedSamplePositions",
        "ReferencedTimeOffsets",
        "ReferencedDateTime",
    )
    return " ".join(filter(None, (item.said.text(keyword).replace("\\", ", ") for keyword in keywords)))


def _nothing(item: ContentItem) -> str:
    """Of a container, and of an item that stands for another: which one (PS3.3 C.17.3.2.5)."""
    place = item.said.text("ReferencedContentItemIdentifier")
    return f"see item {place.replace(chr(92), '.')}" if place else ""


def _plain(keyword: str) -> Callable[[ContentItem], str]:
    return lambda item: item.said.text(keyword)


_VALUES: MappingProxyType[str, Callable[[ContentItem], str]] = MappingProxyType(
    {
        "TEXT": ContentItem.text,
        "CODE": _code,
        "NUM": _number,
        "PNAME": lambda item: item.said.person("PersonName"),
        "DATE": _plain("Date"),
        "TIME": _plain("Time"),
        "DATETIME": _plain("DateTime"),
        "UIDREF": _plain("UID"),
        "COMPOSITE": _objects,
        "IMAGE": _objects,
        "WAVEFORM": _objects,
        "SCOORD": _coordinates,
        "SCOORD3D": _coordinates,
        "TCOORD": _moments,
    }
)
