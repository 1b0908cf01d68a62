"""Finds the signs of a question: those that cover it with the fewest signs and fewest unknown words.

Words are not cut out first: every name, word, number and date that may begin at a unit is an edge, and the
cheapest way from the first unit to the last is taken. A Korean word is either made of known parts to its end,
or unknown as a whole but for its particle, so no syllable in it is taken for a word of its own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.cohorts.plain_words.lexicon.rows import LexiconRow
from app.cohorts.plain_words.scanning.amounts import YEARS, AmountKind, amount_at
from app.cohorts.plain_words.scanning.dates import date_at
from app.cohorts.plain_words.scanning.folding import FoldedText, TextUnit, text_units
from app.cohorts.plain_words.scanning.signs import THING, UNKNOWN, Sign
from app.cohorts.plain_words.scanning.vocabulary import WordEntry, WordTree

_COST = {"j": 0.25, "v": 0.7, THING: 0.9, "subj": 0.9, "weak": 1.0}
_PLAIN, _UNKNOWN_WORD, _SHORT, _WITHIN = 1.0, 14.0, 0.45, 0.6
_MARKS = {
    ",": "comma",
    ";": "semi",
    ".": "stop",
    "?": "stop",
    "!": "stop",
    ":": "colon",
    "(": "open",
    "[": "open",
    "{": "open",
    ")": "close",
    "]": "close",
    "}": "close",
    "/": "slash",
    "~": "dash",
    "⊖": "minus",
    "\n": "stop",
}
_QUOTE, _LONGEST_QUOTE = '"', 200
_WHOLE_WORDS = (THING, "agew", "group", "sex", "no:")
_TOGETHER = "st:"  # what is written without a space: 3b
_SHORT_VERB = 2  # syllables
_BEHIND = ("j", "v:be.")  # what stands only right behind something


class _Edge(NamedTuple):
    """A sign that reaches from one unit to before another."""

    end: int
    cost: float
    sign: Sign


@dataclass(frozen=True, slots=True)
class Lattice:
    """The units of a text, and the trees of the words that may stand in it: of all texts, and of this one."""

    text: FoldedText
    words: WordTree
    units: tuple[TextUnit, ...]
    further: WordTree | None = None

    @classmethod
    def of(cls, text: FoldedText, words: WordTree, further: WordTree | None = None) -> "Lattice":
        """The lattice of a text."""
        return cls(text, words, tuple(text_units(text.text)), further)

    def signs(self) -> tuple[Sign, ...]:
        """The signs of the cheapest way."""
        size = len(self.units)
        best: list[tuple[float, int, Sign | None]] = [(float("inf"), -1, None)] * (size + 1)
        best[0] = (0.0, -1, None)
        for at in range(size):
            cost = best[at][0]
            if cost == float("inf"):
                continue
            for edge in self._edges(at, best[at][2]):
                if cost + edge.cost <= best[edge.end][0]:
                    best[edge.end] = (cost + edge.cost, at, edge.sign)
        return tuple(reversed(list(_back(best))))

    def _edges(self, at: int, before: Sign | None) -> Iterator[_Edge]:
        unit = self.units[at]
        yield from self._words(at, before)
        yield from self._numbers(at)
        if unit.form == _QUOTE:
            yield from self._quoted(at)
        if unit.form in _MARKS or not (unit.form.isalnum() or unit.form == _QUOTE):
            yield self._edge(at, at + 1, (_MARKS.get(unit.form, "weak"),), None, _PLAIN + 0.05)
        elif not unit.is_hangul:
            yield self._edge(at, at + 1, (UNKNOWN,), None, _UNKNOWN_WORD)
        elif self._is_fresh(at):
            yield from self._unknown_korean(at)

    def _is_fresh(self, at: int) -> bool:
        """Whether a Korean word begins here."""
        return at == 0 or self.units[at].spaced or not self.units[at - 1].is_hangul

    def _unknown_korean(self, at: int) -> Iterator[_Edge]:
        end = at + 1
        while end < len(self.units) and self.units[end].is_hangul and not self.units[end].spaced:
            end += 1
        cost = _UNKNOWN_WORD + 0.1 * (end - at)
        yield self._edge(at, end, (UNKNOWN,), None, cost)
        for tail in range(at + 2, end):
            if self._is_particle(tail, end):
                yield self._edge(at, tail, (UNKNOWN,), None, cost - 0.5)

    def _is_particle(self, start: int, end: int) -> bool:
        node = self.words
        for unit in self.units[start:end]:
            if unit.form not in node.following:
                return False
            node = node.following[unit.form]
        return any(each.symbol.startswith(_BEHIND) for each in node.entries)

    def _words(self, at: int, before: Sign | None) -> Iterator[_Edge]:
        for tree in (self.words, self.further):
            if tree is not None:
                yield from self._words_of(tree, at, before)

    def _words_of(self, node: WordTree, at: int, before: Sign | None) -> Iterator[_Edge]:
        end = at
        while end < len(self.units):
            form = self.units[end].form
            if form not in node.following or not self._may_go_on(at, end):
                return
            node = node.following[form]
            end += 1
            if node.entries and self._may_end(at, end):
                entries = [each for each in node.entries if self._fits(each, at, end, before)]
                if entries:
                    yield self._named(at, end, entries)

    def _may_go_on(self, start: int, at: int) -> bool:
        """Whether a match may reach on: not from a digit into letters that belong to another word."""
        return at == start or not (self.units[at - 1].form in ";\n" and self.units[at].spaced)

    def _may_end(self, start: int, end: int) -> bool:
        """Whether a match may stop before a unit: not within a word such as `b12x`."""
        if end == len(self.units):
            return True
        last, following = self.units[end - 1], self.units[end]
        if following.spaced or following.apart:
            return True
        return not (
            last.form.isascii() and last.form.isalpha() and following.form.isdigit() and end - start > 1
        )

    def _fits(self, entry: WordEntry, start: int, end: int, before: Sign | None) -> bool:
        first, last = self.units[start], self.units[end - 1]
        apart = entry.symbol.startswith("v:") and end - start == _SHORT_VERB and last.spaced  # 나 간
        if apart or (entry.symbol.startswith(_WHOLE_WORDS) and self._begins_within(start, end)):
            return False
        if entry.symbol.startswith(_BEHIND):
            return before is not None and not first.spaced
        if entry.symbol.startswith(_TOGETHER) and any(unit.spaced for unit in self.units[start + 1 : end]):
            return entry.symbol.startswith(f"{_TOGETHER}1") and first.form == "stage"
        if end - start == 1 and first.is_hangul and entry.symbol in ("weak", "only"):
            return self._is_fresh(start) is (entry.symbol == "weak")
        if not entry.written:
            return True
        found = self.text.cased[first.start : last.end].replace(" ", "")
        return found.removesuffix("s") == entry.written.replace(" ", "").removesuffix("s")

    def _begins_within(self, start: int, end: int) -> bool:
        """Whether a Korean stretch begins within a word and goes on in the next one: 발생 후."""
        within = self.units[start].is_hangul and not self._is_fresh(start)
        return within and any(unit.spaced for unit in self.units[start + 1 : end])

    def _named(self, at: int, end: int, entries: list[WordEntry]) -> _Edge:
        symbols = tuple(dict.fromkeys(each.symbol for each in entries))
        rows: tuple[LexiconRow, ...] = tuple(row for each in entries for row in each.rows)
        kinds = {each.partition(":")[0] for each in symbols}
        cost = min(_COST.get(kind, _PLAIN) for kind in kinds)
        if end - at == 1 and self.units[at].is_hangul and "j" not in kinds:
            cost += _SHORT
        if THING in kinds and self.units[at].is_hangul and not self._is_fresh(at):
            cost += _WITHIN  # a name that begins within a word
        return self._edge(at, end, symbols, rows or None, cost)

    def _numbers(self, at: int) -> Iterator[_Edge]:
        start = self.units[at].start
        if (
            start
            and self.text.text[start - 1] == "-"
            and self.text.text[start - 2 : start - 1] in ("", " ", "<", ">", "=", "≤", "≥")
        ):
            start -= 1  # a minus
        day = date_at(self.text.text, start)
        if day:
            yield self._edge(at, self._unit_at(day.end), ("date",), (day.first, day.last), _PLAIN)
        found = amount_at(self.text.text, start)
        if found is None:
            return
        first = found.amounts[0]
        a_date = first.kind is AmountKind.TIME and first.unit == "a" and YEARS[0] <= first.number <= YEARS[1]
        if a_date and len(found.amounts) > 1:
            years = tuple(str(int(each.number)) for each in found.amounts)
            yield self._edge(at, self._unit_at(found.end), ("date",), years, _PLAIN)
        elif not a_date:
            yield self._edge(at, self._unit_at(found.end), _symbols_of(found.amounts), found.amounts, _PLAIN)

    def _quoted(self, at: int) -> Iterator[_Edge]:
        """What stands between two quotation marks, letter by letter."""
        for end in range(at + 1, min(len(self.units), at + _LONGEST_QUOTE)):
            if self.units[end].form == _QUOTE:
                words = self.text.cased[self.units[at].end : self.units[end].start].strip()
                if words:
                    yield self._edge(at, end + 1, ("quoted",), words, 0.5)
                return

    def _unit_at(self, place: int) -> int:
        """The first unit that begins at or behind a place."""
        return next((at for at, unit in enumerate(self.units) if unit.start >= place), len(self.units))

    def _edge(self, start: int, end: int, symbols: tuple[str, ...], value: Any, cost: float) -> _Edge:
        sign = Sign(symbols, self.units[start].start, self.units[end - 1].end, value)
        return _Edge(end, cost, sign)


def _symbols_of(amounts: Iterable[Any]) -> tuple[str, ...]:
    first, *others = amounts
    if others:
        both_years = first.is_year and others[0].is_year
        return (f"r:{first.kind}", *(["r:years"] if both_years else []))
    return (str(first.kind), *(["year"] if first.is_year else []))


def _back(best: list[tuple[float, int, Sign | None]]) -> Iterator[Sign]:
    at = len(best) - 1
    while at > 0:
        _, before, sign = best[at]
        if sign is None:
            return
        yield sign
        at = before
