"""Reads the next page of an export while the one in hand is written: graph and worker work at once."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import NamedTuple, TypeAlias

from graph.resources.bulk import BulkPage


class PageAsked(NamedTuple):
    """A page of a type: what there is among the `limit` resources after a place."""

    kind: str
    after: int
    limit: int


ReadPage: TypeAlias = Callable[[PageAsked], BulkPage]


class PagesAhead:
    """The pages of one step, read under its rights; one is read ahead at most."""

    def __init__(self, pool: Executor, read: ReadPage) -> None:
        self._pool = pool
        self._read = read
        self._begun: tuple[PageAsked, Future[BulkPage]] | None = None

    def begin(self, asked: PageAsked) -> None:
        """Begin to read a page that will be asked for next."""
        self._begun = (asked, self._pool.submit(self._read, asked))

    def page(self, asked: PageAsked) -> BulkPage:
        """Return a page, of which the reading may have begun; raises what reading it raised."""
        begun, self._begun = self._begun, None
        if begun is not None and begun[0] == asked:
            return begun[1].result()
        return self._read(asked)
