"""A code system with the names and properties that supplements add (FHIR R4 codesystem.html#supplements)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from fhir_profiles.terminology.codes import CodeEntry, CodeSystem, Designation, Selection, SystemTitle
from fhir_profiles.terminology.filters import is_chosen


class Supplemented:
    """The codes of a system, each with what supplements say of it; they define no code."""

    def __init__(self, system: CodeSystem, supplements: Sequence[CodeSystem]) -> None:
        self._system = system
        self._supplements = supplements

    @property
    def title(self) -> SystemTitle:
        """What the system says of itself."""
        return self._system.title

    def entries(self, codes: Collection[str]) -> Mapping[str, CodeEntry]:
        """Those of the codes that the system defines, by the code as it was asked for."""
        own = self._system.entries(codes)
        return dict(zip(own, self._added(list(own.values())), strict=True))

    def chosen(self, asked: Selection, skip: int = 0) -> Iterator[CodeEntry]:
        """The codes that are asked for; words are found in the names of supplements, too.

        Raises `UnreadableFilter`, `TooCostly`.
        """
        plain = replace(asked, words=())
        if not asked.words:
            yield from self._in_parts(self._system.chosen(plain, skip))
            return
        holds = is_chosen(self._system, Selection(words=asked.words))
        yield from islice(filter(holds, self._in_parts(self._system.chosen(plain))), skip, None)

    def size(self, asked: Selection) -> int:
        """How many codes are asked for; raises `UnreadableFilter`, `TooCostly`."""
        return sum(1 for _ in self.chosen(asked)) if asked.words else self._system.size(asked)

    def ancestors(self, code: str) -> frozenset[str]:
        """Every code above one."""
        return self._system.ancestors(code)

    def descendants(self, code: str) -> frozenset[str]:
        """Every code below one."""
        return self._system.descendants(code)

    def children(self, code: str) -> Sequence[str]:
        """The codes directly below one."""
        return self._system.children(code)

    def _in_parts(self, entries: Iterator[CodeEntry]) -> Iterator[CodeEntry]:
        while part := list(islice(entries, _AT_ONCE)):
            yield from self._added(part)

    def _added(self, entries: Sequence[CodeEntry]) -> Iterator[CodeEntry]:
        codes = [each.code for each in entries]
        added = [each.entries(codes) for each in self._supplements]
        for entry in entries:
            more = [each[entry.code] for each in added if entry.code in each]
            yield replace(
                entry,
                designations=(*entry.designations, *(name for each in more for name in _names(each))),
                properties=(*entry.properties, *(one for each in more for one in each.properties)),
            )


_AT_ONCE = 1_000


def _names(supplement: CodeEntry) -> Iterator[Designation]:
    """The names that a supplement gives, its display in its own language among them."""
    if supplement.display and supplement.language:
        yield Designation(supplement.display, supplement.language)
    yield from supplement.designations
