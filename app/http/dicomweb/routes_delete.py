"""Delete a study, series or instance: gone at once from every answer, and back again where it was a mistake.

PS3.18 has neither. A restore is an action on the address that was deleted, named with a `$` as the DICOM
service names `$bulkUpdate` and FHIR its operations, since no representation is sent.
"""

from flask import Response

from app.http.kit.json_answers import plain_json
from app.http.kit.uids import check_uids
from app.imaging.delete import ImagingDeletion, ImagingRestoration
from graph.scope import AccessScope


class DeleteViews:
    """The answers to DELETE and to `$restore`."""

    def __init__(self, deletion: ImagingDeletion, restoration: ImagingRestoration) -> None:
        self._deletion = deletion
        self._restoration = restoration

    def delete(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> Response:
        """204 where something went, 404 where nothing was there."""
        check_uids(study=study, series=series, instance=instance)
        self._deletion.delete(scope, study, series, instance)
        return Response(status=204)

    def restore(
        self, scope: AccessScope, study: str, series: str | None = None, instance: str | None = None
    ) -> Response:
        """200 with how many instances came back, 404 where none can, 409 where all places are taken."""
        check_uids(study=study, series=series, instance=instance)
        told = self._restoration.restore(scope, study, series, instance)
        return plain_json({"restored": told.instances, "taken": told.taken})
