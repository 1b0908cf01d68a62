"""Where names are looked for that no table has: among the codes of records, and in terminologies."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from app.cohorts.plain_words.lexicon.rows import LexiconCoding, LexiconKind
from app.cohorts.plain_words.lexicon.systems import SYSTEMS
from app.cohorts.plain_words.linking.found_rows import FoundRow, NameSource, found_row
from app.cohorts.plain_words.linking.holding import ELEMENTS
from fhir_profiles.folding import fold
from fhir_profiles.terminology.naming import name_form
from graph.errors import TooLarge
from graph.scope import AccessScope
from graph.terminology.concepts import ConceptStore
from graph.vocabulary.carried import CarriedCodeStore, WantedCodes
from graph.vocabulary.naming import heads

NamedRows: TypeAlias = Mapping[str, tuple[FoundRow, ...]]
_KINDS: Mapping[str, LexiconKind] = {
    "condition": LexiconKind.CONDITION,
    "medication": LexiconKind.DRUG,
    "observation": LexiconKind.LAB,
    "procedure": LexiconKind.PROCEDURE,
    "immunization": LexiconKind.VACCINE,
    "allergy": LexiconKind.ALLERGEN,
    "device": LexiconKind.DEVICE,
    "document": LexiconKind.DOCUMENT,
}
"""The kinds of things that the codes of a kind of event name, the first first."""
_KIND_BY_SYSTEM: Mapping[str, LexiconKind] = {
    **dict.fromkeys(SYSTEMS["ICD10"], LexiconKind.CONDITION),
    **dict.fromkeys(SYSTEMS["MONDO"], LexiconKind.CONDITION),
    **dict.fromkeys(SYSTEMS["HPO"], LexiconKind.CONDITION),
    **dict.fromkeys(SYSTEMS["RXN"], LexiconKind.DRUG),
    **dict.fromkeys(SYSTEMS["ATC"], LexiconKind.DRUG),
    **dict.fromkeys(SYSTEMS["CVX"], LexiconKind.VACCINE),
    **dict.fromkeys(SYSTEMS["ICD10PCS"], LexiconKind.PROCEDURE),
    **dict.fromkeys(SYSTEMS["CPT"], LexiconKind.PROCEDURE),
}
_SNOMED = SYSTEMS["SCT"][0]
_TAGS: Mapping[str, LexiconKind] = {
    "procedure": LexiconKind.PROCEDURE,
    "regime/therapy": LexiconKind.PROCEDURE,
    "disorder": LexiconKind.CONDITION,
    "finding": LexiconKind.CONDITION,
    "morphologic abnormality": LexiconKind.CONDITION,
}
"""What SNOMED CT says in brackets behind a name."""


class NamedThings(Protocol):
    """Somewhere to look names up."""

    def rows(self, names: Iterable[str]) -> NamedRows:
        """The rows of the names that are known there, by the names as they were given."""


@dataclass(frozen=True, slots=True)
class RecordNames:
    """The names by which one caller's records call their codes."""

    store: CarriedCodeStore
    scope: AccessScope

    def rows(self, names: Iterable[str]) -> NamedRows:
        """The rows of the names that some record of the caller is called by."""
        forms = {name: form for name in names if (form := name_form(name))}
        found: dict[str, dict[LexiconKind, FoundRow]] = {}
        for event, kind in _KINDS.items():
            known = {
                name_form(head)
                for element in ELEMENTS[event]
                for each in self.store.named(self.scope, element, forms.values())
                for head in heads(fold(each.display))
            }
            for name, form in forms.items():
                if form in known:
                    found.setdefault(name, {})[kind] = found_row(name, kind, NameSource.RECORDS)
        return {name: tuple(rows.values()) for name, rows in found.items()}


@dataclass(frozen=True, slots=True)
class TerminologyNames:
    """The names of the concepts of terminologies that this tenant has."""

    concepts: ConceptStore
    store: CarriedCodeStore
    scope: AccessScope

    def rows(self, names: Iterable[str]) -> NamedRows:
        """The rows of the names that some concept has, of each kind all of its codes."""
        try:
            named = self.concepts.by_names(self.scope, names)
        except TooLarge:
            return {}
        found: dict[str, tuple[FoundRow, ...]] = {}
        for name, concepts in named.items():
            codings: dict[LexiconKind, list[LexiconCoding]] = {}
            for each in concepts:
                for kind in self._kinds(each.system, each.code, each.display):
                    codings.setdefault(kind, []).append(
                        LexiconCoding(each.system, each.code, descendants=True)
                    )
            rows = (found_row(name, kind, NameSource.TERMINOLOGY, some) for kind, some in codings.items())
            found[name] = tuple(rows)
        return {name: rows for name, rows in found.items() if rows}

    def _kinds(self, system: str, code: str, display: str) -> Sequence[LexiconKind]:
        if system in _KIND_BY_SYSTEM:
            return (_KIND_BY_SYSTEM[system],)
        tag = display.rpartition(" (")[2].removesuffix(")") if display.endswith(")") else ""
        if tag in _TAGS:
            return (_TAGS[tag],)
        wanted = WantedCodes(exact=((system, code),))
        held = [
            kind
            for event, kind in _KINDS.items()
            if any(self.store.carried(self.scope, element, wanted) for element in ELEMENTS[event])
        ]
        if not held and system == _SNOMED and not tag:
            return (LexiconKind.CONDITION,)
        return held
