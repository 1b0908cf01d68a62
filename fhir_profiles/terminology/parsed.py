"""A code system that is held as its resource: for what is small enough to be read whole (codesystem.html)."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from fhir_profiles.terminology.codes import (
    CodeEntry,
    CodeProperty,
    Designation,
    Selection,
    SystemTitle,
)
from fhir_profiles.terminology.filters import is_chosen

_PARENT, _CHILD = frozenset({"parent", "subsumedBy"}), "child"
_SUBSUMING = frozenset({None, "is-a"})  # hierarchyMeaning: other trees group, and say nothing of meaning
_VALUE = "value"


def title_of(resource: Mapping[str, Any]) -> SystemTitle:
    """What a CodeSystem says of itself; of a supplement, of the system that it adds to."""
    return SystemTitle(
        url=str(resource.get("url", "")),
        version=resource.get("version"),
        name=resource.get("title") or resource.get("name"),
        content=str(resource.get("content", "complete")),
        language=resource.get("language"),
        case_sensitive=resource.get("caseSensitive") is not False,
        properties=tuple(each["code"] for each in resource.get("property", ()) if "code" in each),
    )


def entry_of(title: SystemTitle, concept: Mapping[str, Any], parents: Sequence[str]) -> CodeEntry:
    """One concept as it stands in a resource, with the codes above it."""
    return CodeEntry(
        system=title.url,
        code=concept["code"],
        display=concept.get("display"),
        definition=concept.get("definition"),
        designations=tuple(
            Designation(each["value"], each.get("language"), each.get("use"))
            for each in concept.get("designation", ())
            if "value" in each
        ),
        properties=tuple(properties_of(concept)),
        parents=tuple(parents),
        language=title.language,
        version=title.version,
    )


def subsumes(resource: Mapping[str, Any]) -> bool:
    """Whether what stands below another code in a CodeSystem is a kind of it."""
    return resource.get("hierarchyMeaning") in _SUBSUMING


def properties_of(concept: Mapping[str, Any]) -> Iterator[CodeProperty]:
    """The properties of a concept."""
    for each in concept.get("property", ()):
        for kind, value in each.items():
            if kind.startswith(_VALUE):
                yield CodeProperty(each["code"], kind, value)


def placed_concepts(
    listed: Collection[Mapping[str, Any]],
) -> Iterator[tuple[Mapping[str, Any], str | None]]:
    """The concepts of a resource in their order, each with the one it stands in; not by recursion."""
    waiting = deque[tuple[Mapping[str, Any], str | None]]((each, None) for each in listed)
    while waiting:
        concept, above = waiting.popleft()
        yield concept, above
        inner = [(each, concept["code"]) for each in concept.get("concept", ())]
        waiting.extendleft(reversed(inner))


def hierarchy(
    placed: Collection[tuple[Mapping[str, Any], str | None]],
) -> dict[str, dict[str, None]]:
    """The codes directly above each code: what it stands in, and what properties say."""
    above: dict[str, dict[str, None]] = {}
    for concept, outer in placed:
        mine = above.setdefault(concept["code"], {})
        if outer is not None:
            mine[outer] = None
        for each in properties_of(concept):
            if each.code in _PARENT and each.text:
                mine[each.text] = None
            elif each.code == _CHILD and each.text:
                above.setdefault(each.text, {})[concept["code"]] = None
    return above


class ParsedCodeSystem:
    """The codes of one CodeSystem resource."""

    def __init__(self, resource: Mapping[str, Any]) -> None:
        self._title = title_of(resource)
        placed = list(placed_concepts(resource.get("concept", ())))
        self._concepts = {concept["code"]: concept for concept, _ in placed}
        above = hierarchy(placed)
        self._above = {code: tuple(over) for code, over in above.items() if over}
        self._below: dict[str, list[str]] = {}
        for code, over in self._above.items():
            for each in over:
                self._below.setdefault(each, []).append(code)
        self._subsumes = subsumes(resource)
        self._folded = (
            {} if self._title.case_sensitive else {code.casefold(): code for code in self._concepts}
        )

    @property
    def title(self) -> SystemTitle:
        """What it says of itself."""
        return self._title

    def entries(self, codes: Collection[str]) -> Mapping[str, CodeEntry]:
        """Those of the codes that it defines, by the code as it was asked for."""
        named = {code: self._named(code) for code in codes}
        return {asked: self._entry(code) for asked, code in named.items() if code in self._concepts}

    def chosen(self, asked: Selection, skip: int = 0) -> Iterator[CodeEntry]:
        """The codes that are asked for, in the order of the resource; raises `UnreadableFilter`."""
        yield from islice(filter(is_chosen(self, asked), map(self._entry, self._concepts)), skip, None)

    def size(self, asked: Selection) -> int:
        """How many codes are asked for; raises `UnreadableFilter`."""
        return len(self._concepts) if asked == Selection() else sum(1 for _ in self.chosen(asked))

    def ancestors(self, code: str) -> frozenset[str]:
        """Every code above one."""
        return self._reached(code, lambda each: self._above.get(each, ()))

    def descendants(self, code: str) -> frozenset[str]:
        """Every code below one."""
        return self._reached(code, lambda each: self._below.get(each, ()))

    def children(self, code: str) -> Sequence[str]:
        """The codes directly below one."""
        return self._below.get(self._named(code), ())

    def _named(self, code: str) -> str:
        return code if code in self._concepts else self._folded.get(code.casefold(), code)

    def _entry(self, code: str) -> CodeEntry:
        return entry_of(self._title, self._concepts[code], self._above.get(code, ()))

    def _reached(self, code: str, step: Callable[[str], Sequence[str]]) -> frozenset[str]:
        start = self._named(code)
        found: set[str] = set()
        waiting = list(step(start)) if self._subsumes else []
        while waiting:
            each = waiting.pop()
            if each not in found and each != start:
                found.add(each)
                waiting.extend(step(each))
        return frozenset(found)
