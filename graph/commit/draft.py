"""What was decided: items of parts, in the order of deciding, and how a part of a commit is written.

decide(view) -> draft -> the ledger numbers the draft -> rows -> text. An aggregate declares its parts; the
engine knows nothing else of it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

from graph.commit.ledger import Counter, Ledger, Numbers
from graph.commit.shelf import Shelves

Item = TypeVar("Item")
Drafted: TypeAlias = "tuple[Part[Any], Any]"


def _none(_item: Any) -> tuple[Counter, ...]:
    return ()


def _forgotten(_shelves: Shelves, _item: Any, _numbers: Numbers) -> None:
    """Nobody looks at these rows when deciding."""


def _nobody(_item: Any) -> tuple[str, ...]:
    return ()


def _as_it_is(_shelves: Shelves, item: Any) -> Any:
    return item


def _never(_earlier: Any, _later: Any) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Part(Generic[Item]):
    """One kind of row that commits write.

    `statement` is Cypher that goes on from `row`, which `row(item, numbers, ledger)` makes; the ledger is as
    the whole commit leaves it. `draws` names the counters an item is numbered by. `remember` puts on the
    shelves what units after this one see. Items of one `key` in one commit become one by `merged`; None says
    that the later one must wait for the next commit. `concerns` names the resources that an item changes, and
    whose they are, for the audit entry that is written with it. `settled` makes of an item what it is beside
    what the shelves know.
    """

    name: str
    statement: str
    key: Callable[[Item], str]
    row: Callable[[Item, Numbers, Ledger], Any]
    draws: Callable[[Item], tuple[Counter, ...]] = _none
    remember: Callable[[Shelves, Item, Numbers], None] = _forgotten
    merged: Callable[[Item, Item], Item | None] = _never
    concerns: Callable[[Item], Iterable[str]] = _nobody
    settled: Callable[[Shelves, Item], Item] = _as_it_is


@dataclass(slots=True)
class Draft:
    """The items of one unit; one that fails takes nothing with it."""

    _items: list[Drafted] = field(default_factory=list)

    def add(self, part: Part[Item], item: Item) -> None:
        """Have the commit write an item."""
        self._items.append((part, item))

    def concerned(self) -> list[str]:
        """The keys of the resources that its items change, and of whose they are, each once."""
        return list(dict.fromkeys(key for part, item in self._items for key in part.concerns(item)))

    def __iter__(self) -> Iterator[Drafted]:
        return iter(self._items)

    def __bool__(self) -> bool:
        """Whether anything is to be written."""
        return bool(self._items)


class MustWait(Exception):
    """A unit needs to see, or to write over, what the commit in hand writes: it comes with the next one."""


@dataclass(slots=True)
class Pending:
    """The numbered items of the units that were decided so far; each key of a part stands once."""

    ledger: Ledger
    shelves: Shelves
    _items: dict[tuple[str, str], tuple[Part[Any], Any, Numbers]] = field(default_factory=dict)

    def accept(self, draft: Draft) -> None:
        """Number the items of a unit and let the units after it see them.

        Raises `MustWait`, before anything is taken over, where the commit writes such a row already.
        """
        for (part, item), place in self._placed(draft):
            earlier = self._items.pop(place, None)
            numbers = earlier[2] if earlier else self.ledger.draw(part.draws(item))
            new = part.settled(self.shelves, item)
            whole = part.merged(earlier[1], new) if earlier else new
            self._items[place] = (part, whole, numbers)
            part.remember(self.shelves, whole, numbers)

    def rows(self) -> dict[str, list[Any]]:
        """The rows to write, by the name of their part."""
        rows: dict[str, list[Any]] = {}
        for part, item, numbers in self._items.values():
            rows.setdefault(part.name, []).append(part.row(item, numbers, self.ledger))
        return rows

    def concerned(self) -> frozenset[str]:
        """The keys of the resources that its items change, and of whose they are."""
        return frozenset(key for part, item, _ in self._items.values() for key in part.concerns(item))

    def __bool__(self) -> bool:
        """Whether anything is to be written."""
        return bool(self._items)

    def _placed(self, draft: Draft) -> list[tuple[Drafted, tuple[str, str]]]:
        placed = [(drafted, (drafted[0].name, drafted[0].key(drafted[1]))) for drafted in draft]
        for (part, item), place in placed:
            earlier = self._items.get(place)
            if earlier is not None and part.merged(earlier[1], item) is None:
                raise MustWait
        return placed
