"""Answers a question piece by piece, so that nothing of it has to be planned anew.

Each piece (`graph.cypher.pieces`) finds serials under the caller's rights, and the operators of the
expression are those of sets. A conjunction begins with the part that is likely to find the fewest rows; each
further part is asked of what is left, unless it finds less by itself.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from graph.cypher.conditions import conjuncts
from graph.cypher.links import ends
from graph.cypher.order import newest_first
from graph.cypher.pieces import (
    MOST_SIFTED,
    Kinds,
    asked_at_each,
    found,
    kept,
    led_to,
    likely,
    linked,
    named,
    worded,
)
from graph.cypher.probe import counted, every_key, sizes_of
from graph.cypher.statement import Statement
from graph.errors import Invalid, TooLarge
from graph.query.expression import (
    EVERYTHING,
    All,
    Any,
    AtLeast,
    Expression,
    Leaf,
    Link,
    Not,
    Page,
    Related,
    Worded,
)
from graph.query.limits import check_where
from graph.resources.wordings import WordingStore
from graph.scope import AccessScope
from graph.session import Graph

Serials: TypeAlias = frozenset[int]
_MOST_COUNTED = 256  # codes
_KEPT = 60  # bytes that one takes in a set
_NONE: Serials = frozenset()


@dataclass(frozen=True, slots=True)
class SerialPage:
    """A page in creation order: its creation numbers, and the place after it where more follow."""

    serials: tuple[int, ...]
    after: tuple[int] | None

    @classmethod
    def of(cls, serials: Serials, page: Page) -> "SerialPage":
        """Cut a page out of what was found.

        Raises `Invalid` for a place that is none in this order.
        """
        down, begins = newest_first(page), _begins(page)
        rows = sorted(
            each for each in serials if begins is None or ((each < begins) is down and each != begins)
        )
        if down:
            rows.reverse()
        window = rows[page.offset : page.offset + page.limit + 1]
        more = 0 < page.limit < len(window)
        return cls(tuple(window[: page.limit]), (window[page.limit - 1],) if more else None)


def _begins(page: Page) -> int | None:
    """The creation number that a page follows; None for the first one."""
    match page.after:
        case None:
            return None
        case (int(serial),):
            return serial
    raise Invalid("the page mark does not fit the order")


class Sieve:
    """Sifts the rows of one caller for one answer; `serials` are creation numbers, the order of answers.

    It remembers what pieces found, so parts that stand in a question more than once agree.
    """

    def __init__(self, graph: Graph, scope: AccessScope) -> None:
        self._graph = graph
        self._scope = scope
        self._known: dict[Hashable, Serials] = {}
        self._room = MOST_SIFTED
        self._paired: tuple[Hashable, tuple[list[int], list[int]]] | None = None  # the last link asked about
        self._sizes: dict[str, int] = {}

    def serials(self, kind: str, where: Expression, among: Serials | None = None) -> Serials:
        """The rows of a kind that satisfy a condition, of those of `among` where it is not None.

        Raises `Invalid` and `TooLarge` as the compiler does, and `TooLarge` beyond `MOST_SIFTED` rows.
        """
        check_where(kind, where)
        self._count(where)
        if among is not None:
            return self._find((kind,), where, among)
        return self._graph.recalled(
            self._scope,
            ("serials", kind, where),
            lambda: self._find((kind,), where, None),
            lambda rows: _KEPT * len(rows),
        )

    def named(self, kind: str, serials: Collection[int]) -> dict[int, str]:
        """The keys of rows by creation number, in order; without rows that are not to see any more."""
        if not serials:
            return {}
        (found,) = self._graph.read_statement(named(self._scope, kind, serials))
        return dict(zip(found["serials"], found["keys"], strict=True))

    def _find(self, kinds: Kinds, where: Expression, among: Serials | None) -> Serials:
        if among is not None and not among:
            return _NONE
        match where:
            case All(of):
                return self._every(kinds, of, among)
            case Any(of):
                return self._some(kinds, of, among)
            case AtLeast(least, of):
                return self._counted(kinds, least, of, among)
            case Not(of):
                return self._without(kinds, of, among)
        return self._piece(kinds, where, among)

    def _every(self, kinds: Kinds, of: Sequence[Expression], among: Serials | None) -> Serials:
        rows = among
        for each in self._rarest_first(kinds, All(tuple(of))):
            rows = self._find(kinds, each, rows)
        return self._rows(kinds, rows)

    def _rarest_first(self, kinds: Kinds, where: Expression) -> list[Expression]:
        parts = list(dict.fromkeys(conjuncts(where)))
        known = {each: self._likely(kinds, each) for each in parts}
        return sorted(parts, key=lambda each: MOST_SIFTED if known[each] is None else known[each] or 0)

    def _some(self, kinds: Kinds, of: Sequence[Expression], among: Serials | None) -> Serials:
        """What one of the parts finds, of which each is asked of the rows that none before it has found."""
        rows = _NONE
        for each in dict.fromkeys(of):
            alone = among is None and self._likely(kinds, each) is not None
            rows |= self._find(kinds, each, None if alone else self._rows(kinds, among) - rows)
        return rows

    def _counted(self, kinds: Kinds, least: int, of: Sequence[Expression], among: Serials | None) -> Serials:
        counts: Counter[int] = Counter()
        for each in of:
            counts.update(self._find(kinds, each, among))
        return frozenset(serial for serial, count in counts.items() if count >= least)

    def _without(self, kinds: Kinds, of: Expression, among: Serials | None) -> Serials:
        rows = self._rows(kinds, among)
        return rows - self._find(kinds, of, rows)

    def _piece(self, kinds: Kinds, part: Leaf | Related, among: Serials | None) -> Serials:
        """What a leaf or a link finds; by itself and then among the rows, where that is less work."""
        if isinstance(part, Worded):
            words = self._remembered((kinds, part), lambda: self._words(part))
            return words if among is None else among & words
        rows = self._likely(kinds, part)
        if among is not None and rows is not None and rows < len(among) * asked_at_each(part):
            return among & self._piece(kinds, part, None)
        if isinstance(part, Related):
            return self._related(kinds, part, among, backwards=rows is not None)
        if among is None:
            return self._remembered((kinds, part), lambda: found(self._scope, kinds[0], part, self._sizes))
        return self._remembered((kinds, part, among), lambda: kept(self._scope, kinds, part, among))

    def _words(self, part: Worded) -> Statement:
        """The statement that finds words, which were written before now in any process."""
        WordingStore(self._graph).catch_up(self._scope)
        return worded(self._scope, part)

    def _related(self, kinds: Kinds, part: Related, among: Serials | None, *, backwards: bool) -> Serials:
        link, others = part.link, ends(part.link)
        if among is None and backwards:
            inner = self._find(others, part.inner, None)
            back = (kinds, link, inner)
            return (
                self._remembered(back, lambda: led_to(self._scope, kinds[0], link, inner)) if inner else _NONE
            )
        starts, ended = self._pairs(kinds, link, self._rows(kinds, among))
        inner = self._find(others, part.inner, _bounded(ended))
        return frozenset(start for start, end in zip(starts, ended, strict=True) if end in inner)

    def _rows(self, kinds: Kinds, among: Serials | None) -> Serials:
        """The rows at hand; all of a kind where there are none at hand yet."""
        if among is not None:
            return among
        return self._remembered((kinds,), lambda: found(self._scope, kinds[0], EVERYTHING, {}))

    def _pairs(self, kinds: Kinds, link: Link, rows: Serials) -> tuple[list[int], list[int]]:
        """The rows that a link leads from, and where it leads to from each."""
        if self._paired is None or self._paired[0] != (kinds, link, rows):
            (pairs,) = self._graph.read_statement(linked(self._scope, kinds, link, rows))
            self._paired = (kinds, link, rows), (pairs["starts"], pairs["ends"])
        return self._paired[1]

    def _likely(self, kinds: Kinds, part: Expression) -> int | None:
        return likely(self._scope, kinds, part, self._sizes)

    def _count(self, where: Expression) -> None:
        """Learn how many rows have each code of a condition, up to a bound."""
        keys = sorted(every_key(self._scope, where) - self._sizes.keys())[:_MOST_COUNTED]
        if keys:
            self._sizes |= sizes_of(self._graph.read_statement(counted(self._scope, keys)))

    def _remembered(self, piece: Hashable, statement: Callable[[], Statement]) -> Serials:
        """What a piece finds; asked once, as long as not too much is remembered."""
        known = self._known.get(piece)
        if known is None:
            known = _bounded(self._graph.read_statement(statement())[0]["serials"])
            if self._room >= len(known):
                self._room -= len(known)
                self._known[piece] = known
        return known


def _bounded(serials: Collection[int]) -> Serials:
    if len(serials) > MOST_SIFTED:
        raise TooLarge(
            "a condition finds more than %(most_sifted)s rows: ask for fewer",
            code="too-costly",
            most_sifted=MOST_SIFTED,
        )
    return frozenset(serials)
