"""The lexicon as a whole: its rows by id and by kind, what they include, and the names that need care."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from app.cohorts.plain_words.lexicon.parsing import LexiconError, lexicon_rows, table
from app.cohorts.plain_words.lexicon.rows import LexiconCoding, LexiconKind, LexiconRow
from app.cohorts.plain_words.lexicon.systems import PREFIXED

_FOLDER = "app.cohorts.plain_words.lexicon"


@dataclass(frozen=True, slots=True)
class CodeChoice:
    """The codings that count as a thing, and those that do not although one of the others includes them."""

    include: tuple[LexiconCoding, ...]
    exclude: tuple[LexiconCoding, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All rows by id; the names that stand for several rows; the names that are plain words in small letters.

    A name in `ambiguous` is asked about and never guessed. Names match in any case, those in `capitals` only
    as they are written: `ALL` is a leukaemia, `all` is none.
    """

    rows: Mapping[str, LexiconRow]
    ambiguous: Mapping[str, tuple[str, ...]]
    capitals: frozenset[str]

    @classmethod
    def shipped(cls) -> "Lexicon":
        """The lexicon of this release, read once a process.

        Raises `LexiconError` where a table is not well written.
        """
        return _shipped()

    def of(self, kind: LexiconKind) -> tuple[LexiconRow, ...]:
        """The rows of a kind, in the order of their ids."""
        return tuple(row for row in self.rows.values() if row.kind is kind)

    def codes(self, row: LexiconRow) -> CodeChoice:
        """The codings of a row and of all that it includes, each once, and those of what it leaves out.

        A code that another one covers by its first letters, as `I21` covers `I21.4`, is not told again.
        """
        out = {
            below.id: below
            for each in self._whole(row)
            for id in each.excluded
            for below in self._whole(self.rows[id])
        }
        held = (coding for each in self._whole(row) if each.id not in out for coding in each.codings)
        left_out = (coding for each in out.values() for coding in each.codings)
        return CodeChoice(_uncovered(held), _uncovered(left_out))

    def _whole(self, row: LexiconRow) -> Iterator[LexiconRow]:
        yield row
        for part in row.parts:
            yield from self._whole(self.rows[part])


def _uncovered(codings: Iterable[LexiconCoding]) -> tuple[LexiconCoding, ...]:
    once = dict.fromkeys(codings)
    whole = {(each.system, each.code) for each in once if each.descendants and each.system in PREFIXED}
    return tuple(
        each
        for each in once
        if not any((each.system, each.code[:length]) in whole for length in range(1, len(each.code)))
    )


@cache
def _shipped() -> Lexicon:
    rows = {row.id: row for row in _each(kind for kind in LexiconKind)}
    ambiguous = {
        cells["name"]: tuple(cells["ids"].split())
        for _, cells in table("ambiguous.tsv", _text("ambiguous"), ("name", "ids"))
    }
    capitals = (cells["name"] for _, cells in table("capitals.tsv", _text("capitals"), ("name", "word")))
    return Lexicon(MappingProxyType(rows), MappingProxyType(ambiguous), frozenset(capitals))


def _each(kinds: Iterable[LexiconKind]) -> Iterator[LexiconRow]:
    seen: dict[str, LexiconKind] = {}
    for kind in kinds:
        for row in lexicon_rows(kind, _text(kind)):
            if row.id in seen:
                raise LexiconError(f"{kind}.tsv: {row.id} stands in {seen[row.id]}.tsv, too")
            seen[row.id] = kind
            yield row


def _text(name: str) -> str:
    return files(_FOLDER).joinpath(f"{name}.tsv").read_text("utf-8")
