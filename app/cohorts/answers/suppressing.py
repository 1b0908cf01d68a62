"""Which numbers of a table are told: small ones are not, nor as many more as it takes to find them out.

What is told is one number among those that a table has: of a cell, of the margin of a value, of all. A number
that is not told is not there, as that of a cell in which nobody is, so that neither can be told from the
other. Two things are held. What a number leaves beside all told ones that are part of it is none, or enough.
And where the cells of a table part its patients, so that numbers add up, each small number may be anything
from none to enough, for all that is told: no sum and no difference finds it out.
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import TypeAlias

from app.cohorts.answers.counting import Crossing, TablePlace
from graph.resources.sieve import Serials

_Node: TypeAlias = tuple[int, str | None]
"""The margin of a value, by its dimension; None are all margins of the dimension that are not told."""
_Cell: TypeAlias = tuple[str, str]
_PAIR = 2  # dimensions of a crossed table


def tellable(crossing: Crossing, least: int, *, parting: bool) -> frozenset[TablePlace]:
    """The places whose numbers may be told beside one another; that of everybody is told anyway.

    `parting`: each patient is in one cell, so that numbers add up.
    """
    found = _Telling(crossing, least)
    found.cover()
    if parting and len(crossing.values) == _PAIR:
        for place, patients in crossing.patients.items():
            if 0 < len(patients) < least:
                found.shelter(place)
    return frozenset(found.told)


@dataclass(slots=True)
class _Telling:
    """What is told of a table so far: less and less, until it tells of no few."""

    crossing: Crossing
    least: int
    told: set[TablePlace] = field(init=False)

    def __post_init__(self) -> None:
        self.told = {
            place
            for place, patients in self.crossing.patients.items()
            if len(patients) >= self.least or place == self.crossing.everybody
        }

    def cover(self) -> None:
        """Hide what leaves few beside other numbers."""
        while place := self._uncovered():
            self.told.discard(place)

    def shelter(self, place: TablePlace) -> None:
        """Hide as much as it takes for a small number to be anything from none to enough.

        What was sheltered before stays so: whatever is hidden besides leaves more that it may be.
        """
        size = len(self._patients(place))
        while not _Cells.of(self.crossing, self.told).may_be_anything(place, size, self.least):
            beside = self._beside(place)
            if beside is None:
                return
            self.told.discard(beside)
            self.cover()

    def _uncovered(self) -> TablePlace | None:
        """A place that is told and leaves few beside another one; None where there is none."""
        for place in sorted(self.told, key=str):
            for at, value in enumerate(place):
                if value is None and (hidden := self._leaving_few(place, at)):
                    return hidden
        return None

    def _leaving_few(self, whole: TablePlace, at: int) -> TablePlace | None:
        """Which part of a whole is told too much, of those that differ in one dimension; None if none is."""
        parts = list(self._parts(whole, at))
        shown = {place for part in parts for place in self._shown(part)}
        rest = len(self._patients(whole) - self._union(shown))
        return self._smallest(shown) if 0 < rest < self.least else None

    def _parts(self, whole: TablePlace, at: int) -> Iterator[TablePlace]:
        for value in self.crossing.values[at]:
            yield (*whole[:at], value, *whole[at + 1 :])

    def _shown(self, part: TablePlace) -> Iterator[TablePlace]:
        """A part where it is told, else those of its own parts that are."""
        if part in self.told:
            yield part
            return
        for at, value in enumerate(part):
            if value is None:
                yield from (each for each in self._parts(part, at) if each in self.told)

    def _patients(self, place: TablePlace) -> Serials:
        return self.crossing.patients.get(place, frozenset())

    def _union(self, places: Collection[TablePlace]) -> Set[int]:
        return frozenset[int]().union(*map(self._patients, places))

    def _smallest(self, places: Collection[TablePlace]) -> TablePlace | None:
        """The place with the fewest patients that may still be hidden."""
        open_ones = [each for each in places if each in self.told and each != self.crossing.everybody]
        return min(open_ones, key=lambda each: (len(self._patients(each)), str(each)), default=None)

    def _beside(self, place: TablePlace) -> TablePlace | None:
        """What to hide for a place: a cell in its row or column, a margin of it, or else the smallest."""
        alike = [each for each in self.told if any(one is not None and one in each for one in place)]
        cells = [each for each in alike if None not in each]
        return self._smallest(cells) or self._smallest(alike) or self._smallest(self.told)


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of a crossed table that are not told, as ways along which patients may be moved.

    Between the margin of a row and that of a column patients go to a cell, without end; back from it as many
    as it has. What goes round leaves all that is told as it is.
    """

    sizes: Mapping[_Cell, int]
    nodes: Mapping[_Node, _Node]

    @classmethod
    def of(cls, crossing: Crossing, told: Set[TablePlace]) -> "_Cells":
        """Those of a table of which some is told."""
        rows, columns = crossing.values
        sizes = {
            (row, column): len(crossing.patients.get((row, column), ()))
            for row in rows
            for column in columns
            if (row, column) not in told
        }
        nodes: dict[_Node, _Node] = {}
        for row in rows:
            nodes[0, row] = (0, row if (row, None) in told else None)
        for column in columns:
            nodes[1, column] = (1, column if (None, column) in told else None)
        return cls(sizes, nodes)

    def may_be_anything(self, place: TablePlace, size: int, least: int) -> bool:
        """Whether a number may be none, and may be `least`, for all that is told."""
        row, column = place
        if row is not None and column is not None:
            without = (row, column)
            ends = self.nodes[0, row], self.nodes[1, column]
            return (
                self._flow(ends[0], ends[1], size, self.nodes, without) >= size
                and self._flow(ends[1], ends[0], least - size, self.nodes, without) >= least - size
            )
        own: _Node = (0, row) if row is not None else (1, column)
        apart = {**self.nodes, own: own}
        others: _Node = (own[0], None)
        from_others, to_others = (others, own), (own, others)
        losing, winning = (from_others, to_others) if own[0] == 0 else (to_others, from_others)
        return (
            self._flow(*losing, size, apart) >= size
            and self._flow(*winning, least - size, apart) >= least - size
        )

    def _flow(
        self,
        source: _Node,
        sink: _Node,
        wanted: int,
        nodes: Mapping[_Node, _Node],
        without: _Cell | None = None,
    ) -> int:
        """How many patients can be moved from one margin to another, as many as are wanted at most."""
        moves = _Moves({cell: size for cell, size in self.sizes.items() if cell != without}, nodes)
        total = 0
        while total < wanted and (way := moves.way(source, sink)):
            total += moves.along(way, wanted - total)
        return total


