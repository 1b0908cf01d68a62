"""AuditEvent (FHIR R4 auditevent.html): what Hilum has noted of accesses, to be read and searched, no more.

Nobody writes one here: an audit that its readers could add to would vouch for nothing.
"""

import orjson

from app.audit.asking import AuditReader
from app.http.fhir.bundles import AnswerEntry, bundle
from app.http.fhir.exchange import Answer, Call
from app.http.fhir.links import Pages
from app.http.fhir.parameters import PAGE, applied, count_of
from app.paging import PageTokens
from app.records.audited import AuditSearch
from app.records.audited.searching import AUDIT, PARAMETERS
from app.site import Sites
from graph.errors import Invalid
from graph.scope import AccessScope

__all__ = ["AUDIT", "PARAMETERS", "AuditViews"]

_RESULTS = frozenset({"_count", "_sort", PAGE})


class AuditViews:
    """The answers to a request for AuditEvents."""

    def __init__(self, reader: AuditReader, search: AuditSearch, tokens: PageTokens, sites: Sites) -> None:
        self._reader = reader
        self._search = search
        self._tokens = tokens
        self._sites = sites

    def read(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with one, or 404. It has no versions: it never changes."""
        return Answer(200, orjson.dumps(self._reader.event(scope, resource_id)))

    def search(self, scope: AccessScope, call: Call, *, kind: str, patient_id: str | None = None) -> Answer:
        """200 with a searchset, the newest first: `patient` and `entity` tell whose record was touched.

        Raises `Invalid` for a parameter that an AuditEvent does not have here.
        """
        scope.require("audit.read")
        base = self._sites.of(scope).fhir_base
        path = kind if patient_id is None else f"Patient/{patient_id}/{kind}"
        pages = Pages(
            tokens=self._tokens, base=base, scope=scope, call=call, path=path, applied=applied(call)
        )
        if call.parameter("_sort") not in (None, "-date"):
            raise Invalid("AuditEvents come sorted by -date", location="_sort", code="not-supported")
        given = (("patient", patient_id),) if patient_id else ()
        asked = (*given, *(pair for pair in call.criteria if pair[0] not in _RESULTS))
        place = pages.place()
        after = (int(str(place[0])), str(place[1])) if place else None
        page = self._search.page(scope, asked, max(count_of(call), 1), after)
        entries = [
            AnswerEntry(f"{base}/{kind}/{each['id']}", orjson.dumps(each), {"search": {"mode": "match"}})
            for each in page.events
        ]
        return Answer(200, bundle("searchset", entries, pages.links(page.after)))
