"""ICD-10-CM: the tabular list, with the codes that a seventh character makes of the codes in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from app.terminology.sources.documents import JsonObject, SystemHead, code_system, concept
from app.terminology.sources.wheels import OpenedWheel

_TABLE = "simple_icd_10_cm/data/icd10c-tabular-April-1-2026.xml"
_LIST = "simple_icd_10_cm/data/code-list-April-2026.txt"
_CATEGORY = 3  # characters
_FULL = 7
_FILLER = "X"
_CODED = re.compile(r"\s*\([^()]*[A-Z]\d[^()]*\)$")  # a title's own range in brackets


@dataclass(frozen=True, slots=True)
class IcdCode:
    """A chapter, block or code: its title, its inclusion terms and what stands above it."""

    code: str
    title: str
    terms: tuple[str, ...] = ()
    parent: str | None = None


def icd_codes(wheel: OpenedWheel) -> Iterator[IcdCode]:
    """Every chapter, block and code, each behind what stands above it."""
    table = ElementTree.fromstring(wheel.read(_TABLE))  # noqa: S314 - a file of known digest
    extensions: dict[str, Mapping[str, str]] = {}
    listed: dict[str, IcdCode] = {}
    for chapter in table.iterfind("chapter"):
        for each in _chapter(chapter, extensions):
            listed[each.code] = each
            yield each
    for line in wheel.lines(_LIST):
        code = _pointed(line)
        if len(line) == _FULL and code not in listed:
            yield _extended(line, listed, extensions)


def read_icd_10_cm(wheel: OpenedWheel, head: SystemHead) -> Iterator[JsonObject]:
    """The codes as a CodeSystem."""
    yield code_system(
        head,
        [
            concept(
                each.code,
                each.title,
                parents=(each.parent,) if each.parent else (),
                names=(("en", term) for term in each.terms),
            )
            for each in icd_codes(wheel)
        ],
    )


def _chapter(chapter: Element, extensions: dict[str, Mapping[str, str]]) -> Iterator[IcdCode]:
    number = f"Chapter {chapter.findtext('name')}"
    yield IcdCode(number, _title(chapter.findtext("desc")))
    for section in chapter.iterfind("section"):
        block = section.get("id", "")
        inside = list(section.iterfind("diag"))
        single = len(inside) == 1 and inside[0].findtext("name") == block
        if not single:
            yield IcdCode(block, _title(section.findtext("desc")), parent=number)
        for each in inside:
            yield from _code(each, number if single else block, {}, extensions)


def _code(
    entry: Element, parent: str, characters: Mapping[str, str], extensions: dict[str, Mapping[str, str]]
) -> Iterator[IcdCode]:
    code = entry.findtext("name", "")
    own = entry.find("sevenChrDef")
    if own is not None:
        characters = {each.get("char", ""): (each.text or "").strip() for each in own.iterfind("extension")}
    extensions[code] = characters
    terms = tuple(each.text or "" for each in entry.iterfind("inclusionTerm/note"))
    yield IcdCode(code, entry.findtext("desc", ""), terms, parent)
    for inner in entry.iterfind("diag"):
        yield from _code(inner, code, characters, extensions)


def _extended(
    line: str, listed: Mapping[str, IcdCode], extensions: Mapping[str, Mapping[str, str]]
) -> IcdCode:
    """A code of seven characters, by the code that the seventh extends; X fills the places between."""
    base, character = line[:-1], line[-1]
    while _pointed(base) not in listed:
        base = base[:-1]
    code = _pointed(base)
    meaning = extensions[code].get(character, character)
    return IcdCode(_pointed(line), f"{listed[code].title}, {meaning}", parent=code)


def _pointed(code: str) -> str:
    return f"{code[:_CATEGORY]}.{code[_CATEGORY:]}" if len(code) > _CATEGORY and "-" not in code else code


def _title(text: str | None) -> str:
    return _CODED.sub("", (text or "").strip())
