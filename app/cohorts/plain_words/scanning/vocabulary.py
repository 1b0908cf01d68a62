"""All names and words by the forms of their units, in one tree: the longest match is a walk down it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import TypeAlias

from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconKind, LexiconRow
from app.cohorts.plain_words.scanning.conjugation import forms
from app.cohorts.plain_words.scanning.folding import forms_of
from app.cohorts.plain_words.scanning.signs import THING
from app.cohorts.plain_words.words.tables import rows_of

_DENYING = re.compile(
    r"(no|not|without) |.* (없음|아님)$|.*\d.*(이상|이하|미만|초과)"
    r"|.*\b(below|above|over|under|less|greater)\b.*\d"
)
_MEASURED = re.compile(
    r"(high|low) (blood sugar|potassium|sodium|calcium|triglycerides|platelets|neutrophils|hemoglobin)"
)
"""What a result tells, and only then a diagnosis."""
_ABBREVIATED, _SHORT = (LexiconKind.CONDITION, LexiconKind.PROCEDURE), 2
_GROUP = re.compile(r"\(([^()]*)\)")
THINGS: Mapping[LexiconKind, str] = {
    LexiconKind.CONDITION: "condition",
    LexiconKind.STATE: "state",
    LexiconKind.DRUG: "drug",
    LexiconKind.DRUG_CLASS: "drug",
    LexiconKind.LAB: "lab",
    LexiconKind.VITAL: "lab",
    LexiconKind.PROCEDURE: "procedure",
    LexiconKind.MODALITY: "modality",
    LexiconKind.BODY_SITE: "site",
    LexiconKind.DEVICE: "device",
    LexiconKind.ENCOUNTER: "encounter",
    LexiconKind.ALLERGEN: "allergen",
    LexiconKind.VACCINE: "vaccine",
    LexiconKind.REPORT_WORD: "word",
    LexiconKind.DOCUMENT: "document",
}
"""What the rows of a kind are called among the readings: `ent:drug`."""


@dataclass(slots=True)
class WordEntry:
    """What a name or word may say: a reading, and the rows where it is a name.

    `written` is what must stand in the question letter by letter; empty where any case will do.
    """

    symbol: str
    rows: tuple[LexiconRow, ...] = ()
    written: str = ""


@dataclass(slots=True)
class WordTree:
    """A node of the tree: what ends here, and what may follow."""

    entries: list[WordEntry] = field(default_factory=list)
    following: dict[str, "WordTree"] = field(default_factory=dict)

    def add(self, form: Iterable[str], entry: WordEntry) -> None:
        """Put an entry under a form."""
        node = self
        for each in form:
            node = node.following.setdefault(each, WordTree())
        node.entries.append(entry)


WordForm: TypeAlias = tuple[tuple[str, ...], WordEntry]
"""A form of a name or word, and what it may say."""


@cache
def shipped_words() -> WordTree:
    """The names of the lexicon that ships and the words of questions."""
    return words_with(Lexicon.shipped())


def words_with(lexicon: Lexicon) -> WordTree:
    """The names of a lexicon and the words of questions."""
    tree = WordTree()
    for form, entry in (*_plain_words(), *_verbs(), *_names(lexicon), *_other_names(lexicon)):
        tree.add(form, entry)
    return tree


def _plain_words() -> Iterator[WordForm]:
    for name in ("english", "korean"):
        for symbol, cell in rows_of(name, 2):
            yield from ((forms_of(phrase), WordEntry(symbol)) for phrase in phrases_in(cell))


def _verbs() -> Iterator[WordForm]:
    for meaning, stem, before_a, kind in rows_of("verbs", 4):
        for form in forms(stem, tuple(before_a.split(" ") if " " not in stem else [before_a]), kind):
            yield forms_of(form.text), WordEntry(f"v:{meaning}.{form.ending}")


def _names(lexicon: Lexicon) -> Iterator[WordForm]:
    for row in lexicon.rows.values():
        if _is_said_otherwise(row, lexicon):
            continue
        for name in dict.fromkeys((*row.en, *row.ko)):
            measured = row.kind is LexiconKind.CONDITION and _MEASURED.fullmatch(name)
            if not _DENYING.match(name) and not measured and name not in lexicon.ambiguous:
                yield from _entries(name, row, name if name in lexicon.capitals else "")


def _entries(name: str, row: LexiconRow, written: str) -> Iterator[WordForm]:
    form = forms_of(name)
    yield form, _entry(row, written)
    if row.kind in _ABBREVIATED and len(name) <= _SHORT and name.isascii() and name.isupper():
        yield form, WordEntry("short", (), written)


def _other_names(lexicon: Lexicon) -> Iterator[WordForm]:
    for name, row_id in rows_of("aliases", 2):
        if row_id in lexicon.rows:
            yield forms_of(name), _entry(lexicon.rows[row_id])
    for name, ids in lexicon.ambiguous.items():
        for each in ids:
            yield forms_of(name), _entry(lexicon.rows[each], "" if name.lower() == name else name)


def _entry(row: LexiconRow, written: str = "") -> WordEntry:
    return WordEntry(f"{THING}:{THINGS[row.kind]}", (row,), written)


def _is_said_otherwise(row: LexiconRow, lexicon: Lexicon) -> bool:
    """Whether other words say the same: the report of a modality, a scanner that makes pictures."""
    if row.kind is LexiconKind.DEVICE:
        return any(name.lower().endswith("scanner") for name in row.en)
    modality = lexicon.rows.get(row.id.removesuffix("-report"))
    return row.kind is LexiconKind.DOCUMENT and modality is not None and modality.kind is LexiconKind.MODALITY


def phrases_in(cell: str) -> Iterator[str]:
    """The phrases of a cell: `a (b/c/) d` is `a b d`, `a c d` and `a d`; `(x/)` is x or nothing."""
    for phrase in cell.split(" | "):
        yield from _expanded(phrase.strip())


def _expanded(phrase: str) -> Iterator[str]:
    pieces = _GROUP.split(phrase)
    choices = [[piece] if at % 2 == 0 else piece.split("/") for at, piece in enumerate(pieces)]
    for each in product(*choices):
        yield " ".join("".join(each).split())
