"""The codes of a value set, one after the other, as its composition says (valueset.html#compositions)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from fhir_profiles.terminology.codes import (
    CodeEntry,
    CodeSystem,
    Designation,
    Selection,
    TooCostly,
    UnknownSource,
    filters_of,
    has_words,
    is_usable,
)
from fhir_profiles.terminology.filters import unknown_codes
from fhir_profiles.terminology.membership import Checking, Library, Membership, split_canonical

MOST_LISTED = 50_000
_DEEPEST, _MOST_VISITED = 12, 1_000  # value sets in value sets
_HINT = "ask with a filter, or for one of the value sets and systems that it is made of"


@dataclass(frozen=True, slots=True)
class ListedCodes:
    """A page of the codes of a value set; `total` counts all, `systems` names theirs as `url|version`.

    `parts` are the systems of which only a part is known here, so there may be more codes.
    """

    entries: tuple[CodeEntry, ...]
    total: int
    systems: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


class MemberListing:
    """Lists the codes of value sets, each once; `most` is how many it looks at for one answer."""

    def __init__(self, library: Library, most: int = MOST_LISTED) -> None:
        self._library = library
        self._checking = Checking(library)
        self._most = most
        self._parts: dict[str, None] = {}
        self._visited = 0

    def page(
        self, resource: Mapping[str, Any], asked: Selection, offset: int = 0, count: int | None = None
    ) -> ListedCodes:
        """A page of the codes that are asked for; without a `count` all that follow.

        Raises `UnknownSource`, `UnreadableFilter`, `TooCostly`.
        """
        end = None if count is None else offset + count
        if (whole := self._whole(resource)) is not None:
            system, part = whole
            chosen = replace(asked, filters=filters_of(part.get("filter", ())))
            total = system.size(chosen)
            length = total - offset if count is None else count
            entries = () if length <= 0 else tuple(islice(system.chosen(chosen, offset), length))
        else:
            every = tuple(self.codes(resource, asked))
            total, entries = len(every), every[offset:end]
        systems = tuple(dict.fromkeys(map(_versioned, entries)))
        return ListedCodes(entries, total, systems, tuple(self._parts))

    def codes(self, resource: Mapping[str, Any], asked: Selection) -> Iterator[CodeEntry]:
        """The codes of a ValueSet resource, in the order of its parts.

        Raises `UnknownSource`, `UnreadableFilter`, `TooCostly`.
        """
        seen: set[tuple[str, str]] = set()
        for place, entry in enumerate(self._of(resource, asked, 0)):
            if place >= self._most:
                raise TooCostly(f"the value set has more than {self._most} codes: {_HINT}")
            if (entry.system, entry.code) not in seen:
                seen.add((entry.system, entry.code))
                yield entry

    def named(
        self, resource: Mapping[str, Any], system: str | None, code: str, depth: int = 0
    ) -> CodeEntry | None:
        """A code as a value set names it, of any system for None; None where the set names none."""
        self._visited += 1
        within = depth <= _DEEPEST and self._visited <= _MOST_VISITED
        for part in resource.get("compose", {}).get("include", ()) if within else ():
            found = self._named_in(part, system, code, depth)
            if found is not None:
                return found
        return None

    def _named_in(
        self, part: Mapping[str, Any], system: str | None, code: str, depth: int
    ) -> CodeEntry | None:
        own = part.get("system")
        if own is None:
            inner = (
                self.named(self._value_set(each), system, code, depth + 1)
                for each in part.get("valueSet", ())
            )
            return next((each for each in inner if each is not None), None)
        if system not in (None, own):
            return None
        if "concept" in part:
            listed = [each for each in part["concept"] if each.get("code") == code]
            return next(self._concepts({**part, "concept": listed}, Selection()), None)
        known = self._library.code_system(own, part.get("version"))
        return known.entries((code,)).get(code) if known else None

    def _whole(self, resource: Mapping[str, Any]) -> tuple[CodeSystem, Mapping[str, Any]] | None:
        """The system of a set that is one system or a part of it by filters: the system itself pages it."""
        compose = resource.get("compose", {})
        parts = compose.get("include", ())
        plain = len(parts) == 1 and "exclude" not in compose and "inactive" not in compose
        if not plain or "system" not in parts[0] or {"concept", "valueSet"} & parts[0].keys():
            return None
        return self._system(parts[0]), parts[0]

    def _of(self, resource: Mapping[str, Any], asked: Selection, depth: int) -> Iterator[CodeEntry]:
        self._visited += 1
        if depth > _DEEPEST or self._visited > _MOST_VISITED:
            raise TooCostly(f"value sets stand in one another more than {_DEEPEST} deep, or too often")
        compose = resource.get("compose")
        if compose is None:
            yield from _expanded(resource.get("expansion") or {}, asked)
            return
        own = replace(asked, active_only=asked.active_only or compose.get("inactive") is False)
        excluded = {"compose": {"include": compose.get("exclude", ())}}
        for part in compose.get("include", ()):
            for entry in self._part(part, own, depth):
                if not compose.get("exclude") or not self._holds(excluded, entry):
                    yield entry

    def _part(self, part: Mapping[str, Any], asked: Selection, depth: int) -> Iterator[CodeEntry]:
        named = [self._value_set(each) for each in part.get("valueSet", ())]
        if "system" in part:
            entries, cutting = self._of_system(part, asked), named
        else:
            entries = self._of(named[0], asked, depth + 1) if named else iter(())
            cutting = named[1:]
        for entry in entries:
            if all(self._holds(each, entry) for each in cutting):
                yield entry

    def _of_system(self, part: Mapping[str, Any], asked: Selection) -> Iterator[CodeEntry]:
        if "concept" in part:
            yield from self._concepts(part, asked)
        else:
            yield from self._system(part).chosen(replace(asked, filters=filters_of(part.get("filter", ()))))

    def _concepts(self, part: Mapping[str, Any], asked: Selection) -> Iterator[CodeEntry]:
        """The codes that a set lists, under the names that it gives them, where it does."""
        system = self._library.code_system(part["system"], part.get("version"))
        codes = [each["code"] for each in part["concept"] if "code" in each]
        known = system.entries(codes) if system else {}
        for each in part["concept"]:
            entry = _listed(part["system"], each, known.get(each.get("code", "")))
            if is_usable(entry, asked) and has_words(entry, asked.words):
                yield entry

    def _holds(self, resource: Mapping[str, Any], entry: CodeEntry) -> bool:
        return self._checking.within(resource, entry.system, entry.code) is Membership.MEMBER

    def _system(self, part: Mapping[str, Any]) -> CodeSystem:
        found = self._library.code_system(part["system"], part.get("version"))
        if found is None:
            raise UnknownSource("CodeSystem", part["system"])
        if missing := unknown_codes(found, filters_of(part.get("filter", ()))):
            raise UnknownSource("CodeSystem", part["system"], min(missing))
        if not found.title.complete:
            self._parts[part["system"]] = None
        return found

    def _value_set(self, canonical: str) -> Mapping[str, Any]:
        found = self._library.value_set(*split_canonical(canonical))
        if found is None:
            raise UnknownSource("ValueSet", canonical)
        return found


def _versioned(entry: CodeEntry) -> str:
    return f"{entry.system}|{entry.version}" if entry.version else entry.system


def _listed(system: str, concept: Mapping[str, Any], known: CodeEntry | None) -> CodeEntry:
    entry = known or CodeEntry(system, concept.get("code", ""))
    names = tuple(
        Designation(each["value"], each.get("language"), each.get("use"))
        for each in concept.get("designation", ())
        if "value" in each
    )
    return replace(
        entry,
        display=concept.get("display") or entry.display,
        designations=(*names, *entry.designations),
    )


def _expanded(expansion: Mapping[str, Any], asked: Selection) -> Iterator[CodeEntry]:
    """The codes of an expansion that was stored without its composition."""
    waiting = list(reversed(expansion.get("contains", ())))
    while waiting:
        each = waiting.pop()
        waiting.extend(reversed(each.get("contains", ())))
        inactive = asked.active_only and each.get("inactive")
        if "code" in each and not each.get("abstract") and not inactive:
            entry = _listed(each.get("system", ""), each, None)
            if has_words(entry, asked.words):
                yield entry
