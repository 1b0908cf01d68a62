"""What the commits of a graph are about: the shelves that units look at and the parts that are written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graph.commit.draft import Part
from graph.commit.shelf import Keys, Shelf
from graph.commit.statement import loading, writing


@dataclass(frozen=True)
class CommitSchema:
    """The shelves, and the parts in the order of writing; audit entries are written by `witness`.

    Every commit looks at the rows of the `standing` shelves under the name of the tenant.
    """

    shelves: tuple[Shelf[Any], ...]
    parts: tuple[Part[Any], ...]
    witness: Part[Mapping[str, Any]]
    standing: tuple[Shelf[Any], ...] = ()

    @cached_property
    def loading(self) -> str:
        """The text that reads rows."""
        return loading(self.shelves)

    @cached_property
    def locking(self) -> str:
        """The text that reads rows and keeps other committers out until the transaction ends."""
        return loading(self.shelves, locking=True)

    @cached_property
    def writing(self) -> str:
        """The text that writes a commit."""
        return writing(self.parts, self.shelves)

    def always(self, tenant: str) -> Keys:
        """The keys that every commit of a tenant looks at."""
        return {shelf: (tenant,) for shelf in self.standing}

    def keys(self, keys: Keys) -> dict[str, list[str]]:
        """The keys by the name of their shelf, for every shelf."""
        named = {shelf.name: list(each) for shelf, each in keys.items()}
        return {shelf.name: named.get(shelf.name, []) for shelf in self.shelves}

    def batch(self, rows: Mapping[str, Iterable[Any]]) -> dict[str, list[Any]]:
        """The rows by the name of their part, for every part."""
        return {part.name: list(rows.get(part.name, ())) for part in self.parts}
