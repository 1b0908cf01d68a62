"""Drugs that are written in Hangul as they sound, found among the names of the lexicon and of the records."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconKind, LexiconRow
from app.cohorts.plain_words.linking.sounding import Sounded, sounding_like
from app.cohorts.plain_words.scanning.folding import HANGUL
from app.cohorts.plain_words.words.tables import rows_of

_SHORTEST, _LONGEST = 3, 10  # syllables
_LEAST_SPELLED = 4  # syllables of a name that may be misspelt by one letter


@dataclass(frozen=True, slots=True)
class DrugListener:
    """The drugs of a lexicon by their English names, and which of these are easily taken for one another."""

    drugs: Mapping[str, LexiconRow]
    confusable: Mapping[str, frozenset[str]]
    spelled: Mapping[str, LexiconRow] = field(default_factory=dict)

    @classmethod
    def of(cls, lexicon: Lexicon) -> "DrugListener":
        """The listener of a lexicon."""
        rows = (*lexicon.of(LexiconKind.DRUG), *lexicon.of(LexiconKind.DRUG_CLASS))
        drugs = {name.lower(): row for row in rows for name in row.en if " " not in name}
        groups = [frozenset(cell.split(" | ")) for (cell,) in rows_of("confusable", 1)]
        names = {name for group in groups for name in group}
        looks = {name: frozenset().union(*(each for each in groups if name in each)) for name in names}
        korean = {_letters(name): row for row in rows for name in row.ko if _may_be_misspelt(name)}
        return cls(drugs, looks, korean)

    def misspelt(self, word: str) -> LexiconRow | None:
        """The drug whose Korean name a word is but for one letter; None where that is none, or several."""
        if not _may_be_misspelt(word):
            return None
        letters = _letters(word)
        near = [
            row
            for name, row in self.spelled.items()
            if Levenshtein.distance(letters, name, score_cutoff=1) <= 1
        ]
        return near[0] if len({row.id for row in near}) == 1 else None

    def heard(self, word: str) -> tuple[LexiconRow, ...]:
        """The drugs that a Korean word sounds like: one that it is, or several that it may be."""
        if not _SHORTEST <= len(word) <= _LONGEST or not all(map(HANGUL.match, word)):
            return ()
        return self._rows(sounding_like(word, self.drugs, self.confusable))

    def _rows(self, found: Iterable[Sounded]) -> tuple[LexiconRow, ...]:
        return tuple({self.drugs[each.name].id: self.drugs[each.name] for each in found}.values())


def _letters(name: str) -> str:
    """The letters of Korean syllables."""
    return unicodedata.normalize("NFD", name)


def _may_be_misspelt(name: str) -> bool:
    return _LEAST_SPELLED <= len(name) <= _LONGEST and all(map(HANGUL.match, name))