class _Moves:
    """Patients on their way between margins: what each cell has by now."""

    def __init__(self, sizes: dict[_Cell, int], nodes: Mapping[_Node, _Node]) -> None:
        self._sizes = sizes
        self._ends = {cell: (nodes[0, cell[0]], nodes[1, cell[1]]) for cell in sizes}
        self._at: dict[_Node, list[_Cell]] = {}
        for cell, ends in self._ends.items():
            for end in ends:
                self._at.setdefault(end, []).append(cell)

    def way(self, source: _Node, sink: _Node) -> list[tuple[_Cell, int]] | None:
        """The cells on a shortest way, each with one more or one less; None where there is no way."""
        came: dict[_Node, tuple[_Node, _Cell, int]] = {}
        waiting = deque([source])
        while waiting and sink not in came:
            node = waiting.popleft()
            for cell in self._at.get(node, ()):
                row, column = self._ends[cell]
                step, end = (1, column) if row == node else (-1, row)
                if end != source and end not in came and (step > 0 or self._sizes[cell]):
                    came[end] = (node, cell, step)
                    waiting.append(end)
        if sink not in came:
            return None
        way, node = list[tuple[_Cell, int]](), sink
        while node != source:
            node, cell, step = came[node]
            way.append((cell, step))
        return way

    def along(self, way: list[tuple[_Cell, int]], most: int) -> int:
        """Move as many along a way as can be, at most so many; return how many that were."""
        moved = min([most, *(self._sizes[cell] for cell, step in way if step < 0)])
        for cell, step in way:
            self._sizes[cell] += step * moved
        return moved
