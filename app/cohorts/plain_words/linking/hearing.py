"""Drugs that are written in Hangul as they sound, found among the names of the lexicon and of the records."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconKind, LexiconRow
from app.cohorts.plain_words.linking.sounding import Sounded, sounding_like
from app.cohorts.plain_words.scanning.folding import HANGUL
from app.cohorts.plain_words.words.tables import rows_of

_SHORTEST, _LONGEST = 3, 10  # syllables


@dataclass(frozen=True, slots=True)
class DrugListener:
    """The drugs of a lexicon by their English names, and which of these are easily taken for one another."""

    drugs: Mapping[str, LexiconRow]
    confusable: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, lexicon: Lexicon) -> "DrugListener":
        """The listener of a lexicon."""
        rows = (*lexicon.of(LexiconKind.DRUG), *lexicon.of(LexiconKind.DRUG_CLASS))
        drugs = {name.lower(): row for row in rows for name in row.en if " " not in name}
        groups = [frozenset(cell.split(" | ")) for (cell,) in rows_of("confusable", 1)]
        names = {name for group in groups for name in group}
        return cls(
            drugs, {name: frozenset().union(*(each for each in groups if name in each)) for name in names}
        )

    def heard(self, word: str) -> tuple[LexiconRow, ...]:
        """The drugs that a Korean word sounds like: one that it is, or several that it may be."""
        if not _SHORTEST <= len(word) <= _LONGEST or not all(map(HANGUL.match, word)):
            return ()
        return self._rows(sounding_like(word, self.drugs, self.confusable))

    def _rows(self, found: Iterable[Sounded]) -> tuple[LexiconRow, ...]:
        return tuple({self.drugs[each.name].id: self.drugs[each.name] for each in found}.values())
