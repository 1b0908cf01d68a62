"""Rows that units look at by key: how a kind of them is read, and what is known of them.

A committer remembers what it has read and written. That holds for as long as its own commit is the tenant's
last one, since everything a shelf shows is written by commits; the writing statement checks it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

Value = TypeVar("Value")
ShelfRow: TypeAlias = Mapping[str, Any]
Keys: TypeAlias = Mapping["Shelf[Any]", Iterable[str]]

MOST_KEPT = 8_192  # rows of one shelf and tenant that are remembered between commits


@dataclass(frozen=True, slots=True)
class Shelf(Generic[Value]):
    """One kind of row.

    `load` is Cypher that goes on from `key`, one of the keys asked for, to `row`, a map that holds the `key`.
    `value` makes of the rows of one key what a unit sees; of no row, what it sees of an absent key.
    """

    name: str
    load: str
    value: Callable[[Sequence[ShelfRow]], Value]


@dataclass(slots=True)
class Shelves:
    """What is known of a tenant's rows: `kept` from commits before, and what this one reads and writes."""

    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    _own: dict[str, dict[str, Any]] = field(default_factory=dict)
    _clouded: set[str] = field(default_factory=set)
    _clouded_keys: set[tuple[str, str]] = field(default_factory=set)

    def opened(self) -> "Shelves":
        """A commit's view on the kept rows; what it puts there is kept by `closed`."""
        return Shelves(self.kept)

    def knows(self, shelf: Shelf[Any], key: str) -> bool:
        """Whether the row of this key, or its absence, is known."""
        if self._is_clouded(shelf, key):
            return False
        return key in self._own.get(shelf.name, ()) or key in self.kept.get(shelf.name, ())

    def get(self, shelf: Shelf[Value], key: str) -> Value:
        """What is known under this key; an unknown one counts as absent."""
        for rows in (self._own.get(shelf.name, {}), self.kept.get(shelf.name, {})):
            if key in rows:
                found: Value = rows[key]
                return found
        return shelf.value(())

    def put(self, shelf: Shelf[Value], key: str, value: Value) -> None:
        """Note what the row of this key is, or will be with this commit."""
        self._own.setdefault(shelf.name, {})[key] = value

    def cloud(self, shelf: Shelf[Any], *keys: str) -> None:
        """Note that this commit changes rows in a way that it cannot tell: all of a shelf, or some keys.

        Neither what was known of them nor what the graph says now holds before the commit is through.
        """
        if keys:
            self._clouded_keys |= {(shelf.name, key) for key in keys}
        else:
            self._clouded.add(shelf.name)

    def is_clouded(self, keys: Keys) -> bool:
        """Whether any of the keys can be known only after this commit."""
        return any(self._is_clouded(shelf, key) for shelf, each in keys.items() for key in each)

    def unknown(self, keys: Keys) -> dict["Shelf[Any]", list[str]]:
        """Those of the keys that are not known, by shelf."""
        found = {shelf: [key for key in each if not self.knows(shelf, key)] for shelf, each in keys.items()}
        return {shelf: each for shelf, each in found.items() if each}

    def learn(self, shelf: Shelf[Any], keys: Iterable[str], rows: Iterable[ShelfRow]) -> None:
        """Note what the graph answered when it was asked for these keys."""
        found: dict[str, list[ShelfRow]] = {key: [] for key in keys}
        for row in rows:
            found[row["key"]].append(row)
        for key, each in found.items():
            self.put(shelf, key, shelf.value(each))

    def closed(self) -> "Shelves":
        """The shelves after the commit went through: the oldest rows make room for the newest."""
        for name in self._clouded:
            self.kept.pop(name, None)
            self._own.pop(name, None)
        for name, rows in self._own.items():
            kept = self.kept.setdefault(name, {})
            for key, value in rows.items():
                kept.pop(key, None)
                if (name, key) not in self._clouded_keys:
                    kept[key] = value
            for key in list(_oldest(kept, len(kept) - MOST_KEPT)):
                del kept[key]
        for name, key in self._clouded_keys:
            self.kept.get(name, {}).pop(key, None)
        return Shelves(self.kept)

    def _is_clouded(self, shelf: Shelf[Any], key: str) -> bool:
        return shelf.name in self._clouded or (shelf.name, key) in self._clouded_keys


def _oldest(rows: Mapping[str, Any], count: int) -> Iterator[str]:
    for _, key in zip(range(count), rows, strict=False):
        yield key
