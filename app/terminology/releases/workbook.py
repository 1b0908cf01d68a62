"""The rows of the first sheet of a workbook (.xlsx, ECMA-376 part 1): an archive of XML, read in parts."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import closing
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, ParseError

from app.terminology.releases.files import ReleaseFile, broken

_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRINGS = "xl/sharedStrings.xml"
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_COLUMN = re.compile(r"[A-Z]+")
_MOST_COLUMNS = 1_000
_LARGEST = 1 << 30  # bytes of a part, unpacked


def sheet_rows(file: ReleaseFile) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row, as texts, with the number of the row; raises `Invalid`."""
    with closing(file.opened()) as raw:
        try:
            with zipfile.ZipFile(raw) as archive:
                yield from _rows(file, archive)
        except (zipfile.BadZipFile, ParseError, KeyError, ValueError) as error:
            raise broken(file, 1, f"it is no workbook: {type(error).__name__}") from None


def _rows(file: ReleaseFile, archive: zipfile.ZipFile) -> Iterator[tuple[int, list[str]]]:
    sheets = sorted(
        (int(found[1]), found[0]) for name in archive.namelist() if (found := _SHEET.fullmatch(name))
    )
    if not sheets or any(each.file_size > _LARGEST for each in archive.infolist()):
        raise broken(file, 1, "it has no sheet, or one that is too large")
    strings: list[str] = []
    if _STRINGS in archive.namelist():
        strings = [_text(each) for each in _elements(archive, _STRINGS, "si")]
    for row in _elements(archive, sheets[0][1], "row"):
        yield int(row.get("r", "0")), _cells(row, strings)


def _elements(archive: zipfile.ZipFile, member: str, tag: str) -> Iterator[Element]:
    """The elements of a tag, each whole when it is handed out and empty after that."""
    with archive.open(member) as part:
        for _, element in ElementTree.iterparse(part):  # noqa: S314 - a file that the operator names
            if element.tag == f"{_SPACE}{tag}":
                yield element
                element.clear()


def _cells(row: Element, strings: list[str]) -> list[str]:
    found: list[str] = []
    for cell in row.iterfind(f"{_SPACE}c"):
        place = _place(cell.get("r", ""), len(found))
        found.extend([""] * (place - len(found)))
        found.append(_value(cell, strings).strip())
    return found


def _place(reference: str, following: int) -> int:
    """The column of a cell from 0: of its reference, B7 is 1, else the one behind the cell before it."""
    letters = _COLUMN.match(reference)
    if letters is None:
        return following
    place = 0
    for letter in letters[0]:
        place = 26 * place + ord(letter) - ord("A") + 1
    return max(following, min(place - 1, _MOST_COLUMNS))


def _value(cell: Element, strings: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return _text(cell)
    value = cell.findtext(f"{_SPACE}v", "")
    if cell.get("t") != "s":
        return value
    number = int(value)
    return strings[number] if number < len(strings) else ""


def _text(element: Element) -> str:
    """The text of its runs; not how it is read aloud, which stands beside them."""
    runs = (each for each in element.iterfind(f"{_SPACE}r/{_SPACE}t"))
    return "".join(
        each.text or ""
        for each in (*element.iterfind(f"{_SPACE}t"), *element.iterfind(f"{_SPACE}is/{_SPACE}t"), *runs)
    )
