"""Names that no table has: looked for in records and terminologies, put together, or heard."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconKind, LexiconRow
from app.cohorts.plain_words.linking.composing import NameComposer
from app.cohorts.plain_words.linking.found_rows import FoundRow, heard_row, put_together
from app.cohorts.plain_words.linking.hearing import DrugListener
from app.cohorts.plain_words.linking.nearest import NearestNames
from app.cohorts.plain_words.linking.phrases import NamePhrase, is_in_doubt, phrases
from app.cohorts.plain_words.linking.sources import NamedThings
from app.cohorts.plain_words.scanning.folding import FoldedText, forms_of
from app.cohorts.plain_words.scanning.signs import THING, Sign
from app.cohorts.plain_words.scanning.vocabulary import THINGS, WordEntry, WordTree


@dataclass(frozen=True, slots=True)
class NameTables:
    """What is made of a lexicon once, to find names that it has not."""

    composer: NameComposer
    listener: DrugListener
    nearest: NearestNames
    by_form: Mapping[tuple[str, ...], LexiconRow]

    @classmethod
    def of(cls, lexicon: Lexicon) -> "NameTables":
        """The tables of a lexicon."""
        by_form = {
            forms_of(name): row for row in reversed(list(lexicon.rows.values())) for name in reversed(row.en)
        }
        return cls(NameComposer.of(lexicon), DrugListener.of(lexicon), NearestNames.of(lexicon), by_form)

    def suggested(self, word: str) -> list[str]:
        """Names that somebody may have meant by a word that nobody knows."""
        return self.nearest.near(word, (row.en[0] for row in self.listener.heard(word)))


@dataclass(frozen=True, slots=True)
class FurtherNames:
    """Looks for names on behalf of one caller; sources earlier in the list count before later ones."""

    tables: NameTables
    sources: Sequence[NamedThings]

    def words(self, text: FoldedText, signs: Sequence[Sign]) -> WordTree | None:
        """The names that were found of those that a question has and no table; None where there are none."""
        if not any(is_in_doubt(signs, at) for at in range(len(signs))):
            return None
        some = phrases(text, signs)
        found = self._known([each.text for each in some])
        tree = WordTree()
        for each in some:
            for row in self._rows(each, found):
                tree.add(each.form, WordEntry(f"{THING}:{THINGS[row.kind]}", (row,)))
        return tree if tree.following else None

    def _rows(self, phrase: NamePhrase, found: Mapping[str, tuple[FoundRow, ...]]) -> Sequence[LexiconRow]:
        """The rows of a phrase: that of the lexicon which it says in other words, before any other."""
        names = self.tables.composer.names(phrase)
        for name in names:
            row = self.tables.by_form.get(forms_of(name))
            if row is not None:
                return (row,)
        if phrase.text in found:
            return found[phrase.text]
        return self._composed(phrase, names) if names else self._heard(phrase)

    def _known(self, names: Iterable[str]) -> Mapping[str, tuple[FoundRow, ...]]:
        """The rows of names, those of all sources together; of one kind those of the first."""
        wanted = list(dict.fromkeys(names))
        found: dict[str, dict[str, FoundRow]] = {}
        for source in self.sources:
            for name, rows in source.rows(wanted).items():
                for row in rows:
                    known = found.setdefault(name, {})
                    known[row.kind] = _both(known[row.kind], row) if row.kind in known else row
        return {name: tuple(rows.values()) for name, rows in found.items()}

    def _heard(self, phrase: NamePhrase) -> Sequence[LexiconRow]:
        """The drug that a word misspells or sounds like, where it is one and no other."""
        misspelt = self.tables.listener.misspelt(phrase.text)
        heard = (misspelt,) if misspelt is not None else self.tables.listener.heard(phrase.text)
        return (heard_row(heard[0], phrase.text),) if len(heard) == 1 else ()

    def _composed(self, phrase: NamePhrase, names: Sequence[str]) -> Sequence[LexiconRow]:
        """The rows of the names of something that was put together, one of each kind."""
        found = self._known(names)
        of_kind: dict[LexiconKind, list[FoundRow]] = {}
        for name in names:
            for each in found.get(name, ()):
                of_kind.setdefault(each.kind, []).append(each)
        return [put_together(rows, phrase.text) for rows in of_kind.values()]


def _both(one: FoundRow, other: FoundRow) -> FoundRow:
    """One row with the codes of two."""
    return replace(one, codings=tuple(dict.fromkeys((*one.codings, *other.codings))))
