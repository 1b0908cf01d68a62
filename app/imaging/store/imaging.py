"""What storing needs of the graph; `graph.studies.imaging` is it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from graph.records import InstanceRow, StoredInstance, StoreOutcome
from graph.scope import AccessScope


class Imaging(Protocol):
    """The store of pictures."""

    def store(
        self, scope: AccessScope, rows: Sequence[InstanceRow], *, replacing: bool = False
    ) -> list[StoreOutcome]:
        """Commit rows; an outcome per row. What it raises says that nothing is known to be stored."""
        ...

    def expecting(self, scope: AccessScope) -> AbstractContextManager[None]:
        """Announce that rows are on their way, so that those of several requests share a commit."""
        ...

    def instances(
        self, scope: AccessScope, study: str, series: str | None = None, sop: str | None = None
    ) -> list[StoredInstance]:
        """The stored instances of these UIDs; raises `NotFound`."""
        ...
