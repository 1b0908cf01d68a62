"""What a caller who sees pseudonyms is not told: whatever would tell of fewer than `minCell` patients.

A cell is a set of patients that an answer tells: who matches, of whom nobody can say, who has rows of a name,
or a value in one of their columns, who has links. It is told where it has `minCell` patients and tells of no
fewer beside one or two cells that the caller was told before, of this answer or another (`graph/tellings`).
That nobody is in it is not told: 0 beside what is withheld would tell where the few are. A part of the
patients of a page is told where their rest could be, too; a column, where all its values may be.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from graph.scope import AccessScope
from graph.tellings.tellings import TellingStore

ShownRow: TypeAlias = dict[str, Any]
NAMES = ("patient", "reference")  # the members of a row that are pseudonyms


@dataclass(frozen=True, slots=True)
class Withholding:
    """Decides for one caller, `now` (µs): what has fewer than `least` patients is withheld."""

    tellings: TellingStore
    scope: AccessScope
    least: int
    now: int

    def told(self, cells: Sequence[Collection[str]]) -> list[bool]:
        """Whether each cell, given by the pseudonyms of its patients, is told; those that are get remembered.

        An empty one is not told either: that nobody is in it would tell the few by whom it is left. Raises
        `Throttled` where the caller was told too much already.
        """
        return self._together([[cell] for cell in cells])

    def rows(self, rows: Mapping[str, list[ShownRow]], page: Collection[str]) -> dict[str, list[ShownRow]]:
        """The tables whose patients may be told among those of a page, with the values that may be told."""
        told = self._parts([{row["patient"] for row in table} for table in rows.values()], page)
        shown = {
            name: with_common_values(table, self.least) if each else []
            for (name, table), each in zip(rows.items(), told, strict=True)
        }
        columns = [(table, name) for table in shown.values() for name in _columns(table)]
        parts = [list(_holders(name, table).values()) for table, name in columns]
        proper = [len(each) > 1 for each in parts]  # what all rows say tells of whom the table does
        answers = iter(self._together([each for each, parted in zip(parts, proper, strict=True) if parted]))
        for (table, name), parted in zip(columns, proper, strict=True):
            if parted and not next(answers):
                for row in table:
                    row[name] = None
        return shown

    def links(
        self, links: Sequence[dict[str, str]], owners: Mapping[str, str], page: Collection[str]
    ) -> list[dict[str, str]]:
        """The links, where the patients of all and of each way may be told; `owners` are those of rows."""
        ways: dict[str, set[str]] = {}
        for each in links:
            ways.setdefault(each["via"], set()).add(owners[each["from"]])
        told = self._parts([set[str]().union(*ways.values()), *ways.values()], page)
        return list(links) if all(told) else []

    def _parts(self, cells: Sequence[Collection[str]], page: Collection[str]) -> list[bool]:
        """Whether each part of the patients of a page is told, and what it leaves of them with it."""
        standing = [not each or _stands(each, page, self.least) for each in cells]
        proper = [0 < len(each) < len(page) and stands for each, stands in zip(cells, standing, strict=True)]
        answers = iter(self.told([each for each, compared in zip(cells, proper, strict=True) if compared]))
        return [
            next(answers) if compared else stands for compared, stands in zip(proper, standing, strict=True)
        ]

    def _together(self, groups: Sequence[Sequence[Collection[str]]]) -> list[bool]:
        """Whether the cells of each group are told, all of them or none."""
        large = [all(len(cell) >= self.least for cell in cells) for cells in groups]
        asked = [
            [list(map(_digest, cell)) for cell in cells]
            for cells, each in zip(groups, large, strict=True)
            if each
        ]
        answers = iter(self.tellings.tell(self.scope, asked, self.least, self.now) if asked else ())
        return [each and next(answers) for each in large]


def _digest(pseudonym: str) -> bytes:
    """The keyed digest that a pseudonym is."""
    return bytes.fromhex(pseudonym.rpartition("-")[2])


def with_common_values(table: Sequence[ShownRow], least: int) -> list[ShownRow]:
    """The rows, with null for each value that fewer than `least` patients share, or fewer do not share."""
    hidden = {name: _rare(name, table, least) for name in _columns(table)}
    return [
        {name: None if _text(value) in hidden.get(name, ()) else value for name, value in row.items()}
        for row in table
    ]


def _columns(table: Sequence[ShownRow]) -> list[str]:
    """The columns of a table that are not names."""
    return [name for name in (table[0] if table else ()) if name not in NAMES]


def _holders(name: str, table: Sequence[ShownRow]) -> dict[bytes, set[str]]:
    """The patients of each value of a column, by the value as JSON."""
    holders: dict[bytes, set[str]] = {}
    for row in table:
        holders.setdefault(_text(row[name]), set()).add(row["patient"])
    return holders


def _rare(name: str, table: Sequence[ShownRow], least: int) -> set[bytes]:
    """The values of a column that are not shown, as JSON: rare ones, and more until nulls hide enough."""
    holders = _holders(name, table)
    everybody = set[str]().union(*holders.values())
    null = holders.pop(_text(None), set())
    hidden: set[bytes] = set()
    for value, patients in sorted(holders.items(), key=lambda each: (len(each[1]), each[0])):
        if not _stands(patients, everybody, least):
            hidden.add(value)
            null = null | patients
    for value, patients in sorted(holders.items(), key=lambda each: (len(each[1]), each[0])):
        if not null or _stands(null, everybody, least):
            break
        hidden.add(value)
        null = null | patients
    return hidden


def _stands(cell: Collection[str], whole: Collection[str], least: int) -> bool:
    """Whether a part of some patients is large enough, and what it leaves of them is, too."""
    return len(cell) >= least and not 0 < len(whole) - len(cell) < least


def _text(value: Any) -> bytes:
    return orjson.dumps(value)
