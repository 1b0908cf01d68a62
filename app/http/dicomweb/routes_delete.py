"""Delete a study, series or instance: unlinked at once, its bytes removed by the worker."""

from flask import Response

from app.http.dicomweb.uids import check_uids
from app.wiring import Services
from graph.scope import AccessScope


def answer(
    services: Services, scope: AccessScope, study: str, series: str | None, instance: str | None
) -> Response:
    """204 where something went, 404 where nothing was there."""
    check_uids(study=study, series=series, instance=instance)
    services.imaging.delete(scope, study, series, instance)
    return Response(status=204)
