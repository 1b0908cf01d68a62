"""What reports say of words: in which section, and whether it is there, not there, or perhaps there."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.cohorts.evaluation.verdicts import Truth
from app.cohorts.language.question import ReportWords
from app.records.glance.assertions import Assertion, assertion_of, turns_of
from app.records.glance.recommendations import sentences_of
from app.records.glance.report_text import ReportText, report_text

_ASKED: Mapping[str, Mapping[Assertion, Truth]] = {
    "affirmed": {Assertion.THERE: Truth.TRUE, Assertion.UNCERTAIN: Truth.UNKNOWN},
    "negated": {Assertion.NOT_THERE: Truth.TRUE},
    "uncertain": {Assertion.UNCERTAIN: Truth.TRUE},
    "any": dict.fromkeys(Assertion, Truth.TRUE),
}
"""What a mention says of the question whether a word is there in that way."""
_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "impression": ("impression",),
    "findings": ("findings",),
    "any": ("impression", "findings", "recommendation", "body"),
}
_HANGUL = re.compile(r"[가-힣]")


@dataclass(frozen=True, slots=True)
class WordsJudge:
    """Judges reports by what is asked of their words."""

    asked: ReportWords

    def __call__(self, document: Mapping[str, Any]) -> Truth:
        """Whether a report says it (`truth_of`)."""
        return truth_of(document, self.asked)


def truth_of(document: Mapping[str, Any], asked: ReportWords) -> Truth:
    """Whether a report says what is asked; unknown where it has no text here, or says it perhaps."""
    text = report_text(document, {})
    parts = tuple(_parts(text, asked.section))
    if not parts:
        return Truth.UNKNOWN
    each = [_said(word, parts, asked.assertion) for word in asked.every]
    if asked.some:
        each.append(max(_said(word, parts, asked.assertion) for word in asked.some))
    each += [Truth(Truth.TRUE - _said(word, parts, asked.assertion)) for word in asked.none]
    return min(each)


def _parts(text: ReportText, section: str) -> Iterator[str]:
    """The parts of sentences of a section; of a text without headings, of all of it."""
    told = [getattr(text, name) for name in _SECTIONS[section]]
    for each in filter(None, told if any(told) else [text.body]):
        for sentence in sentences_of(each):
            yield from turns_of(sentence)


def _said(word: str, parts: Sequence[str], assertion: str) -> Truth:
    """The most that any part says of a word."""
    counts = _ASKED[assertion]
    found = (
        counts.get(assertion_of(part, match.start(), match.end()), Truth.FALSE)
        for part in parts
        for match in _pattern(word).finditer(part)
    )
    return max(found, default=Truth.FALSE)


@lru_cache(maxsize=1_024)
def _pattern(word: str) -> re.Pattern[str]:
    """A word as texts write it: whatever its case and spaces, in English with the end of a plural."""
    spaced = r"\s+".join(map(re.escape, word.split()))
    if _HANGUL.search(word):
        return re.compile(r"\s*".join(map(re.escape, word.split())), re.IGNORECASE)
    return re.compile(rf"(?<!\w){spaced}(?:e?s)?(?!\w)", re.IGNORECASE)
