"""Names that are spelled nearly like a word that nobody knows: to be suggested, and never taken for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from app.cohorts.plain_words.lexicon.lexicon import Lexicon

_MOST, _SHORTEST, _LEAST = 3, 4, 0.86
_KOREAN_SHORTEST = 3


@dataclass(frozen=True, slots=True)
class NearestNames:
    """The names of a lexicon in small letters, as they are written."""

    names: Mapping[str, str]

    @classmethod
    def of(cls, lexicon: Lexicon) -> "NearestNames":
        """Those of a lexicon."""
        every = (name for row in lexicon.rows.values() for name in (*row.en, *row.ko))
        return cls({name.lower(): name for name in every if name not in lexicon.ambiguous})

    def near(self, word: str, heard: Iterable[str] = ()) -> list[str]:
        """The names that are nearest to a word, those that sound like it first."""
        found = list(heard)
        if len(word) >= (_SHORTEST if word.isascii() else _KOREAN_SHORTEST):
            near = process.extract(
                word.lower(),
                list(self.names),
                scorer=JaroWinkler.similarity,
                score_cutoff=_LEAST,
                limit=_MOST,
            )
            found += [self.names[name] for name, _, _ in near]
        return list(dict.fromkeys(found))[:_MOST]
