"""What a report recommends to do next: which picture or procedure, of what, when, and on which condition.

English and Korean. A sentence is parted where it turns round; each part needs a word that something ought to
be done, or a time to come, and what is to be done, and none that denies it or tells of the past.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.records.glance.modalities import modalities_in
from app.records.glance.recommendation_words import (
    CONDITION,
    CONTRAST,
    CUE,
    DENIED,
    FOLLOW,
    PAST,
    PROCEDURES,
    STATED,
    UNRELATED,
)
from app.records.glance.recommended_times import Delay, delay_in
from app.records.glance.regions import regions_in
from app.records.glance.report_text import ReportText

_SENTENCE = re.compile(
    r"(?<=[.!?。])(?<!\b[A-Z]\.)(?<!\bDr\.)(?<!\bvs\.)(?<!\be\.g\.)\s+(?=\D|\d+[.)]\s|\d)|\n+|(?<=[다함음임됨요람])[.]\s*"
)
_NUMBERED = re.compile(r"^\s*(?:\(?\d{1,2}[.)]|[-*•])\s+")
_COMMA = re.compile(
    r",\s+(?:and|or|then|also)?\s*|\s+and\s+(?=(?:biopsy|consider|repeat|if)\b)|(?<=고)[,\s]\s*(?=필요|경우|증상|호전)"
)
_BOTH = re.compile(
    r"\s+and\s+(?=(?:an?\s+|the\s+)?(?:[\w-]+\s+){0,2}(?:biops\w+|FNA|\w+oscopy)\b)", re.IGNORECASE
)
_LEADING = re.compile(
    r"^\s*(?:if|unless|should|in case|depending)\b|(?:경우(?:에는)?|면|시(?:에는)?)\s*$", re.IGNORECASE
)
_BARE = 14  # words of a part that recommends by a time to come alone
SECTIONS = ("impression", "recommendation", "findings", "body")


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One recommendation: the sentence that says it, and what is read of it.

    `modalities` are kinds of pictures, `procedures` what else is asked for, both empty of a look of any kind.
    `delay` None says no time. One with a `condition` is due only where that holds.
    """

    sentence: str
    modalities: frozenset[str]
    procedures: frozenset[str]
    regions: frozenset[str]
    delay: Delay | None
    condition: bool


def recommended(text: ReportText) -> tuple[Recommendation, ...]:
    """What a report recommends, each once; what its impression says of it counts."""
    found = list[Recommendation]()
    for name in SECTIONS:
        for each in recommendations_in(getattr(text, name), advising=name == "recommendation"):
            if not any(_repeats(each, known) for known in found):
                found.append(each)
    return tuple(found)


def _repeats(one: Recommendation, known: Recommendation) -> bool:
    same_place = not one.regions or not known.regions or bool(one.regions & known.regions)
    same_time = one.delay is None or known.delay is None or one.delay == known.delay
    same_deed = (one.modalities, one.procedures) == (known.modalities, known.procedures)
    return same_deed and one.condition == known.condition and same_place and same_time


def recommendations_in(text: str, *, advising: bool = False) -> tuple[Recommendation, ...]:
    """What a text recommends, in its order; all of it is advice where it stands under such a heading."""
    return tuple(
        found
        for sentence in sentences_of(text)
        if advising or CUE.search(sentence) or FOLLOW.search(sentence) or delay_in(sentence)
        for part in _parts(sentence)
        if (found := _read(part, sentence, advising=advising))
    )


def sentences_of(text: str) -> Iterator[str]:
    """The sentences of a text, without the numbers of a list."""
    for each in _SENTENCE.split(text):
        if stripped := _NUMBERED.sub("", each or "").strip():
            yield stripped


def _parts(sentence: str) -> Iterator[str]:
    """The parts of a sentence that say one thing each: a condition stays with what it is of."""
    for clause in CONTRAST.split(sentence):
        waiting = ""
        parts = list[str]()
        for segment in filter(None, _COMMA.split(_both_said(clause))):
            said = f"{waiting}, {segment}" if waiting else segment
            if _LEADING.search(segment) and not _is_asked_for(segment):
                waiting = said
            elif parts and not _is_asked_for(said):
                parts[-1] = f"{parts[-1]}, {said}"
                waiting = ""
            else:
                parts.append(said)
                waiting = ""
        if waiting and parts:
            parts[-1] = f"{parts[-1]}, {waiting}"
        yield from _with_cue(parts or [clause])


def _both_said(clause: str) -> str:
    """A clause that asks for pictures `and a biopsy`, such that each has the time that both are given."""
    first, *rest = _BOTH.split(clause, maxsplit=1)
    if not rest:
        return clause
    delay = None if delay_in(first) else delay_in(rest[0])
    return f"{first} {delay.words}, {rest[0]}" if delay else f"{first}, {rest[0]}"


def _with_cue(parts: list[str]) -> Iterator[str]:
    """The parts; one that begins with what is to be done goes on with the verb of the one before."""
    verb = ""
    for part in parts:
        cue = CUE.search(part)
        yield part if cue or not verb else f"{verb} {part}"
        verb = cue[0] if cue and not DENIED.search(part) else verb


def _is_asked_for(part: str) -> bool:
    return bool(modalities_in(part) or _procedures(part) or FOLLOW.search(part))


def _procedures(part: str) -> frozenset[str]:
    return frozenset(name for name, words in PROCEDURES.items() if words.search(part))


def _read(part: str, sentence: str, *, advising: bool) -> Recommendation | None:
    """What a part recommends; None where it recommends nothing."""
    modalities, procedures = modalities_in(part), _procedures(part)
    follows = FOLLOW.search(part)
    if not (modalities or procedures or follows):
        return None
    if DENIED.search(part) or PAST.search(part) or UNRELATED.search(part):
        return None
    delay = delay_in(part)
    bare = delay is not None and len(part.split()) <= _BARE and not STATED.search(part)
    if not (CUE.search(part) or bare or advising):
        return None
    return Recommendation(
        sentence=sentence,
        modalities=modalities,
        procedures=procedures,
        regions=regions_in(part) or regions_in(sentence),
        delay=delay,
        condition=bool(CONDITION.search(part)),
    )
