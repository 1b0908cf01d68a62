"""AuditEvent (FHIR R4 auditevent.html): what Hilum has noted of accesses, to be read and searched, no more.

Nobody writes one here: an audit that its readers could add to would vouch for nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from typing import TypeAlias

import orjson

from app.audit.asking import AuditReader, AuditWindow
from app.http.fhir.bundles import AnswerEntry, bundle
from app.http.fhir.exchange import Answer, Call
from app.http.fhir.links import Pages
from app.http.fhir.parameters import PAGE, applied, count_of
from app.paging import PageTokens
from app.site import Sites
from fhir_profiles.dates import interval
from fhir_profiles.references import literal
from graph.errors import Invalid
from graph.keys import resource_key
from graph.scope import AccessScope

AUDIT = "AuditEvent"
PARAMETERS: Mapping[str, str] = {
    "action": "token",
    "date": "date",
    "entity": "reference",
    "patient": "reference",
}
"""The search parameters of an AuditEvent, with their types."""

_RESULTS = frozenset({"_count", "_sort", PAGE})
_REFERENCES: Mapping[str, str | None] = {"patient": "Patient", "entity": None}  # and the type they are of
_FAR = 2**62
_Period: TypeAlias = tuple[int, int]
_PERIODS: Mapping[str, Callable[[int, int], _Period]] = {
    "eq": lambda low, high: (low, high),
    "ge": lambda low, high: (low, _FAR),
    "gt": lambda low, high: (high, _FAR),
    "le": lambda low, high: (0, high),
    "lt": lambda low, high: (0, low),
}


class AuditViews:
    """The answers to a request for AuditEvents."""

    def __init__(self, reader: AuditReader, tokens: PageTokens, sites: Sites) -> None:
        self._reader = reader
        self._tokens = tokens
        self._sites = sites

    def read(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with one, or 404. It has no versions: it never changes."""
        return Answer(200, orjson.dumps(self._reader.event(scope, resource_id)))

    def search(self, scope: AccessScope, call: Call, *, kind: str, patient_id: str | None = None) -> Answer:
        """200 with a searchset, the newest first: `patient` and `entity` tell whose record was touched.

        Raises `Invalid` for a parameter that an AuditEvent does not have here.
        """
        base = self._sites.of(scope).fhir_base
        path = kind if patient_id is None else f"Patient/{patient_id}/{kind}"
        pages = Pages(
            tokens=self._tokens, base=base, scope=scope, call=call, path=path, applied=applied(call)
        )
        given = (("patient", patient_id),) if patient_id else ()
        asked = (*given, *(pair for pair in call.criteria if pair[0] not in _RESULTS))
        window = self._window(scope, asked, count_of(call), pages.place())
        if call.parameter("_sort") not in (None, "-date"):
            raise Invalid("AuditEvents come sorted by -date", location="_sort", code="not-supported")
        page = self._reader.page(scope, window)
        entries = [
            AnswerEntry(f"{base}/{kind}/{each['id']}", orjson.dumps(each), {"search": {"mode": "match"}})
            for each in page.events
        ]
        return Answer(200, bundle("searchset", entries, pages.links(page.after)))

    def _window(
        self,
        scope: AccessScope,
        asked: Iterable[tuple[str, str]],
        count: int,
        place: tuple[object, ...] | None,
    ) -> AuditWindow:
        site = self._sites.of(scope)
        concerned: list[str] = []
        since, until, action = 0, _FAR, None
        for name, value in asked:
            if name in _REFERENCES:
                concerned.append(_concerned(scope, name, value, site.fhir_base))
            elif name == "date":
                low, high = _period(value, site.zone)
                since, until = max(since, low), min(until, high)
            elif name == "action":
                action = value
            else:
                raise Invalid("an AuditEvent has no such parameter", location=name[:64], code="not-supported")
        return AuditWindow(
            limit=max(count, 1),
            concerned=list(dict.fromkeys(concerned)),
            action=action,
            since=since,
            until=until,
            after=(int(str(place[0])), str(place[1])) if place else None,
        )


def _concerned(scope: AccessScope, name: str, value: str, base: str) -> str:
    """The key of the resource that a reference names; raises `Invalid`."""
    kind = _REFERENCES[name]
    found = literal(value, base) or literal(f"{kind}/{value}")
    if found is None or kind not in (None, found.target.partition("/")[0]):
        raise Invalid(f"{name} is a reference, as Patient/7", location=name)
    return resource_key(scope.tenant, *found.target.split("/"))


def _period(value: str, zone: tzinfo) -> _Period:
    """The instants that a date with its prefix admits, in µs; raises `Invalid` (search.html#prefix)."""
    prefix, text = (value[:2], value[2:]) if value[:2] in _PERIODS else ("eq", value)
    found = interval(text.replace(" ", "+"), zone)  # a plus that a client left unescaped
    if found is None:
        raise Invalid(f"date is a date with one of {', '.join(_PERIODS)} before it", location="date")
    return _PERIODS[prefix](*found)
