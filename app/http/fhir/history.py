"""history of a resource, of a type and of everything, the newest first (FHIR R4 http.html#history)."""

from http import HTTPStatus

from app.http.fhir.bundles import AnswerEntry, bundle
from app.http.fhir.exchange import GENERAL_PARAMETERS, Answer, Call
from app.http.fhir.links import Pages
from app.http.fhir.parameters import PAGE, applied, count_of, interval_asked
from app.http.kit.conditional import version_tag
from app.paging import PageTokens
from app.records.history import HistoryRequest, RecordHistory
from app.site import Sites
from graph.clock import instant
from graph.errors import Invalid
from graph.records import ResourceVersion
from graph.scope import AccessScope

_NAMES = frozenset({"_count", "_since", "_at", PAGE})


class HistoryViews:
    """The answers to a request for a history."""

    def __init__(self, history: RecordHistory, tokens: PageTokens, sites: Sites) -> None:
        self._history = history
        self._tokens = tokens
        self._sites = sites

    def history(
        self, scope: AccessScope, call: Call, *, kind: str | None = None, resource_id: str | None = None
    ) -> Answer:
        """200 with a Bundle of type history; 404 for a resource that never was.

        Raises `Invalid` for a parameter that it does not have.
        """
        _refuse_others(call)
        site = self._sites.of(scope)
        pages = Pages(
            tokens=self._tokens,
            base=site.fhir_base,
            scope=scope,
            call=call,
            path="/".join(each for each in (kind, resource_id, "_history") if each),
            applied=applied(call),
        )
        since, at = (
            interval_asked(call.parameter(name), name, "an instant", site.zone) for name in ("_since", "_at")
        )
        asked = HistoryRequest(
            resource_type=kind,
            resource_id=resource_id,
            limit=count_of(call),
            since=since[0] if since else None,
            at=at,
            before=pages.sequence(),
        )
        page = self._history.page(scope, asked)
        entries = [_entry(site.fhir_base, version) for version in page.versions]
        after = None if page.after is None else [page.after]
        total = len(entries) if after is None and asked.before is None else None  # all of it is here
        return Answer(200, bundle("history", entries, pages.links(after), total))


def _refuse_others(call: Call) -> None:
    for name, _ in call.parameters:
        if name not in _NAMES | GENERAL_PARAMETERS:
            raise Invalid("a history has no such parameter", location=name[:64], code="not-supported")


def _entry(base: str, version: ResourceVersion) -> AnswerEntry:
    address = f"{version.resource_type}/{version.resource_id}"
    url = version.resource_type if version.method == "POST" else address
    response = {
        "status": _STATUS[version.method] if version.version_id > 1 or version.deleted else _CREATED,
        "etag": version_tag(version.version_id),
        "lastModified": instant(version.last_updated),
    }
    beside = {"request": {"method": version.method, "url": url}, "response": response}
    return AnswerEntry(f"{base}/{address}", version.body, beside)


def _line(status: HTTPStatus) -> str:
    return f"{status.value} {status.phrase}"


_CREATED = _line(HTTPStatus.CREATED)
_STATUS = {
    "POST": _CREATED,
    "PUT": _line(HTTPStatus.OK),
    "PATCH": _line(HTTPStatus.OK),
    "DELETE": _line(HTTPStatus.NO_CONTENT),
}
