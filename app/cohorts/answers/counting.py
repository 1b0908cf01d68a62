"""Counts patients by what they are, or by what rows of theirs say, in a few statements for all of them.

A patient may be in several cells of a row's value, and those who have no such row are in one of their own.
Values that nobody said are one, too: none is left out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TypeAlias

from app.cohorts.answers.dimensions import UNSAID, Dimensions
from app.cohorts.language.question import Dimension
from graph.errors import TooLarge
from graph.resources.sieve import Serials

NO_ROW = "none"  # the value of who has no row that could say one
MOST_CELLS = 10_000
TablePlace: TypeAlias = tuple[str | None, ...]
"""Where a number stands: a value of each dimension, None for all of it."""


@dataclass(slots=True)
class Marked:
    """What one dimension says of some patients: values by row, and whose each row is.

    What is of the patients themselves has no rows.
    """

    dimension: Dimension
    by_patient: dict[int, set[str]] = field(default_factory=dict)
    by_row: dict[int, set[str]] = field(default_factory=dict)
    owners: dict[int, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Crossing:
    """Patients (serials) by where they stand: in cells, in the margins of two dimensions, and all of them."""

    values: tuple[tuple[str, ...], ...]
    patients: Mapping[TablePlace, Serials]

    @property
    def everybody(self) -> TablePlace:
        """The place of all."""
        return (None,) * len(self.values)


def crossed(dimensions: Dimensions, by: Sequence[Dimension], matched: Serials) -> Crossing:
    """Count patients by one dimension, or by two of them.

    Raises `TooLarge` for more cells than a table has, and where too many rows would be counted.
    """
    marked = [_marked(dimensions, each, matched) for each in by]
    found: dict[TablePlace, set[int]] = {}
    for patient, values in _together(marked, matched):
        for place in _places(values):
            found.setdefault(place, set()).add(patient)
        if len(found) > MOST_CELLS:
            raise TooLarge(
                "a table has at most %(most)s cells: count by less",
                location="$.output.by",
                code="too-costly",
                most=MOST_CELLS,
            )
    named = tuple(_values(found, at) for at in range(len(by)))
    everybody: TablePlace = (None,) * len(by)
    cells = {place: frozenset(each) for place, each in found.items()}
    return Crossing(named, {**cells, everybody: matched})


def _marked(dimensions: Dimensions, dimension: Dimension, matched: Serials) -> Marked:
    """What a dimension says of each patient."""
    marked = Marked(dimension)
    if dimension.resource is None:
        said = dimensions.of_patients(dimension, matched)
        marked.by_patient = {patient: said.get(patient) or {UNSAID} for patient in matched}
        return marked
    for row, patient in dimensions.owners(dimension, matched):
        marked.owners.setdefault(row, []).append(patient)
    rows = frozenset(marked.owners)
    said = dimensions.of_rows(dimension, rows)
    marked.by_row = {row: said.get(row) or {UNSAID} for row in rows}
    for row, patients in marked.owners.items():
        for patient in patients:
            marked.by_patient.setdefault(patient, set()).update(marked.by_row[row])
    for patient in matched - marked.by_patient.keys():
        marked.by_patient[patient] = {NO_ROW}
    return marked


def _together(marked: Sequence[Marked], matched: Serials) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each patient with each cell that they are in; values of one row stand together."""
    if (
        len(marked) > 1
        and marked[0].dimension.of is not None
        and marked[0].dimension.of == marked[1].dimension.of
    ):
        yield from _by_rows(marked, matched)
        return
    for patient in sorted(matched):
        for values in product(*(each.by_patient[patient] for each in marked)):
            yield patient, values


def _by_rows(marked: Sequence[Marked], matched: Serials) -> Iterator[tuple[int, tuple[str, ...]]]:
    rows = marked[0].owners
    for row, patients in rows.items():
        for values in product(*(each.by_row[row] for each in marked)):
            yield from ((patient, values) for patient in patients)
    owning = {patient for patients in rows.values() for patient in patients}
    for patient in matched - owning:
        yield patient, (NO_ROW,) * len(marked)


def _places(values: Iterable[str]) -> Iterator[TablePlace]:
    """The cell of some values, and the margins that it is part of."""
    cell = tuple(values)
    yield cell
    if len(cell) > 1:
        yield (cell[0], None)
        yield (None, cell[1])


def _values(places: Iterable[TablePlace], at: int) -> tuple[str, ...]:
    """The values of a dimension, in their order."""
    return tuple(sorted({value for place in places if (value := place[at]) is not None}, key=_in_order))


def _in_order(value: str) -> tuple[bool, bool, str]:
    """Values by their names, then what nobody said, then who had nothing to say it."""
    return value == NO_ROW, value == UNSAID, value
