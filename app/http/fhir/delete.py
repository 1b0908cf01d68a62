"""delete and conditional delete (FHIR R4 http.html#delete): the tombstone is one more version."""

from app.http.fhir.exchange import Answer, Call, version_headers
from app.records import Criteria, Written
from app.records.search import criteria
from app.records.write.versions import if_match_version
from app.wiring import Services
from graph.errors import PreconditionFailed
from graph.scope import AccessScope


def delete(services: Services, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
    """204, whether there was something to delete or not."""
    if_match = if_match_version(call.headers.get("If-Match"))
    return _gone(services.records.delete(scope, kind, resource_id, if_match))


def delete_where(services: Services, scope: AccessScope, call: Call, *, kind: str) -> Answer:
    """The same for the one resource that the query finds; 412 where it finds several, or asks nothing."""
    if not call.criteria:
        raise PreconditionFailed("a delete without an id needs criteria", code="required")
    found = Criteria(kind, criteria(kind, call.criteria, services.records.context(scope)))
    if_match = if_match_version(call.headers.get("If-Match"))
    return _gone(services.records.delete_where(scope, found, if_match))


def _gone(outcome: Written | None) -> Answer:
    return Answer(204, headers=version_headers(outcome.version) if outcome else {})
