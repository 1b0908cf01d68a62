"""Names of diagnoses that are put together: a part of the body, and what it has. `부신암` is adrenal cancer.

What is put together is only looked up: where neither the lexicon nor records nor terminologies have it, there
is no such name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconKind
from app.cohorts.plain_words.linking.phrases import NamePhrase
from app.cohorts.plain_words.scanning.folding import forms_of
from app.cohorts.plain_words.words.tables import rows_of

_MOST_NAMES = 40
_OF = tuple(forms_of(each) for each in ("of", "of the", "in", "in the", "의"))


@dataclass(frozen=True, slots=True)
class NameComposer:
    """The parts of the body by the forms of their names, and what names of diagnoses end with."""

    sites: Mapping[tuple[str, ...], tuple[str, ...]]
    ends: Mapping[tuple[str, ...], tuple[str, ...]]

    @classmethod
    def of(cls, lexicon: Lexicon) -> "NameComposer":
        """The composer of a lexicon."""
        sites: dict[tuple[str, ...], tuple[str, ...]] = {}
        for row in lexicon.of(LexiconKind.BODY_SITE):
            for name in (*row.en, *row.ko):
                sites.setdefault(forms_of(name), row.en)
        ends = {forms_of(end): tuple(cell.split(" | ")) for end, cell in rows_of("composed", 2)}
        return cls(sites, ends)

    def names(self, phrase: NamePhrase) -> tuple[str, ...]:
        """The English names of what a phrase puts together; none where it does not."""
        return tuple(dict.fromkeys(self._names(phrase.form)))[:_MOST_NAMES]

    def _names(self, form: tuple[str, ...]) -> Iterator[str]:
        for at in range(1, len(form)):
            yield from self._put_together(form[:at], form[at:])  # adrenal cancer
            behind = form[at:]
            for link in _OF:
                if behind[: len(link)] == link:  # cancer of the adrenal gland
                    yield from self._put_together(behind[len(link) :], form[:at])

    def _put_together(self, site: tuple[str, ...], end: tuple[str, ...]) -> Iterator[str]:
        for pattern in self.ends.get(end, ()):
            for name in self.sites.get(site, ()):
                yield pattern.format(name)
