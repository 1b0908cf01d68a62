"""Reads what rows that were found say, a statement for all of them: whose they are, their codes and days.

A sieve (`graph.resources.sieve`) finds rows by their serials; what is counted by is read here of those.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from graph.cypher.pieces import MOST_SIFTED
from graph.cypher.values import pairs, values
from graph.errors import TooLarge
from graph.keys import unescaped
from graph.query.expression import Field, Link
from graph.query.rows import code_key
from graph.resources.sieve import Serials
from graph.resources.sieve_bounds import MOST_ASKED_OF
from graph.scope import AccessScope
from graph.session import Graph


class CodeValue(NamedTuple):
    """A code that a row has, and its system, empty where it has none."""

    serial: int
    system: str
    code: str


class SpanOfRow(NamedTuple):
    """An interval [low, high) that a row has: a date in microseconds since the epoch, or a number."""

    serial: int
    low: float
    high: float


class RowValues:
    """What the rows of one caller say."""

    def __init__(self, graph: Graph, scope: AccessScope) -> None:
        self._graph = graph
        self._scope = scope

    def owners(self, kind: str, link: Link, rows: Serials) -> list[tuple[int, int]]:
        """Pairs of a row of a kind and a row that a link leads to from it; raises `TooLarge` for too many."""
        if not rows:
            return []
        _bound(rows, MOST_ASKED_OF)
        statement = pairs(self._scope, kind, link, rows, MOST_SIFTED + 1)
        (found,) = self._graph.read_statement(statement)
        _bound(found["starts"])
        return list(zip(found["starts"], found["ends"], strict=True))

    def codes(self, kind: str, field: Field, rows: Serials) -> Iterator[CodeValue]:
        """The codes that rows of a kind have in a field of terms; raises `TooLarge` for too many."""
        found, begins = self._values(kind, field, rows), len(code_key(self._scope.tenant, field, ""))
        for serial, (key, system) in zip(found["serials"], found["columns"], strict=True):
            yield CodeValue(serial, system or "", unescaped(key[begins:]))

    def spans(self, kind: str, field: Field, rows: Serials) -> Iterator[SpanOfRow]:
        """The intervals that rows of a kind have in a field of spans; raises `TooLarge` for too many."""
        found = self._values(kind, field, rows)
        for serial, (_, low, high, *_) in zip(found["serials"], found["columns"], strict=True):
            yield SpanOfRow(serial, low, high)

    def _values(self, kind: str, field: Field, rows: Serials) -> Mapping[str, list[Any]]:
        if not rows:
            return {"serials": [], "columns": []}
        _bound(rows, MOST_ASKED_OF)
        statement = values(self._scope, kind, field, rows, MOST_SIFTED + 1)
        (found,) = self._graph.read_statement(statement)
        _bound(found["serials"])
        return found


def _bound(rows: Collection[int], most: int = MOST_SIFTED) -> None:
    if len(rows) > most:
        raise TooLarge(
            "more than %(most_sifted)s values would be counted: ask for fewer patients",
            code="too-costly",
            most_sifted=most,
        )
