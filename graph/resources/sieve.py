"""Answers a question piece by piece, so that nothing of it has to be planned anew.

Each piece (`graph.cypher.pieces`) finds serials under the caller's rights, and the operators of the expression
are those of sets. A conjunction begins with the part that is likely to find the fewest rows; each further part is
asked of what is left, unless it finds less by itself.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TypeAlias

from graph.cypher.conditions import conjuncts
from graph.cypher.links import ends
from graph.cypher.pieces import MOST_SIFTED, Kinds, found, kept, led_to, likely, linked, named
from graph.cypher.statement import Statement
from graph.errors import TooLarge
from graph.query.expression import EVERYTHING, All, Any, AtLeast, Expression, Leaf, Not, Related
from graph.query.limits import check_where
from graph.scope import AccessScope
from graph.session import Graph

Serials: TypeAlias = frozenset[int]
_KEPT = 60  # bytes that one takes in a set
_NONE: Serials = frozenset()


class Sieve:
    """Sifts the rows of one caller; `serials` are creation numbers, in whose order answers come."""

    def __init__(self, graph: Graph, scope: AccessScope) -> None:
        self._graph = graph
        self._scope = scope

    def serials(self, kind: str, where: Expression, among: Serials | None = None) -> Serials:
        """The rows of a kind that satisfy a condition, of those of `among` where it is not None.

        Raises `Invalid` and `TooLarge` as the compiler does, and `TooLarge` beyond `MOST_SIFTED` rows.
        """
        check_where(kind, where)
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
                return _NONE.union(*(self._find(kinds, each, among) for each in dict.fromkeys(of)))
            case AtLeast(least, of):
                return self._counted(kinds, least, of, among)
            case Not(of):
                return self._without(kinds, of, among)
        return self._piece(kinds, where, among)

    def _every(self, kinds: Kinds, of: Sequence[Expression], among: Serials | None) -> Serials:
        rows = among
        for each in self._rarest_first(kinds, All(tuple(of))):
            rows = self._find(kinds, each, rows)
        return self._all(kinds) if rows is None else rows

    def _rarest_first(self, kinds: Kinds, where: Expression) -> list[Expression]:
        parts = list(dict.fromkeys(conjuncts(where)))
        known = {each: likely(self._scope, kinds, each) for each in parts}
        return sorted(parts, key=lambda each: MOST_SIFTED if known[each] is None else known[each] or 0)

    def _counted(
        self, kinds: Kinds, least: int, of: Sequence[Expression], among: Serials | None
    ) -> Serials:
        counts: Counter[int] = Counter()
        for each in of:
            counts.update(self._find(kinds, each, among))
        return frozenset(serial for serial, count in counts.items() if count >= least)

    def _without(self, kinds: Kinds, of: Expression, among: Serials | None) -> Serials:
        rows = self._all(kinds) if among is None else among
        return rows - self._find(kinds, of, rows)

    def _piece(self, kinds: Kinds, part: Leaf | Related, among: Serials | None) -> Serials:
        """What a leaf or a link finds; by itself and then among the rows, where that is less work."""
        rows = likely(self._scope, kinds, part)
        if among is not None and rows is not None and rows < len(among):
            return among & self._piece(kinds, part, None)
        if isinstance(part, Related):
            return self._related(kinds, part, among, backwards=rows is not None)
        if among is None:
            return self._asked(found(self._scope, kinds[0], part))
        return self._asked(kept(self._scope, kinds, part, among))

    def _related(self, kinds: Kinds, part: Related, among: Serials | None, *, backwards: bool) -> Serials:
        link, others = part.link, ends(part.link)
        if among is None and backwards:
            inner = self._find(others, part.inner, None)
            return self._asked(led_to(self._scope, kinds[0], link, inner)) if inner else _NONE
        rows = self._all(kinds) if among is None else among
        (pairs,) = self._graph.read_statement(linked(self._scope, kinds, link, rows))
        inner = self._find(others, part.inner, _bounded(pairs["ends"]))
        return frozenset(
            start for start, end in zip(pairs["starts"], pairs["ends"], strict=True) if end in inner
        )

    def _all(self, kinds: Kinds) -> Serials:
        return self._asked(found(self._scope, kinds[0], EVERYTHING))

    def _asked(self, statement: Statement) -> Serials:
        return _bounded(self._graph.read_statement(statement)[0]["serials"])


def _bounded(serials: Collection[int]) -> Serials:
    if len(serials) > MOST_SIFTED:
        raise TooLarge(f"a condition finds more than {MOST_SIFTED} rows: ask for fewer", code="too-costly")
    return frozenset(serials)
