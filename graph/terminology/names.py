"""Names of concepts, by which what people write is linked to codes.

    (:ConceptName {key, language, preferred})-[:OF]->(:Concept)     key: tenant|form, or -|form of what ships

Written and removed with their concept. A name is found by its form (`fhir_profiles/terminology/naming.py`),
which spellings of it share, so a question is looked up whole in one read of the index.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from fhir_profiles.terminology import concepts
from fhir_profiles.terminology.naming import KOREAN, ConceptNaming, is_korean, name_form, namings
from graph.errors import TooLarge
from graph.keys import concept_name_key
from graph.session import Graph

MOST_NAMES = 1_000  # of one look-up
MOST_CONCEPTS = 20_000  # of all of them

WRITE_NAMES = """
UNWIND $rows AS row
MATCH (c:Concept {key: row.key})
CALL (c) { MATCH (old:ConceptName)-[:OF]->(c) DETACH DELETE old }
WITH c, row UNWIND row.namings AS naming
CREATE (:ConceptName {key: naming[0], language: naming[1], preferred: naming[2]})-[:OF]->(c)
"""
_BY_NAMES = f"""
MATCH (n:ConceptName) WHERE n.key IN $keys
MATCH (n)-[:OF]->(c:Concept)
RETURN n.key AS key, c.system AS system, c.code AS code, c.en AS en, c.ko AS ko, n.language AS language,
  n.preferred AS preferred LIMIT {MOST_CONCEPTS}
"""


class NamedConcept(NamedTuple):
    """A concept that has a name: its display in the name's language, and whether the name is that display."""

    system: str
    code: str
    display: str
    is_preferred: bool


def naming_row(key: str, tenant: str | None, found: Iterable[ConceptNaming]) -> dict[str, Any]:
    """The names of the concept of a key, for `WRITE_NAMES`; `tenant` is None where it ships."""
    named = [[concept_name_key(tenant, each.form), each.language, each.preferred] for each in found]
    return {"key": key, "namings": named}


def concepts_by_names(
    graph: Graph, tenant: str, names: Iterable[str]
) -> Mapping[str, tuple[NamedConcept, ...]]:
    """The concepts of the names that some have, those whose display it is first; other names are absent.

    Raises `TooLarge` beyond `MOST_NAMES`.
    """
    forms = {name: name_form(name) for name in names}
    wanted = sorted({each for each in forms.values() if each})
    if len(wanted) > MOST_NAMES:
        raise TooLarge(f"more than {MOST_NAMES} names are looked up at once", code="too-costly")
    if not wanted:
        return {}
    of_key = {concept_name_key(tenant, form): form for form in wanted}
    of_key |= {concept_name_key(None, form): form for form in wanted if form in _shipped_forms()}
    found: dict[str, dict[tuple[str, str], NamedConcept]] = {}
    for row in graph.read(_BY_NAMES, keys=list(of_key)):
        form, concept = of_key[row["key"]], _named(row)
        known = found.setdefault(form, {})
        coding = (concept.system, concept.code)
        if coding not in known or concept.is_preferred > known[coding].is_preferred:
            known[coding] = concept
    ordered = {form: tuple(sorted(known.values(), key=_order)) for form, known in found.items()}
    return {name: ordered[form] for name, form in forms.items() if form in ordered}


@cache
def _shipped_forms() -> frozenset[str]:
    """The names of what ships: others need not be asked for among them."""
    return frozenset(each.form for concept in concepts() for each in namings(concept.spoken))


def _named(row: Mapping[str, Any]) -> NamedConcept:
    english, korean = row["en"], row["ko"]
    display = (korean or english) if row["language"] == KOREAN else (english or korean)
    return NamedConcept(row["system"], row["code"], display or row["code"], row["preferred"])


def _order(concept: NamedConcept) -> tuple[bool, str, str]:
    return not concept.is_preferred, concept.system, concept.code


def language_of(text: str, language: str | None) -> str:
    """The language of a name: the primary one of its tag, else told by its letters."""
    if language:
        return language.partition("-")[0].lower()
    return KOREAN if is_korean(text) else "en"
