"""The phrases of a question that may be names which no table has: those in which an unknown word stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.cohorts.plain_words.scanning.folding import FoldedText, TextUnit, text_units
from app.cohorts.plain_words.scanning.signs import THING, UNKNOWN, Sign

_LONGEST, _MOST = 7, 300  # units of a phrase; phrases of a question
_PARTING = frozenset(("stop", "semi", "colon", "open", "close", "quoted", "date"))
_BARE = frozenset(("j", "weak", "comma", "subj", "polite", "out"))


@dataclass(frozen=True, slots=True)
class NamePhrase:
    """A stretch of a folded text that may be a name: its words, and the forms of its units."""

    text: str
    form: tuple[str, ...]


def phrases(text: FoldedText, signs: Sequence[Sign]) -> list[NamePhrase]:
    """The phrases of a question that may be names of no table, each once, the longest of a place first."""
    units = list(text_units(text.text))
    found: dict[tuple[str, ...], NamePhrase] = {}
    for first, last in _stretches(signs):
        for start, end in _spans(units, signs, first, last):
            form = tuple(each.form for each in units[start:end])
            found.setdefault(form, NamePhrase(text.text[units[start].start : units[end - 1].end], form))
            if len(found) >= _MOST:
                return list(found.values())
    return list(found.values())


def is_in_doubt(signs: Sequence[Sign], at: int) -> bool:
    """Whether a sign is an unknown word, or a part of the body beside a general diagnosis."""
    sign = signs[at]
    if sign.kind == UNKNOWN:
        return True
    return sign.has(f"{THING}:site") and any(
        0 <= near < len(signs) and signs[near].has(f"{THING}:condition") for near in _near(signs, at)
    )


def _near(signs: Sequence[Sign], at: int) -> Iterator[int]:
    """The signs right behind a part of the body, and before it: also with `of` between."""
    yield at + 1
    before = at - 1
    while before >= 0 and signs[before].kind in ("weak", "of"):
        before -= 1
    yield before


def _stretches(signs: Sequence[Sign]) -> Iterator[tuple[int, int]]:
    """From where to where names may reach that hold a sign in doubt, as places of signs."""
    for at in range(len(signs)):
        if not is_in_doubt(signs, at):
            continue
        first = last = at
        while first > 0 and signs[first - 1].kind not in _PARTING and at - first < _LONGEST:
            first -= 1
        while last + 1 < len(signs) and signs[last + 1].kind not in _PARTING and last - at < _LONGEST:
            last += 1
        yield from ((first, each) for each in range(last, first - 1, -1) if first <= at <= each)


def _spans(
    units: Sequence[TextUnit], signs: Sequence[Sign], first: int, last: int
) -> Iterator[tuple[int, int]]:
    """The stretches of units that end where a sign ends, or within an unknown Korean word."""
    end = _unit_at(units, signs[last].end)
    for at in range(first, last + 1):
        if signs[at].kind in _BARE or not any(is_in_doubt(signs, each) for each in range(at, last + 1)):
            continue
        start = _unit_at(units, signs[at].start)
        if 0 < end - start <= _LONGEST and signs[last].kind not in _BARE:
            yield start, end
        if signs[last].kind in (UNKNOWN, THING) and units[end - 1].is_hangul:
            inner = _unit_at(units, signs[last].start)
            yield from ((start, each) for each in range(end - 1, max(inner, start), -1) if each - start > 1)


def _unit_at(units: Sequence[TextUnit], place: int) -> int:
    return next((at for at, unit in enumerate(units) if unit.start >= place), len(units))
