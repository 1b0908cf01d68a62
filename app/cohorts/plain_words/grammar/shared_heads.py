"""Finds names whose last word the parts of an `or` share: `hip or knee replacement`."""

from collections.abc import Mapping, Sequence
from functools import cache

from app.cohorts.plain_words.lexicon.lexicon import Lexicon
from app.cohorts.plain_words.lexicon.rows import LexiconKind, LexiconRow
from app.cohorts.plain_words.scanning.signs import Sign

_KINDS: Mapping[str, LexiconKind] = {
    "procedure": LexiconKind.PROCEDURE,
    "condition": LexiconKind.CONDITION,
}
_LISTING = ("or", "comma", "slash")


def with_shared_heads(signs: Sequence[Sign], text: str) -> list[Sign]:
    """The signs, with the names that parts of the body before `or` have in what stands behind it."""
    found = list(signs)
    for at in range(len(signs) - 2):
        named = _named_with_head(signs, at, text)
        if named is not None:
            found[at] = named
    return found


def _named_with_head(signs: Sequence[Sign], at: int, text: str) -> Sign | None:
    """The name that a part of the body has with the head of its list; None where nothing is called so."""
    last = at
    while signs[last].has("ent:site") and last + 2 < len(signs) and _lists(signs, last + 1):
        last += 2 if signs[last + 1].kind in _LISTING and not _lists(signs, last + 2) else 3
    whole = signs[last]
    kind = next((each for each in _KINDS if whole.has(f"ent:{each}")), "")
    before = signs[last - 1].kind if last else ""
    if last == at or not kind or before not in ("or", "slash"):
        return None
    _, _, head = text[whole.start : whole.end].partition(" ")
    name = f"{text[signs[at].start : signs[at].end]} {head}"
    row = _rows(kind).get(name) or _rows(kind).get(name.removesuffix("s"))
    return Sign((f"ent:{kind}",), signs[at].start, signs[at].end, (row,)) if head and row else None


def _lists(signs: Sequence[Sign], at: int) -> bool:
    return at < len(signs) and signs[at].kind in _LISTING


@cache
def _rows(kind: str) -> Mapping[str, LexiconRow]:
    return {name.lower(): row for row in Lexicon.shipped().of(_KINDS[kind]) for name in row.en}
