"""Sets of codes by what people call them: what of the lexicon a few letters may mean, the nearest first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconKind, LexiconRow
from app.cohorts.plain_words.linking.coding import CodeLinker, Inclusions, NothingHeld
from fhir_profiles.folding import fold

MOST_SUGGESTED = 20
LONGEST_NAME = 100  # characters
_ANY = tuple(each for each in LexiconKind if each is not LexiconKind.STATE)
KINDS_OF: Mapping[str, tuple[LexiconKind, ...]] = {
    "condition": (LexiconKind.CONDITION,),
    "observation": (LexiconKind.LAB, LexiconKind.VITAL),
    "medication": (LexiconKind.DRUG, LexiconKind.DRUG_CLASS),
    "procedure": (LexiconKind.PROCEDURE,),
    "encounter": (LexiconKind.ENCOUNTER,),
    "allergy": (LexiconKind.ALLERGEN, LexiconKind.DRUG, LexiconKind.DRUG_CLASS),
    "immunization": (LexiconKind.VACCINE,),
    "familyHistory": (LexiconKind.CONDITION,),
    "document": (LexiconKind.DOCUMENT,),
    "device": (LexiconKind.DEVICE,),
    "report": (LexiconKind.DOCUMENT, LexiconKind.PROCEDURE),
    "bodySite": (LexiconKind.BODY_SITE,),
}
"""Which things a kind of event has codes of; and the one field that says where."""
_EXACT, _BEGINS, _WORD, _WITHIN = range(4)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A thing with the concept set that stands for it; `name` is the one by which it was found."""

    id: str
    name: str
    concept_set: Mapping[str, Any]


def suggested(text: str, of: str) -> list[Suggestion]:
    """The things with codes that a name or the beginning of one may mean, at most `MOST_SUGGESTED`.

    `of` is a kind of event or a field (`KINDS_OF`); any things where it is none of these.
    """
    wanted, kinds = _folded(text), KINDS_OF.get(of, _ANY)
    if not wanted:
        return []
    found = sorted(_found(wanted, kinds))
    return [_suggestion(row_id, name) for _, _, name, row_id in islice(found, MOST_SUGGESTED)]


def _found(wanted: str, kinds: tuple[LexiconKind, ...]) -> Iterator[tuple[int, int, str, str]]:
    """Each row that has such a name: how near it is, how long, the name and the id of the row."""
    for kind in kinds:
        for row_id, names in _names(kind):
            near = [
                (rank, len(folded), name)
                for folded, name in names
                if (rank := _nearness(wanted, folded)) is not None
            ]
            if near:
                yield (*min(near), row_id)


def _nearness(wanted: str, name: str) -> int | None:
    """How near a name is to what is wanted, 0 the same; None where it does not hold it."""
    at = name.find(wanted)
    if at < 0:
        return None
    if at == 0:
        return _EXACT if name == wanted else _BEGINS
    return _WORD if not name[at - 1].isalnum() else _WITHIN


@cache
def _names(kind: LexiconKind) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The ids of the rows of a kind, each with its names, folded and as they are."""
    return tuple(
        (row.id, tuple((_folded(name), name) for name in (*row.en, *row.ko)))
        for row in Lexicon.shipped().of(kind)
        if _has_codes(row)
    )


def _has_codes(row: LexiconRow) -> bool:
    return bool(row.codings or row.parts)


def _folded(text: str) -> str:
    """A name as it is compared: small letters, and those of Korean without spaces."""
    folded = fold(text[:LONGEST_NAME]).strip()
    return folded if folded.isascii() else folded.replace(" ", "")


def _suggestion(row_id: str, name: str) -> Suggestion:
    lexicon = Lexicon.shipped()
    linker = CodeLinker(Inclusions(lexicon), NothingHeld())
    return Suggestion(row_id, name, linker.concept_set([lexicon.rows[row_id]], ""))
