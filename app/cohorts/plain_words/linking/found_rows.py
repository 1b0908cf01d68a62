"""Rows for names that no table has: of records or of terminologies, put together, or heard."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.cohorts.plain_words.lexicon.rows import LexiconCoding, LexiconKind, LexiconRow

_LONGEST_ID = 40
_NO_WORD = re.compile(r"[^a-z0-9]+")


class NameSource(StrEnum):
    """Where a name that no table has was found."""

    RECORDS = "records"
    TERMINOLOGY = "terminology"
    PUT_TOGETHER = "composed"
    HEARD = "sounded"


@dataclass(frozen=True, slots=True)
class FoundRow(LexiconRow):
    """A row that was made for one question; `said` is what stands there."""

    source: NameSource = NameSource.RECORDS
    said: str = ""

    @property
    def is_doubtful(self) -> bool:
        """Whether whoever asks is told how it was read."""
        return self.source in (NameSource.PUT_TOGETHER, NameSource.HEARD)


def found_row(
    name: str, kind: LexiconKind, source: NameSource, codings: Iterable[LexiconCoding] = (), said: str = ""
) -> FoundRow:
    """The row of a name."""
    return FoundRow(_id(name, kind), kind, (name,), (name,), tuple(codings), source=source, said=said or name)


def heard_row(row: LexiconRow, said: str) -> FoundRow:
    """A row of the lexicon that was found by how its name sounds."""
    return FoundRow(
        row.id,
        row.kind,
        row.en,
        row.ko,
        row.codings,
        row.parts,
        row.excluded,
        source=NameSource.HEARD,
        said=said,
    )


def put_together(rows: Sequence[FoundRow], said: str) -> FoundRow:
    """One row of all names and codes of several of a kind, for something that was said by its parts."""
    names = tuple(name for row in rows for name in row.en)
    codings = tuple(dict.fromkeys(coding for row in rows for coding in row.codings))
    made = found_row(names[0], rows[0].kind, NameSource.PUT_TOGETHER, codings, said)
    return replace(made, en=names, ko=names)


def _id(name: str, kind: LexiconKind) -> str:
    """A name for concept sets that is the same for the same name."""
    plain = _NO_WORD.sub("-", name.lower()).strip("-")[:_LONGEST_ID].strip("-")
    digest = hashlib.sha256(f"{kind} {name}".encode()).hexdigest()[:8]
    return f"x-{plain}-{digest}" if plain else f"x-{digest}"
