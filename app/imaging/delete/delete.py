"""The use case that deletes pictures: unlinked at once, their bytes removed by the worker after a while."""

from graph.scope import AccessScope
from graph.studies.imaging import ImagingStore


class ImagingDeletion:
    """Deletes studies, series and instances."""

    def __init__(self, imaging: ImagingStore) -> None:
        self._imaging = imaging

    def delete(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> int:
        """Unlink what these UIDs name, leaving tombstones; return how many instances went.

        Raises `NotFound` where nothing is seen.
        """
        scope.require("imaging.delete")
        return self._imaging.delete(scope, study, series, instance)
