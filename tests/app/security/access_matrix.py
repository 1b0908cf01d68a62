"""The access matrix as the documentation shows it, and what each of its cells promises."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "roles.md"
ALL, SOME, DEIDENTIFIED, OPENED = "yes", "rows", "de-identified", "opened"

# What a cell gives that says more than whose rows; any other gives what its column is for.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "STOW": ("imaging.store",),
    "WADO/QIDO": ("imaging.read",),
    "Delete": ("imaging.delete",),
    "UPS": ("workitem.read", "workitem.write"),
    "Feed": ("feed.read",),
    "Query tags": ("tags.read", "tags.write"),
    "Export": ("imaging.export",),
    "FHIR read": ("fhir.read",),
    "FHIR write": ("fhir.write",),
    "Report": ("report.write",),
    "$export": ("fhir.bulk",),
    "Cohort": ("cohort.query",),
    "Feedback": ("feedback.write",),
    "Share": ("share.manage",),
    "Audit": ("audit.read",),
    "Erase/hold": ("record.erase",),
}
SPECIAL: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("UPS", "read"): ("workitem.read",),
    ("Query tags", "list"): ("tags.read",),
    ("Audit", "own"): ("audit.own",),
    ("Audit", "append"): ("audit.append",),
    ("Audit", "alert"): ("break-glass.open",),
    ("Erase/hold", "request"): ("record.request-erasure",),
}
BESIDE: Mapping[str, frozenset[str]] = {
    "privacy-officer": frozenset({"break-glass.review"}),
    "researcher": frozenset({"cohort.export"}),
}
"""What a role may besides, that has no column."""


@dataclass(frozen=True)
class Promise:
    """A row of the matrix: the word of each column that has one."""

    role: str
    cells: Mapping[str, str]

    @property
    def named(self) -> frozenset[str]:
        """The permissions that its cells name."""
        found = (SPECIAL.get(cell, COLUMNS[cell[0]]) for cell in self.cells.items())
        return frozenset(each for one in found for each in one) | BESIDE.get(self.role, frozenset())

    @property
    def sees_all(self) -> bool:
        """Whether every row of the tenant is to be seen."""
        words = {self.cells.get(column) for column in ("STOW", "WADO/QIDO", "FHIR read")}
        return bool(words & {ALL, "scope", DEIDENTIFIED})

    @property
    def deidentified(self) -> bool:
        """Whether it is shown no one."""
        return DEIDENTIFIED in self.cells.values()


def _lines() -> Iterator[list[str]]:
    """The cells of the lines of the table, its head first."""
    lines = PAGE.read_text("utf-8").splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("| role | STOW |"))
    for line in lines[start:]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def promises() -> Mapping[str, Promise]:
    """The rows of the matrix by role."""
    head, _, *rows = _lines()
    return {
        name: Promise(name, {column: cell for column, cell in zip(head[1:], cells, strict=True) if cell})
        for name, *cells in rows
    }
