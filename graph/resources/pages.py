"""Pages of a search: one statement where it can be planned, else put together piece by piece."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph.budget import plans
from graph.cypher.compile import page, unjudged_page, with_room
from graph.cypher.order import in_creation_order
from graph.cypher.probe import probe, sizes_of
from graph.cypher.statement import Statement
from graph.errors import TooLarge
from graph.query.expression import KeyIn, Question
from graph.query.forms import has_words
from graph.query.limits import MOST_VALUES
from graph.records import Found
from graph.resources.sieve import SerialPage, Sieve
from graph.scope import AccessScope
from graph.session import Graph


@dataclass(frozen=True, slots=True)
class RowPage:
    """What is shown of the rows of a page, and the keyset after it where more rows follow."""

    rows: list[list[Any]]
    after: tuple[object, ...] | None


class PageSearch:
    """Finds the pages of searches in one graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._sizes = KnownSizes(graph)

    def found(self, scope: AccessScope, question: Question) -> Found:
        """The keys of a page, in order."""
        if judged := self._judged(scope, question, ("r.key",)):
            return Found(tuple(key for (key,) in judged.rows), judged.after)
        statement = self._planned(scope, question)
        return self.pieced(scope, question) if statement is None else self._read(statement, question)

    def shown(self, scope: AccessScope, question: Question, columns: Iterable[str]) -> RowPage | None:
        """The page with columns of each row `r` and its current version `v`; None where it is `pieced`."""
        shown = tuple(columns)
        if judged := self._judged(scope, question, shown):
            return judged
        statement = self._planned(scope, question, shown)
        if statement is None:
            return None
        ((rows,),) = (row.values() for row in self._graph.read_statement(statement))
        return _cut(rows, question.page.limit)

    def _judged(self, scope: AccessScope, question: Question, shown: Sequence[str]) -> RowPage | None:
        """The page by a statement that does not carry a long right, judged here.

        None where that is not how to ask, or so much of it is hidden that the page may not be whole.
        """
        if has_words(question.where) or not scope.right.is_long:
            return None
        limit = question.page.limit + 1
        wider = replace(question, page=replace(question.page, limit=with_room(limit)))
        statement = unjudged_page(scope, wider, self._sizes.of(scope, question), shown=shown)
        if statement is None or not plans(statement.text):
            return None
        found = self._graph.read_judged(scope, statement)
        rows = [row for row in found if row is not None]
        whole = len(found) < wider.page.limit or len(rows) >= limit
        return _cut(rows, question.page.limit) if whole else None

    def pieced(self, scope: AccessScope, question: Question) -> Found:
        """The keys of the page of a question that has too much to plan at once.

        Raises `TooLarge` where there are too many rows to sort.
        """
        sieve = Sieve(self._graph, scope)
        serials = sieve.serials(question.entity, question.where)
        if in_creation_order(question.page):
            cut = SerialPage.of(serials, question.page)
            return Found(tuple(sieve.named(question.entity, cut.serials).values()), cut.after)
        if len(serials) > MOST_VALUES:
            raise TooLarge(f"{len(serials)} rows to sort, at most {MOST_VALUES}", code="too-costly")
        among = KeyIn(question.entity, tuple(sieve.named(question.entity, serials).values()))
        return self._read(page(scope, _and_one_more(replace(question, where=among))), question)

    def _planned(self, scope: AccessScope, question: Question, shown: Sequence[str] = ()) -> Statement | None:
        """The statement of a page and one row more; None where the graph would have too much to plan."""
        if has_words(question.where):
            return None
        statement = page(scope, _and_one_more(question), self._sizes.of(scope, question), shown=shown)
        return statement if plans(statement.text) else None

    def _read(self, statement: Statement, question: Question) -> Found:
        rows, limit = self._graph.read_statement(statement), question.page.limit
        after = (*rows[limit - 1]["sort"], rows[limit - 1]["serial"]) if 0 < limit < len(rows) else None
        return Found(tuple(row["key"] for row in rows[:limit]), after)


class KnownSizes:
    """How many rows have a code, as it was counted a moment ago: it says where to start, and nothing else."""

    SECONDS = 15.0
    MOST = 10_000

    def __init__(self, graph: Graph, clock: Callable[[], float] = time.monotonic) -> None:
        self._graph, self._clock = graph, clock
        self._known: dict[str, int] = {}
        self._until = 0.0

    def of(self, scope: AccessScope, question: Question) -> Mapping[str, int]:
        """The counts that decide where a search starts, where there is a choice."""
        if self._clock() > self._until or len(self._known) > self.MOST:
            self._known, self._until = {}, self._clock() + self.SECONDS
        known = self._known
        if statement := probe(scope, question, known):
            known.update(sizes_of(self._graph.read_statement(statement)))
        return known


def _cut(rows: Sequence[list[Any]], limit: int) -> RowPage:
    """The page of rows `[serial, sort, *shown]`, of which one more than it holds may be there."""
    last = rows[limit - 1] if 0 < limit < len(rows) else None
    return RowPage([row[2:] for row in rows[:limit]], (*last[1], last[0]) if last else None)


def _and_one_more(question: Question) -> Question:
    """The question with one row more, which tells whether another page follows."""
    return replace(question, page=replace(question.page, limit=question.page.limit + 1))
