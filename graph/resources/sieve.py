"""Answers a question piece by piece, so that nothing of it has to be planned anew.

Each piece (`graph.cypher.pieces`) finds serials under the caller's rights, and the operators of the
expression are those of sets. A conjunction begins with the part that is likely to find the fewest rows; each
further part is asked of what is left, unless it finds less by itself.
"""

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from fhir_profiles.definitions.registry import in_patient_compartment
from graph.columns.columns import CallerColumns
from graph.columns.found import LinkPairs, RowSpans, SeenLink
from graph.columns.judged import Judge
from graph.columns.serials import (
    NONE,
    IntArray,
    common,
    distinct,
    joined,
    members,
    sorted_serials,
    without,
)
from graph.cypher.conditions import conjuncts
from graph.cypher.links import ends
from graph.cypher.order import newest_first
from graph.cypher.pieces import (
    MOST_SIFTED,
    Kinds,
    asked_at_each,
    crowd,
    found,
    indexed,
    is_indexed,
    kept,
    led_to,
    likely,
    linked,
    named,
    spans,
    worded,
)
from graph.cypher.probe import counted, every_key, sizes_of
from graph.cypher.statement import Statement
from graph.errors import Invalid
from graph.query.expression import (
    EVERYTHING,
    All,
    Any,
    AtLeast,
    Expression,
    Field,
    KeyIn,
    Leaf,
    Link,
    Not,
    Page,
    Present,
    Related,
    SerialIn,
    Term,
    Worded,
)
from graph.query.limits import PATIENT, check_where
from graph.query.rows import compartment_of
from graph.resources.sieve_bounds import SieveBounds
from graph.resources.wordings import WordingStore
from graph.scope import AccessScope
from graph.session import Graph

