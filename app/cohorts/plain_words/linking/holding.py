"""What the store holds of a thing: codes that are called so, and codes below those of the lexicon."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconCoding, LexiconKind, LexiconRow
from app.cohorts.plain_words.linking.coding import BY_BEGINNING, HeldCode
from fhir_profiles.folding import fold
from graph.scope import AccessScope
from graph.vocabulary.carried import CarriedCodeStore, WantedCodes
from graph.vocabulary.gathering import CodedElement

ELEMENTS: Mapping[str, tuple[CodedElement, ...]] = {
    "condition": (CodedElement("Condition", "code"),),
    "observation": (CodedElement("Observation", "code"),),
    "medication": (CodedElement("MedicationRequest", "code"), CodedElement("Medication", "code")),
    "procedure": (CodedElement("Procedure", "code"),),
    "allergy": (CodedElement("AllergyIntolerance", "code"),),
    "immunization": (CodedElement("Immunization", "vaccine-code"),),
    "familyHistory": (CodedElement("FamilyMemberHistory", "code"),),
    "report": (CodedElement("DiagnosticReport", "code"),),
    "document": (CodedElement("DocumentReference", "type"),),
    "device": (CodedElement("Device", "type"),),
}
"""Where the codes of each kind of event stand."""
_SHORTEST_WORD, _SHORTEST_KOREAN = 4, 2
_BY_WORD = (LexiconKind.DRUG, LexiconKind.VACCINE)


@dataclass(frozen=True, slots=True)
class StoreHolding:
    """What one caller's records hold."""

    store: CarriedCodeStore
    scope: AccessScope
    lexicon: Lexicon

    def of(
        self, rows: Sequence[LexiconRow], codings: Sequence[LexiconCoding], kind: str
    ) -> Sequence[HeldCode]:
        """The codes of a kind of event that are called as a row is, or stand below codings, in order."""
        wanted = self._wanted(rows, codings)
        found = [
            HeldCode(each.system, each.code, each.display)
            for element in ELEMENTS.get(kind, ())
            for each in self.store.carried(self.scope, element, wanted)
        ]
        return list({(each.system, each.code): each for each in reversed(found)}.values())[::-1]

    def _wanted(self, rows: Sequence[LexiconRow], codings: Sequence[LexiconCoding]) -> WantedCodes:
        ambiguous = self.lexicon.ambiguous
        names = {fold(name) for row in rows for name in (*row.en, *row.ko) if name not in ambiguous}
        words = {fold(name) for row in rows if row.kind in _BY_WORD for name in (*row.en, *row.ko)}
        below = {
            (each.system, each.code) for each in codings if each.descendants and each.system in BY_BEGINNING
        }
        return WantedCodes(
            names=tuple(sorted(each for each in names if len(each) > 1)),
            words=tuple(sorted(filter(_is_word, words))),
            beginnings=tuple(sorted(below)),
            exact=tuple(sorted({(each.system, each.code) for each in codings} - below)),
        )


def _is_word(name: str) -> bool:
    """Whether a name may be looked for inside of others."""
    return len(name) >= (_SHORTEST_WORD if name.isascii() else _SHORTEST_KOREAN)
