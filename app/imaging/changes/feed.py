"""The use case that reads the change feed."""

import zlib
from dataclasses import replace

from graph.changes.changes import ChangeStore, FeedWindow
from graph.records import Change
from graph.scope import AccessScope


class ChangeFeed:
    """Reads the changes of a tenant's pictures, of the studies that the caller sees.

    `metadata` asks for the DICOM JSON of each instance now.
    """

    def __init__(self, changes: ChangeStore) -> None:
        self._changes = changes

    def page(self, scope: AccessScope, window: FeedWindow, *, metadata: bool) -> list[Change]:
        """The changes of a window, in the order of their numbers."""
        changes = self._changes.page(scope, window, metadata=metadata)
        scope.concerns(key for each in changes for key in each.whose)
        return [_inflated(each) for each in changes]

    def latest(self, scope: AccessScope, *, metadata: bool) -> Change | None:
        """The last change; None where nothing was ever stored."""
        found = self._changes.latest(scope, metadata=metadata)
        if found is None:
            return None
        scope.concerns(found.whose)
        return _inflated(found)


def _inflated(change: Change) -> Change:
    return replace(change, metadata=zlib.decompress(change.metadata)) if change.metadata else change
