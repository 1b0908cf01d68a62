"""The answer of a write: as much of the resource as the client prefers (FHIR R4 http.html#ops)."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import orjson

from app.http.fhir.exchange import Answer, Call, location, version_headers
from app.records import Written
from app.wiring import Services
from graph.records import ResourceVersion
from graph.scope import AccessScope

MINIMAL, REPRESENTATION, OUTCOME = "minimal", "representation", "OperationOutcome"
_ALL_OK = orjson.dumps(
    {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "information", "code": "informational", "diagnostics": "written as sent"}],
    }
)


def written(services: Services, scope: AccessScope, call: Call, outcome: Written) -> Answer:
    """201 or 200 with Location, the version's headers, and the body that Prefer asks for."""
    version = outcome.version
    headers = {
        "Location": location(services.reading.base, version),
        **version_headers(version),
    }
    return Answer(status_of(outcome), _body(services, scope, call.prefers("return"), version), headers)


def status_of(outcome: Written) -> int:
    """201 for what is new, 200 for what was there."""
    return HTTPStatus.CREATED if outcome.created else HTTPStatus.OK


def bodies_of(
    services: Services, scope: AccessScope, versions: Sequence[ResourceVersion]
) -> Mapping[str, bytes]:
    """The texts of versions that were just written, by key; what the commit did not write itself is read."""
    bodies = {version.key: version.body for version in versions if version.body}
    if missing := [version.key for version in versions if not version.body]:
        bodies |= {found.key: found.body for found in services.resources.bodies(scope, missing)}
    return bodies


def _body(services: Services, scope: AccessScope, prefers: str | None, version: ResourceVersion) -> bytes:
    if prefers == MINIMAL:
        return b""
    if prefers == OUTCOME:
        return _ALL_OK
    return bodies_of(services, scope, [version]).get(version.key, b"")
