"""Concepts and their hierarchies, as data: what `(:Concept)-[:IS_A]->(:Concept)` is filled with.

Each JSON file of this folder holds one subject: the systems it draws on, and its concepts, each with its
parents as `system|code` (FHIR R4 terminology-service.html#subsumption: a descendant counts as its ancestor).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from fhir_profiles.terminology.naming import SpokenName

Coding: TypeAlias = tuple[str, str]  # (system URI, code)


@dataclass(frozen=True, slots=True)
class Concept:
    """One code of one system, its display by language (`en`, `ko`) and the codings it is a kind of.

    `names` are what else it is called, by language. A code of a system that others name has no display.
    """

    system: str
    code: str
    display: Mapping[str, str]
    parents: tuple[Coding, ...]
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def coding(self) -> Coding:
        """The concept's own (system, code)."""
        return self.system, self.code

    @property
    def spoken(self) -> Iterator[SpokenName]:
        """All that it is called, first what it is shown as."""
        yield from (SpokenName(text, language, True) for language, text in self.display.items())
        for language, some in self.names.items():
            yield from (SpokenName(text, language, False) for text in some)


@cache
def concepts() -> tuple[Concept, ...]:
    """Every concept that ships with Hilum, parents before or after their children."""
    folder = files(__name__)
    subjects = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".json"))
    return tuple(
        concept
        for subject in subjects
        for concept in _read(json.loads(folder.joinpath(subject).read_text(encoding="utf-8")))
    )


def descendants(system: str, code: str) -> frozenset[Coding]:
    """The coding itself and every shipped coding below it, in whatever system."""
    found: set[Coding] = set()
    waiting = [(system, code)]
    while waiting:
        coding = waiting.pop()
        if coding not in found:
            found.add(coding)
            waiting.extend(_children().get(coding, ()))
    return frozenset(found)


def display(system: str, code: str, language: str = "en") -> str | None:
    """What the code is called, or None where Hilum ships no name for it."""
    return next(
        (concept.display.get(language) for concept in concepts() if concept.coding == (system, code)), None
    )


@cache
def _children() -> Mapping[Coding, tuple[Coding, ...]]:
    children: dict[Coding, tuple[Coding, ...]] = {}
    for concept in concepts():
        for parent in concept.parents:
            children[parent] = (*children.get(parent, ()), concept.coding)
    return children


def _read(subject: Mapping[str, Any]) -> Iterator[Concept]:
    systems: Mapping[str, str] = subject["systems"]
    for row in subject["concepts"]:
        parents = (parent.split("|", 1) for parent in row["parents"])
        yield Concept(
            system=systems[row["system"]],
            code=row["code"],
            display={language: row[language] for language in ("en", "ko") if language in row},
            parents=tuple((systems[system], code) for system, code in parents),
            names={language: tuple(some) for language, some in row.get("names", {}).items()},
        )
