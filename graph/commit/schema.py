"""What the commits of a graph are about: the shelves that units look at and the parts that are written."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graph.commit.draft import Part
from graph.commit.shelf import Keys, Shelf
from graph.commit.statement import loading, writing


@dataclass(frozen=True)
class Section:
    """Shelves and parts that stand in a text together, where one of them is needed; parts in their order."""

    shelves: tuple[Shelf[Any], ...] = ()
    parts: tuple[Part[Any], ...] = ()


@dataclass(frozen=True, eq=False)
class CommitSchema:
    """The sections, in the order of writing; audit entries are written by `witness`, in the end.

    The first section stands in every text, another one where it is needed: also what writes nothing takes the
    graph's time. Every commit looks at the rows of the `standing` shelves under the name of the tenant.
    """

    sections: tuple[Section, ...]
    witness: Part[Mapping[str, Any]]
    standing: tuple[Shelf[Any], ...] = ()

    def loading(self, keys: Keys, *, locking: bool = False) -> str:
        """The text that reads the counter and rows of those shelves.

        With `locking` it keeps other committers out until the transaction ends.
        """
        return _loading(self._of(lambda section: any(shelf in keys for shelf in section.shelves)), locking)

    def writing(self, presumed: Keys, rows: Mapping[str, Iterable[Any]]) -> str:
        """The text that writes a commit of those rows by part, where no key of those shelves is there."""

        def needs(section: Section) -> bool:
            named = any(rows.get(part.name) for part in section.parts)
            return named or any(shelf in presumed for shelf in section.shelves)

        return _writing(self._of(needs), self.witness)

    def texts(self) -> Iterator[str]:
        """The texts of usual commits: of the first section, and of each other that units look at."""
        first, *others = self.sections
        for more in ((), *((each,) for each in others if each.shelves)):
            yield _loading((first, *more), False)
            yield _writing((first, *more), self.witness)

    def always(self, tenant: str) -> Keys:
        """The keys that every commit of a tenant looks at."""
        return {shelf: (tenant,) for shelf in self.standing}

    def keys(self, keys: Keys) -> dict[str, list[str]]:
        """The keys by the name of their shelf, for every shelf."""
        named = {shelf.name: list(each) for shelf, each in keys.items()}
        return {shelf.name: named.get(shelf.name, []) for each in self.sections for shelf in each.shelves}

    def batch(self, rows: Mapping[str, Iterable[Any]]) -> dict[str, list[Any]]:
        """The rows by the name of their part, for every part."""
        parts = (*(part for each in self.sections for part in each.parts), self.witness)
        return {part.name: list(rows.get(part.name, ())) for part in parts}

    def _of(self, needed: Callable[[Section], bool]) -> tuple[Section, ...]:
        return tuple(each for each in self.sections if each is self.sections[0] or needed(each))


@cache
def _loading(sections: tuple[Section, ...], locking: bool) -> str:
    return loading([shelf for each in sections for shelf in each.shelves], locking=locking)


@cache
def _writing(sections: tuple[Section, ...], witness: Part[Any]) -> str:
    parts = [part for each in sections for part in each.parts]
    return writing([*parts, witness], [shelf for each in sections for shelf in each.shelves])