Serials: TypeAlias = frozenset[int]
_MOST_COUNTED = 256  # codes
_FEW = 150_000  # rows of a kind of which all may be looked at
_KEPT = 60  # bytes that one takes in a set


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

    def __init__(self, graph: Graph, scope: AccessScope, columns: CallerColumns | None = None) -> None:
        self._graph = graph
        self._scope = scope
        self._columns = columns
        self._bounds = SieveBounds(columns)
        self._known: dict[Hashable, IntArray] = {}
        self._room = MOST_SIFTED
        self._paired: tuple[Hashable, LinkPairs] | None = None  # the last link asked about
        self._names: dict[str, dict[int, str | None]] = {}
        self._numbers: dict[str, int] = {}  # the rows that were named, by their keys
        self._sizes: dict[str, int] = {}
        self._many: dict[str, bool] = {}  # whether there are many rows of a kind
        self._led_to: str | None = None  # the kind that what is found now is led on to, and judged with

    def serials(self, kind: str, where: Expression, among: Serials | None = None) -> Serials:
        """The rows of a kind that satisfy a condition, of those of `among` where it is not None.

        Raises `Invalid` and `TooLarge` as the compiler does, and `TooLarge` beyond `MOST_SIFTED` rows.
        """
        check_where(kind, where)
        self._count(where)
        if among is not None:
            return frozenset(self._find((kind,), where, sorted_serials(among)).tolist())
        return self._graph.recalled(
            self._scope,
            ("serials", kind, where),
            lambda: frozenset(self._find((kind,), where, None).tolist()),
            lambda rows: _KEPT * len(rows),
        )

    def pairs(self, kind: str, link: Link, rows: Serials) -> LinkPairs:
        """The rows of some that a link leads from, and beside each where it leads to.

        Raises `TooLarge` beyond `MOST_SIFTED` pairs that the graph has to find.
        """
        return self._pairs((kind,), link, sorted_serials(rows)) if rows else LinkPairs(NONE, NONE)

    def spans(
        self, kind: str, field: Field, rows: Serials, of: Sequence[Expression] | None = None
    ) -> RowSpans:
        """The spans of a field that some rows of a kind have; their codes where `of` is given.

        Those are conditions on codes of which each row satisfies one. Raises `TooLarge` beyond `MOST_SIFTED`
        spans that the graph has to find.
        """
        if not rows:
            return RowSpans.none()
        asked = sorted_serials(rows)
        held = self._columns.spans(kind, field, asked, of) if self._columns else None
        if held is not None:
            return held
        (found,) = self._graph.read_statement(spans(self._scope, (kind,), field, self._bounds.sent(asked)))
        self._bounds.found(found["serials"])
        return RowSpans.read(found["serials"], found["lows"], found["highs"], found["codes"])

    def said(self, kind: str, judge: Judge, rows: Serials) -> dict[int, int] | None:
        """What some rows of a kind, which the caller sees, say in their JSON; None where that is not held."""
        found = self._columns.said(kind, judge, sorted_serials(rows)) if self._columns else None
        return (
            None if found is None else dict(zip(found.serials.tolist(), found["said"].tolist(), strict=True))
        )

    def named(self, kind: str, serials: Collection[int]) -> dict[int, str]:
        """The keys of rows by creation number, in order; without rows that are not to see any more."""
        known = self._names.setdefault(kind, {})
        lacking = [each for each in serials if each not in known]
        if lacking:
            (found,) = self._graph.read_statement(named(self._scope, kind, lacking))
            known |= dict.fromkeys(lacking) | dict(zip(found["serials"], found["keys"], strict=True))
            self._numbers |= dict(zip(found["keys"], found["serials"], strict=True))
        return {each: key for each in sorted(serials) if (key := known[each]) is not None}

    def _find(self, kinds: Kinds, where: Expression, among: IntArray | None) -> IntArray:
        if among is not None and not len(among):
            return NONE
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

    def _every(self, kinds: Kinds, of: Sequence[Expression], among: IntArray | None) -> IntArray:
        rows = among
        for each in self._rarest_first(kinds, All(tuple(of))):
            rows = self._find(kinds, each, rows)
        return self._rows(kinds, rows)

    def _rarest_first(self, kinds: Kinds, where: Expression) -> list[Expression]:
        parts = list(dict.fromkeys(conjuncts(where)))
        if len(parts) < 2:  # noqa: PLR2004 - one is first
            return parts
        known = {each: self._likely(kinds, each) for each in parts}
        return sorted(parts, key=lambda each: MOST_SIFTED if known[each] is None else known[each] or 0)

    def _some(self, kinds: Kinds, of: Sequence[Expression], among: IntArray | None) -> IntArray:
        """What one of the parts finds, of which each is asked of the rows that none before it has found."""
        rows = NONE
        for each in dict.fromkeys(of):
            alone = self._is_held(kinds, each) or (among is None and self._likely(kinds, each) is not None)
            rows = joined(
                rows, self._find(kinds, each, among if alone else without(self._rows(kinds, among), rows))
            )
        return rows

    def _counted(
        self, kinds: Kinds, least: int, of: Sequence[Expression], among: IntArray | None
    ) -> IntArray:
        found = [self._find(kinds, each, among) for each in of]
        rows, counts = np.unique(np.concatenate(found), return_counts=True)
        return rows[counts >= least]

    def _without(self, kinds: Kinds, of: Expression, among: IntArray | None) -> IntArray:
        rows = self._rows(kinds, among)
        return without(rows, self._find(kinds, of, rows))

    def _piece(self, kinds: Kinds, part: Leaf | Related, among: IntArray | None) -> IntArray:
        """What a leaf or a link finds; by itself and then among the rows, where that is less work."""
        known = self._known_whole(kinds, part)
        if known is not None:
            return known if among is None else common(among, known)
        rows = self._likely(kinds, part)
        if among is not None and rows is not None and rows < len(among) * asked_at_each(part):
            return common(among, self._piece(kinds, part, None))
        if isinstance(part, Related):
            return self._related(kinds, part, among, backwards=rows is not None)
        if among is not None:
            return self._remembered(
                (kinds, part, among.tobytes()),
                lambda: kept(self._scope, kinds, part, self._bounds.sent(among)),
            )
        if self._led_to and isinstance(part, Term | Present) and is_indexed(part):
            return self._remembered((kinds, part, "index"), lambda: indexed(self._scope, part))
        return self._remembered((kinds, part), lambda: found(self._scope, kinds[0], part, self._sizes))

    def _known_whole(self, kinds: Kinds, part: Leaf | Related) -> IntArray | None:
        """The rows of a part that is known without the graph, or is found as a whole only; None of others."""
        if isinstance(part, SerialIn):
            return sorted_serials(part.serials)
        if isinstance(part, Worded):
            return self._remembered((kinds, part), lambda: self._words(part))
        if self._columns is None or isinstance(part, Related) or len(kinds) > 1:
            return None
        if isinstance(part, KeyIn):
            return self._keyed(kinds, part)
        return self._columns.found(kinds[0], part)

    def _keyed(self, kinds: Kinds, part: KeyIn) -> IntArray:
        """The rows of some keys; those that were named before need no statement."""
        rows = [number for key in part.keys if (number := self._numbers.get(key)) is not None]
        if len(rows) == len(part.keys):
            return sorted_serials(rows)
        return self._remembered((kinds, part), lambda: found(self._scope, kinds[0], part, self._sizes))

    def _words(self, part: Worded) -> Statement:
        """The statement that finds words, which were written before now in any process."""
        WordingStore(self._graph).catch_up(self._scope)
        return worded(self._scope, part)

    def _is_held(self, kinds: Kinds, where: Expression) -> bool:
        """Whether all of a condition is known without the graph."""
        match where:
            case All(of) | Any(of) | AtLeast(_, of):
                return self._columns is not None and all(self._is_held(kinds, each) for each in of)
            case Not(of):
                return self._is_held(kinds, of)
            case Related(link, inner):
                return self._held_link(kinds, link) is not None and self._is_held(ends(link), inner)
            case Worded():
                return False
        return self._known_whole(kinds, where) is not None

    def _related(self, kinds: Kinds, part: Related, among: IntArray | None, *, backwards: bool) -> IntArray:
        link, others = part.link, ends(part.link)
        held = self._held_link(kinds, link)
        if held and (backwards or self._is_held(others, part.inner)):
            with self._leading_to(None):
                inner = self._find(others, part.inner, None)
            rows = held.led_to(inner)
            return rows if among is None else common(among, rows)
        if among is None and (backwards or self._is_bounded(others)):
            with self._leading_to(kinds[0]):
                inner = self._find(others, part.inner, None)
            back = (kinds, link, inner.tobytes())
            if not len(inner):
                return NONE
            return self._remembered(
                back, lambda: led_to(self._scope, kinds[0], link, self._bounds.sent(inner))
            )
        pairs = self._pairs(kinds, link, self._rows(kinds, among))
        inner = self._find(others, part.inner, distinct(np.sort(pairs.ends)))
        return distinct(np.sort(pairs.starts[members(pairs.ends, inner)]))

    @contextmanager
    def _leading_to(self, kind: str | None) -> Iterator[None]:
        """Let rows be found unseen, since the link that leads on from them to a kind looks at each.

        None is for a link that looks at none.
        """
        before, self._led_to = self._led_to, kind
        try:
            yield
        finally:
            self._led_to = before

    def _is_bounded(self, kinds: Kinds) -> bool:
        """Whether so few rows of a kind are about patients that all of them may be looked at."""
        if len(kinds) != 1 or not in_patient_compartment(kinds[0]):
            return False
        if kinds[0] not in self._many:
            (row,) = self._graph.read_statement(crowd(self._scope, kinds[0], _FEW))
            self._many[kinds[0]] = row["size"] >= _FEW
        return not self._many[kinds[0]]

    def _rows(self, kinds: Kinds, among: IntArray | None) -> IntArray:
        """The rows at hand; all of a kind where there are none at hand yet."""
        if among is not None:
            return among
        held = self._columns.every(kinds[0]) if self._columns and len(kinds) == 1 else None
        if held is not None:
            return held
        if self._led_to == PATIENT and in_patient_compartment(kinds[0]):
            about = Present(compartment_of(kinds[0]))
            return self._remembered((kinds, about), lambda: indexed(self._scope, about))
        return self._remembered((kinds,), lambda: found(self._scope, kinds[0], EVERYTHING, {}))

    def _pairs(self, kinds: Kinds, link: Link, rows: IntArray) -> LinkPairs:
        """The rows that a link leads from, and where it leads to from each."""
        if held := self._held_link(kinds, link):
            return held.pairs(rows)
        name = (kinds, link, rows.tobytes())
        if self._paired is None or self._paired[0] != name:
            (pairs,) = self._graph.read_statement(linked(self._scope, kinds, link, self._bounds.sent(rows)))
            self._bounds.found(pairs["starts"])
            self._paired = name, LinkPairs.read(pairs["starts"], pairs["ends"])
        return self._paired[1]

    def _held_link(self, kinds: Kinds, link: Link) -> SeenLink | None:
        return self._columns.link(kinds, link) if self._columns else None

    def _likely(self, kinds: Kinds, part: Expression) -> int | None:
        return likely(self._scope, kinds, part, self._sizes)

    def _count(self, where: Expression) -> None:
        """Learn how many rows have each code of a condition, up to a bound where no column knows it."""
        keys = sorted(every_key(self._scope, where) - self._sizes.keys())
        if keys and self._columns:
            self._sizes |= self._columns.sizes(keys)
        elif keys:
            counts = self._graph.read_statement(counted(self._scope, keys[:_MOST_COUNTED]))
            self._sizes |= sizes_of(counts)

    def _remembered(self, piece: Hashable, statement: Callable[[], Statement]) -> IntArray:
        """What a piece finds; asked once, as long as not too much is remembered."""
        known = self._known.get(piece)
        if known is None:
            found = self._graph.read_statement(statement())[0]["serials"]
            self._bounds.found(found)
            known = sorted_serials(found)
            if self._room >= len(known):
                self._room -= len(known)
                self._known[piece] = known
        return known
