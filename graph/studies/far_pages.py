"""Pages far behind the beginning of a search.

QIDO-RS pages by offset (PS3.18 8.3.4.4), and to skip rows the graph reads them, for every page again. The
first far page of a search is skipped to. The second brings the order of the rows, a stretch at a time, which
is remembered until something is written; from then on a page begins right behind the row before it. That
holds for every order: a row is marked by what it is sorted by and its serial.
"""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from graph.cypher.compile import page
from graph.cypher.order import columns, newest_first
from graph.query.expression import Page, Question
from graph.scope import AccessScope
from graph.session import Graph

FAR = 500  # rows that are skipped in less time than their order is asked for
_STRETCH = 10_000  # rows
_SERIAL, _KEYSET = 8, 200  # bytes


class FarPages:
    """Finds where far pages of searches begin, in whatever order their rows are."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def placed(self, scope: AccessScope, question: Question) -> Question:
        """The same page, behind the row before it where that is known, instead of at its offset."""
        offset = question.page.offset
        if offset < FAR:
            return question
        whole = replace(question, page=Page(_STRETCH, sort=question.page.sort))
        if (
            self._graph.recalled(scope, ("first far page", whole), lambda: offset, lambda _: _SERIAL)
            == offset
        ):
            return question
        before = self._mark(scope, whole, offset - 1)
        if before is None:
            return question
        return replace(question, page=replace(question.page, offset=0, after=before))

    def _mark(self, scope: AccessScope, whole: Question, number: int) -> tuple[object, ...] | None:
        """The keyset of a row by its number from 0; None where there is no such row."""
        stretch = self._stretch(scope, whole)
        while number >= _STRETCH and len(stretch) == _STRETCH:
            whole = replace(whole, page=replace(whole.page, after=_keyset(stretch[-1])))
            stretch = self._stretch(scope, whole)
            number -= _STRETCH
        return _keyset(stretch[number]) if number < len(stretch) else None

    def _stretch(self, scope: AccessScope, of: Question) -> Sequence[Any]:
        """What marks the rows of a page, in its order: serials, or what they are sorted by and the serial."""
        if not columns(of.page):
            return self._graph.recalled(
                scope, ("stretch", of), lambda: self._serials(scope, of), lambda found: _SERIAL * len(found)
            )
        return self._graph.recalled(
            scope, ("stretch", of), lambda: self._keysets(scope, of), lambda found: _KEYSET * len(found)
        )

    def _serials(self, scope: AccessScope, of: Question) -> Sequence[int]:
        statement = page(scope, of)
        text = f"CALL () {{ {statement.text} }} RETURN collect(serial) AS serials"
        (found,) = self._graph.read(text, **statement.parameters)
        return array("q", sorted(found["serials"], reverse=newest_first(of.page)))

    def _keysets(self, scope: AccessScope, of: Question) -> Sequence[list[object]]:
        statement = page(scope, of)
        text = f"CALL () {{ {statement.text} }} RETURN collect(sort + serial) AS keysets"
        (found,) = self._graph.read(text, **statement.parameters)
        keysets: list[list[object]] = found["keysets"]
        return keysets


def _keyset(mark: Any) -> tuple[object, ...]:
    return tuple(mark) if isinstance(mark, list) else (mark,)
