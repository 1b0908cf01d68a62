"""Patterns that are looked for only where a text has the letters that they cannot do without.

Tables of words are many patterns, of which a text matches few. A plain search for letters is ten times as
fast as one for a pattern; what the letters are is read off the pattern itself.
"""

import re
from collections.abc import Iterable, Iterator

_LEAST = 2  # what the letters of a hint weigh, of which a Korean one is a syllable
_FIRST_SYLLABLE = "가"
_QUANTIFIED = re.compile(r"[?*]|\{0?,?\d*\}")


class HintedPattern:
    """A pattern and its hints: letters of which each text that it is found in has some; none is no help."""

    def __init__(self, source: str, flags: int = 0) -> None:
        self._pattern = re.compile(source, flags)
        self.hints = hints_of(source.lower())

    def is_in(self, text: str, low: str) -> bool:
        """Whether it is found in a text, which `low` is in small letters."""
        if self.hints and not any(hint in low for hint in self.hints):
            return False
        return self._pattern.search(text) is not None


def hints_of(source: str) -> tuple[str, ...]:
    """The letters of which every text that a pattern is found in has some; none where there are no such."""
    found = list[str]()
    for branch in _branches(source):
        needed = _needed(branch)
        if not needed:
            return ()
        found += needed
    return tuple(dict.fromkeys(found))


def _needed(branch: str) -> tuple[str, ...]:
    """The letters of one branch: its longest run, or those of a group that must be there."""
    choices = [choice for choice in _choices(branch) if _weight(choice) >= _LEAST]
    return max(choices, key=_weight, default=())


def _weight(choice: Iterable[str]) -> int:
    return min((len(word) + sum(each >= _FIRST_SYLLABLE for each in word) for word in choice), default=0)


def _choices(branch: str) -> Iterator[tuple[str, ...]]:
    run, at = "", 0
    while at < len(branch):
        end = _end_of(branch, at)
        optional = _QUANTIFIED.match(branch, end)
        if branch[at].isalnum() or branch[at] in " -'":
            run, broken = (run, True) if optional else (run + branch[at], branch[end : end + 1] == "+")
        else:
            broken = True
            inner = _inside(branch[at:end])
            if inner is not None and not optional and (letters := hints_of(inner)):
                yield letters
        if broken:
            yield (run,)
            run = ""
        at = optional.end() if optional else end + (branch[end : end + 1] == "+")
    yield (run,)


def _end_of(source: str, at: int) -> int:
    """Where the letter, escape, class or group that begins somewhere ends."""
    if source[at] == "\\":
        return at + 2
    if source[at] == "[":
        return source.index("]", at + 1) + 1
    if source[at] != "(":
        return at + 1
    depth, end = 0, at
    while True:
        if source[end] == "\\":
            end += 1
        elif source[end] == "[":
            end = source.index("]", end + 1)
        depth += (source[end] == "(") - (source[end] == ")") if source[end - 1] != "\\" else 0
        end += 1
        if depth == 0:
            return end


def _inside(part: str) -> str | None:
    """What a group must match; None of what is no group, or one that looks around."""
    if not part.startswith("("):
        return None
    if not part.startswith("(?"):
        return part[1:-1]
    head = re.match(r"\(\?(?:[a-z-]*:|p<\w+>)", part)
    return part[head.end() : -1] if head else None


def _branches(source: str) -> Iterable[str]:
    """The branches of a pattern at its outermost level."""
    begin = at = 0
    while at < len(source):
        if source[at] == "|":
            yield source[begin:at]
            begin = at + 1
        at = _end_of(source, at)
    yield source[begin:]
