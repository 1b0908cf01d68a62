"""create and conditional create (FHIR R4 http.html#create, #ccreate)."""

from urllib.parse import parse_qsl

from app.http.fhir.exchange import GENERAL_PARAMETERS, Answer, Call
from app.http.fhir.writes import written
from app.records import Criteria
from app.records.search import criteria
from app.wiring import Services
from graph.errors import Invalid
from graph.scope import AccessScope

IF_NONE_EXIST = "If-None-Exist"


def create(services: Services, scope: AccessScope, call: Call, *, kind: str) -> Answer:
    """201 with the new resource, or 200 with the one match of If-None-Exist."""
    outcome = services.records.create(scope, kind, call.body, _unless(services, scope, call, kind))
    return written(services, scope, call, outcome)


def _unless(services: Services, scope: AccessScope, call: Call, kind: str) -> Criteria | None:
    header = call.headers.get(IF_NONE_EXIST)
    if header is None:
        return None
    pairs = [
        pair
        for pair in parse_qsl(header.rpartition("?")[2], keep_blank_values=True)
        if pair[0] not in GENERAL_PARAMETERS
    ]
    if not pairs:
        raise Invalid("If-None-Exist holds search criteria", location=IF_NONE_EXIST)
    return Criteria(kind, criteria(kind, pairs, services.records.context(scope)))
