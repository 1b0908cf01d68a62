"""Rules over signs: a pattern says which signs, one after another, become others.

A pattern is written as names of readings with the signs of regular expressions between blanks:
`cmp {low:n} and? (cmp | sfx) .`. `cmp` is any reading of that kind, `cmp:ge` that one, `v.adn` any verb with
that ending, `v:get` that verb with any ending, `.` any sign, `^` and `$` the ends. `{name:…}` gives what it
finds a name.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from app.cohorts.plain_words.scanning.signs import Sign

_TOKEN = re.compile(r"\{(\w+):|\}|\(\?[=!]|\(\?<[=!]|[()|^$]|[?*+]|[A-Za-z][\w:.]*|\.|\s+")


@dataclass(frozen=True, slots=True)
class SignMatch:
    """What a pattern found: the signs, and those under each name, from where to where they stand."""

    signs: tuple[Sign, ...]
    named: dict[str, tuple[Sign, ...]]
    start: int
    end: int

    def one(self, name: str) -> Sign | None:
        """The first sign under a name; None where it found none."""
        return next(iter(self.named.get(name, ())), None)


Made: TypeAlias = "Sequence[Sign] | Sign | None"
"""What a rule makes of what it found; None where it does not hold."""
Make: TypeAlias = "Callable[[SignMatch], Made]"


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and what is made of what it finds; `needs` are kinds without which it finds nothing."""

    pattern: re.Pattern[str]
    make: Make
    needs: frozenset[str]


def rule(pattern: str, make: Make) -> Rule:
    """Make a rule of a pattern."""
    return Rule(re.compile(_compiled(pattern)), make, _needed(pattern))


def _compiled(pattern: str) -> str:
    pieces: list[str] = []
    for token in _TOKEN.finditer(pattern):
        text = token[0]
        if token[1]:
            pieces.append(f"(?P<{token[1]}>")
        elif text == "}":
            pieces.append(")")
        elif text.isspace():
            continue
        elif text == "(":
            pieces.append("(?:")
        elif text == "." or text[0].isalpha():
            pieces.append(_one(text))
        else:
            pieces.append(text)
    return "".join(pieces)


def _one(name: str) -> str:
    if name == ".":
        return "(?:<[^>]*>)"
    kind, _, rest = name.partition(":")
    if not rest and "." in kind:
        kind, _, ending = kind.partition(".")
        wanted = rf"{kind}:[^ ]*\.{ending}"
    elif kind in ("v", "vn") and "." not in rest:
        wanted = rf"{kind}:{rest}\.[^ ]*" if rest else rf"{kind}:[^ ]*"
    elif rest:
        wanted = re.escape(name)
    else:
        wanted = rf"{kind}(?::[^ ]*)?"
    return rf"(?:<[^>]* {wanted} [^>]*>)"


def _needed(pattern: str) -> frozenset[str]:
    """The kinds that stand in a pattern for certain: outside of groups, and not perhaps."""
    bare = pattern
    while re.search(r"\([^()]*\)", bare):
        bare = re.sub(r"\([^()]*\)[?*+]?", " ", bare)
    bare = re.sub(r"\{\w+:[^{}]*\}[?*]", " ", bare)
    bare = re.sub(r"\{\w+:|\}", " ", bare)
    names = re.findall(r"([A-Za-z][\w:.]*)([?*])?", bare)
    return frozenset(re.split(r"[:.]", name)[0] for name, perhaps in names if not perhaps)


def written(signs: Sequence[Sign]) -> tuple[str, list[int]]:
    """Signs as the text that patterns are matched against, and where each begins in it."""
    pieces = [f"< {' '.join(sign.symbols)} >" for sign in signs]
    places, at = [], 0
    for piece in pieces:
        places.append(at)
        at += len(piece)
    return "".join(pieces), places


@dataclass(slots=True)
class _Writing:
    """Signs, written once for all rules that look at them as they are."""

    signs: list[Sign]
    text: str
    places: list[int]
    kinds: frozenset[str]

    @classmethod
    def of(cls, signs: list[Sign]) -> "_Writing":
        text, places = written(signs)
        return cls(signs, text, places, frozenset(_kind(each) for sign in signs for each in sign.symbols))


@lru_cache(maxsize=8_192)
def _kind(symbol: str) -> str:
    return symbol.partition(":")[0]


def applied(rules: Sequence[Rule], signs: Sequence[Sign]) -> list[Sign]:
    """The signs after all rules, each in its turn from left to right."""
    writing = _Writing.of(list(signs))
    for each in rules:
        if each.needs <= writing.kinds:
            writing = _rewritten(each, writing)
    return writing.signs


def _rewritten(by: Rule, writing: _Writing) -> _Writing:
    made: list[Sign] = []
    at = begin = 0
    while (match := by.pattern.search(writing.text, begin)) is not None:
        first, last = _at(writing.places, match.start()), _at(writing.places, match.end() - 1) + 1
        empty = match.end() == match.start()
        result = None if empty else by.make(_found(match, writing, first, last))
        if result is None:
            begin = match.start() + 1
            continue
        made += writing.signs[at:first]
        made += [result] if isinstance(result, Sign) else list(result)
        at, begin = last, match.end()
    return _Writing.of(made + writing.signs[at:]) if at else writing


def _found(match: re.Match[str], writing: _Writing, first: int, last: int) -> SignMatch:
    named = {
        name: tuple(writing.signs[_at(writing.places, start) : _at(writing.places, end - 1) + 1])
        for name in match.groupdict()
        for start, end in [match.span(name)]
        if end > start >= 0
    }
    return SignMatch(tuple(writing.signs[first:last]), named, first, last)


def _at(places: list[int], place: int) -> int:
    return bisect_right(places, place) - 1
