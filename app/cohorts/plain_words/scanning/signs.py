"""A sign: a stretch of a question that says something by itself, and what it may say."""

from dataclasses import dataclass, replace
from typing import Any

UNKNOWN = "unknown"
THING = "ent"


@dataclass(frozen=True, slots=True)
class Sign:
    """A stretch of a folded text, from `start` to before `end`, and its readings: `cmp:ge`, `v:get.adn` …

    `value` is what a reading carries: the rows of the lexicon that a name may mean, an amount, a date.
    `parts` are the signs that a rule made it of.
    """

    symbols: tuple[str, ...]
    start: int
    end: int
    value: Any = None
    parts: tuple["Sign", ...] = ()

    @property
    def symbol(self) -> str:
        """The first of its readings."""
        return self.symbols[0]

    @property
    def kind(self) -> str:
        """The kind of the first of its readings: what stands before the colon."""
        return self.symbol.partition(":")[0]

    @property
    def detail(self) -> str:
        """What stands behind the colon of the first of its readings; empty where nothing does."""
        return self.symbol.partition(":")[2]

    def has(self, kind: str) -> bool:
        """Whether one of the readings is of a kind, or is that very reading."""
        return any(each == kind or each.partition(":")[0] == kind for each in self.symbols)

    def detail_of(self, kind: str) -> str | None:
        """What stands behind the colon of its first reading of a kind; None where it has none."""
        return next((each.partition(":")[2] for each in self.symbols if each.partition(":")[0] == kind), None)

    def read_as(self, *symbols: str) -> "Sign":
        """The same stretch with other readings."""
        return replace(self, symbols=symbols)


def joined(symbol: str, parts: tuple[Sign, ...], value: Any = None) -> Sign:
    """One sign for several that follow one another."""
    return Sign((symbol,), parts[0].start, parts[-1].end, value, parts)
