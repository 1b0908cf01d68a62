"""update, update as create and conditional update (FHIR R4 http.html#update, #upsert, #cond-update)."""

from app.http.fhir.exchange import Answer, Call
from app.http.fhir.writes import written
from app.records import Criteria
from app.records.search import criteria
from app.records.write.versions import if_match_version
from app.wiring import Services
from graph.errors import Invalid
from graph.scope import AccessScope


def update(services: Services, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
    """200 with the next version, or 201 with the first under the client's id."""
    if_match = if_match_version(call.headers.get("If-Match"))
    return written(
        services, scope, call, services.records.update(scope, kind, resource_id, call.body, if_match)
    )


def update_where(services: Services, scope: AccessScope, call: Call, *, kind: str) -> Answer:
    """The same for the one resource that the query finds; 412 where it finds several."""
    if not call.criteria:
        raise Invalid("an update names an id, or criteria in its query")
    found = Criteria(kind, criteria(kind, call.criteria, services.records.context(scope)))
    if_match = if_match_version(call.headers.get("If-Match"))
    return written(services, scope, call, services.records.update_where(scope, found, call.body, if_match))
