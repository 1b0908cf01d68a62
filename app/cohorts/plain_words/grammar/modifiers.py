"""Leaves words that say how pictures were taken, which no code tells: `portable`, `low-dose`, 추적."""

from collections.abc import Iterator

from app.cohorts.plain_words.grammar.doubts import LEFT_OUT, SOFT
from app.cohorts.plain_words.grammar.facts import ClauseEntry, Fact
from app.cohorts.plain_words.grammar.telling import MADE, Telling

AIM = "aim"
"""What pictures were taken for: `follow-up`."""
MODIFIER = "modifier"
"""Such a word where the answer hangs on it: beside a denial or a number."""


def leave_modifiers(told: Telling) -> None:
    """Leave what is said of how pictures were taken, or devices made; denied or counted, it refuses."""
    for entry in told.entries:
        for fact in _pictures(entry):
            weighty = entry.clause.denied or entry.excluded or fact.number is not None
            for sign in [each for each in fact.signs if each.kind == "soft"]:
                fact.signs.remove(sign)
                if sign.detail == AIM and not weighty and _follows(fact):
                    told.choices.pick("soft", sign.start, SOFT, (LEFT_OUT,))
                    told.used.append(sign)
                    continue
                told.unused.append(sign.read_as(MODIFIER) if weighty else sign)


def _follows(fact: Fact) -> bool:
    """Whether pictures are told to be after something, which is all that `follow-up` says."""
    return any("after" in each.said.period for each in fact.relatives)


def _pictures(entry: ClauseEntry) -> Iterator[Fact]:
    told = entry.told
    anchors = [anchor for each in told.relatives for anchor in each.anchors]
    others = [each for each in (told.of, told.method) if each is not None] if isinstance(told, Fact) else []
    for each in (told, *anchors, *others):
        if isinstance(each, Fact) and each.kind in MADE:
            yield each
