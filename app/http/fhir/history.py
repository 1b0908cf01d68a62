"""history of a resource, of a type and of everything, the newest first (FHIR R4 http.html#history)."""

from http import HTTPStatus
from typing import Any

from app.http.fhir.bundles import BundleEntry, bundle
from app.http.fhir.exchange import GENERAL_PARAMETERS, Answer, Call
from app.http.fhir.links import PAGE, Pages
from app.http.fhir.parameters import count_of
from app.http.kit.conditional import version_tag
from app.wiring import Services
from fhir_profiles.dates import interval
from graph.clock import instant
from graph.errors import Invalid, NotFound
from graph.records import ResourceVersion
from graph.resources.resources import HistoryWindow
from graph.scope import AccessScope

_NAMES = frozenset({"_count", "_since", "_at", PAGE})


def history(
    services: Services,
    scope: AccessScope,
    call: Call,
    *,
    kind: str | None = None,
    resource_id: str | None = None,
) -> Answer:
    """A Bundle of type history; 404 for a resource that never was."""
    pages = _pages(services, scope, call, kind, resource_id)
    limit, before = count_of(call), pages.sequence()
    window = _window(services, call, limit + 1, before)
    found = services.resources.history(scope, window, kind, resource_id)
    if resource_id and not found and len(pages.applied) == 0 and before is None:
        raise NotFound(f"no {kind}/{resource_id}")
    shown = found[:limit]
    after = [shown[-1].sequence] if shown and len(found) > limit else None
    entries = [_entry(services.reading.base, version) for version in shown]
    return Answer(200, bundle("history", entries, pages.links(after)))


def _pages(
    services: Services, scope: AccessScope, call: Call, kind: str | None, resource_id: str | None
) -> Pages:
    for name, _ in call.parameters:
        if name not in _NAMES | GENERAL_PARAMETERS:
            raise Invalid("a history has no such parameter", location=name[:64], code="not-supported")
    path = "/".join(each for each in (kind, resource_id, "_history") if each)
    applied = tuple(pair for pair in call.criteria if pair[0] != PAGE)
    return Pages(services, scope, call, path, applied)


def _window(services: Services, call: Call, limit: int, before: int | None) -> HistoryWindow:
    since, at = _moment(services, call, "_since"), _moment(services, call, "_at")
    bounds: dict[str, Any] = {}
    if before is not None:
        bounds["before"] = before
    if since:
        bounds["since"] = since[0]
    if at:
        bounds |= {"until": at[1], "at": at[0]}
    return HistoryWindow(limit=limit, **bounds)


def _moment(services: Services, call: Call, name: str) -> tuple[int, int] | None:
    text = call.parameter(name)
    if text is None:
        return None
    found = interval(text.replace(" ", "+"), services.reading.zone)  # a plus that a client left unescaped
    if found is None:
        raise Invalid(f"{name} is an instant", location=name)
    return found


def _entry(base: str, version: ResourceVersion) -> BundleEntry:
    address = f"{version.resource_type}/{version.resource_id}"
    url = version.resource_type if version.method == "POST" else address
    response = {
        "status": _STATUS[version.method] if version.version_id > 1 or version.deleted else _CREATED,
        "etag": version_tag(version.version_id),
        "lastModified": instant(version.last_updated),
    }
    beside = {"request": {"method": version.method, "url": url}, "response": response}
    return BundleEntry(f"{base}/{address}", version.body, beside)


def _line(status: HTTPStatus) -> str:
    return f"{status.value} {status.phrase}"


_CREATED = _line(HTTPStatus.CREATED)
_STATUS = {
    "POST": _CREATED,
    "PUT": _line(HTTPStatus.OK),
    "PATCH": _line(HTTPStatus.OK),
    "DELETE": _line(HTTPStatus.NO_CONTENT),
}
