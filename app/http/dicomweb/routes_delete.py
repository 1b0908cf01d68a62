"""Delete a study, series or instance: gone at once from every answer."""

from flask import Response

from app.http.dicomweb.uids import check_uids
from app.imaging.delete import ImagingDeletion
from graph.scope import AccessScope


class DeleteViews:
    """The answers to DELETE."""

    def __init__(self, deletion: ImagingDeletion) -> None:
        self._deletion = deletion

    def delete(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> Response:
        """204 where something went, 404 where nothing was there."""
        check_uids(study=study, series=series, instance=instance)
        self._deletion.delete(scope, study, series, instance)
        return Response(status=204)
