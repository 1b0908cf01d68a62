"""Reads a table of the lexicon strictly: what is not well written is an error with its file and line."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from app.cohorts.plain_words.lexicon.rows import LexiconCoding, LexiconKind, LexiconRow, StateMeaning
from app.cohorts.plain_words.lexicon.systems import SYSTEMS, WRITTEN

_COLUMNS = ("id", "en", "ko", "codes", "parts", "note")
_FURTHER: Mapping[LexiconKind, tuple[str, ...]] = {
    LexiconKind.LAB: ("unit",),
    LexiconKind.VITAL: ("unit",),
    LexiconKind.STATE: ("meaning",),
    LexiconKind.MODALITY: ("description",),
}
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CODE = re.compile(r"([A-Z0-9]+):([^\s+]+)(\+?)")
_COMPARED = re.compile(r"(?P<codes>.+?) (?P<op>>=|<=|>|<) (?P<number>-?\d+(?:\.\d+)?) (?P<unit>\S+)")
_OPS: Mapping[str, str] = {">=": "ge", "<=": "le", ">": "gt", "<": "lt"}
_EVENTS = frozenset(
    {
        "condition",
        "observation",
        "procedure",
        "medication",
        "encounter",
        "device",
        "allergy",
        "immunization",
        "familyHistory",
    }
)


class LexiconError(ValueError):
    """A table of the lexicon is not well written; the message names the file and the line."""


def columns(kind: LexiconKind) -> tuple[str, ...]:
    """The columns that the table of a kind has, in their order."""
    return _COLUMNS + _FURTHER.get(kind, ())


def lexicon_rows(kind: LexiconKind, text: str) -> tuple[LexiconRow, ...]:
    """The rows of a table, in its order, which is that of their ids.

    Raises `LexiconError` at the first line that is not well written.
    """
    rows: list[LexiconRow] = []
    for line, cells in table(f"{kind}.tsv", text, columns(kind)):
        try:
            row = _row(kind, cells)
            if rows and rows[-1].id >= row.id:
                raise LexiconError(f"{row.id} stands after {rows[-1].id}: sort by id")
        except LexiconError as error:
            raise LexiconError(f"{kind}.tsv:{line}: {error}") from error
        rows.append(row)
    return tuple(rows)


def table(name: str, text: str, names: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The lines of a table with their numbers, each cell by the name of its column; comments left out.

    Raises `LexiconError` where the header is another one, or a line has more or fewer cells than it.
    """
    lines = [
        (number, line)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.startswith("#")
    ]
    if not lines or tuple(lines[0][1].split("\t")) != names:
        raise LexiconError(f"{name}:{lines[0][0] if lines else 1}: the header must be {' '.join(names)}")
    for number, line in lines[1:]:
        cells = line.split("\t")
        if len(cells) != len(names):
            raise LexiconError(f"{name}:{number}: {len(cells)} cells instead of {len(names)}")
        if any(cell != cell.strip() for cell in cells):
            raise LexiconError(f"{name}:{number}: a cell begins or ends with a space")
        yield number, dict(zip(names, cells, strict=True))


def names_in(cell: str) -> tuple[str, ...]:
    """The names of a cell, the preferred one first.

    Raises `LexiconError` where there is none, one is empty, or one stands there twice.
    """
    names = tuple(name.strip() for name in cell.split("|"))
    if not all(names):
        raise LexiconError("a name is missing")
    if len(set(names)) != len(names):
        raise LexiconError(f"a name stands twice in {cell!r}")
    return names


def codings_in(cell: str) -> tuple[LexiconCoding, ...]:
    """The codings of a cell: one for each system that a prefix stands for.

    Raises `LexiconError` where a code is not well written, or its prefix is unknown.
    """
    return tuple(coding for word in cell.split() for coding in _codings(word))


def _row(kind: LexiconKind, cells: Mapping[str, str]) -> LexiconRow:
    parts = cells["parts"].split()
    for each in (cells["id"], *(part.removeprefix("-") for part in parts)):
        if not _ID.fullmatch(each):
            raise LexiconError(f"{each!r} is no id: lower-case words joined by -")
    return LexiconRow(
        id=cells["id"],
        kind=kind,
        en=names_in(cells["en"]),
        ko=names_in(cells["ko"]),
        codings=codings_in(cells["codes"]),
        parts=tuple(part for part in parts if not part.startswith("-")),
        excluded=tuple(part.removeprefix("-") for part in parts if part.startswith("-")),
        unit=cells.get("unit") or None,
        meaning=_meanings(cells.get("meaning", "")),
        description=names_in(cells["description"]) if cells.get("description") else (),
        note=cells["note"],
    )


def _codings(word: str) -> Iterator[LexiconCoding]:
    found = _CODE.fullmatch(word)
    if not found or found[1] not in SYSTEMS:
        raise LexiconError(f"{word!r} is no code: SYSTEM:CODE, with + for all below it")
    for system in SYSTEMS[found[1]]:
        yield LexiconCoding(system, WRITTEN.get(found[1], "") + found[2], bool(found[3]))


def _meanings(cell: str) -> tuple[StateMeaning, ...]:
    return tuple(_meaning(text) for text in cell.split(" ; ")) if cell else ()


def _meaning(text: str) -> StateMeaning:
    event, _, rest = text.partition(" ")
    if event == "deceased" and rest in ("true", "false"):
        return StateMeaning("deceased", holds=rest == "true")
    if event not in _EVENTS or not rest:
        raise LexiconError(f"{text!r} is no meaning: a kind of event, then codes")
    codes, equals, values = rest.partition(" = ")
    if equals:
        return StateMeaning(event, codings_in(codes), values=codings_in(values))
    compared = _COMPARED.fullmatch(rest)
    if not compared:
        return StateMeaning(event, codings_in(rest))
    return StateMeaning(
        event,
        codings_in(compared["codes"]),
        op=_OPS[compared["op"]],
        number=Decimal(compared["number"]),
        unit=compared["unit"],
    )
