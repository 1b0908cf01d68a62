"""A question in plain words with what of it was understood, and what was not, marked in its text."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class WordsPart(NamedTuple):
    """A stretch of a question; `unknown`: it was not understood."""

    text: str
    unknown: bool


def marked_question(words: str, read: Mapping[str, Any] | None) -> list[WordsPart]:
    """The stretches of a question in order, together the whole text; none where no question was read."""
    if read is None:
        return []
    return list(_parts(words, [each["span"] for each in read["notUnderstood"]]))


def _parts(words: str, spans: list[list[int]]) -> Iterator[WordsPart]:
    at = 0
    for start, end in sorted((max(0, start), min(end, len(words))) for start, end in spans):
        if start < at or end <= start:
            continue
        if start > at:
            yield WordsPart(words[at:start], unknown=False)
        yield WordsPart(words[start:end], unknown=True)
        at = end
    if at < len(words):
        yield WordsPart(words[at:], unknown=False)
