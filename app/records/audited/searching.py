"""The use case that searches the audit by every search parameter of an AuditEvent (FHIR R4 auditevent.html).

The graph gives entries of a window, the newest first; each is told as its event, and the event is asked as a
resource at hand is. So whatever is told is found, and a page may hold fewer than were asked for where few of
many entries match: it ends after `MOST_LOOKED_AT`, and the next one goes on from there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from app.audit.asking import AuditPage, AuditReader, AuditWindow, place_of
from app.records.audited.bounds import bounded, of_same_person
from app.records.search.criteria import SearchContext, criteria
from app.records.search.holding import holds
from app.site import Sites
from fhir_profiles.definitions.registry import search_parameters
from fhir_profiles.index.extraction import extract
from graph.errors import Invalid
from graph.keys import resource_key
from graph.query.expression import All, Expression, KeyIn
from graph.scope import AccessScope
from graph.site import Site

AUDIT = "AuditEvent"
MOST_LOOKED_AT = 5_000
_AT_ONCE = 500
_MOMENT = {"_lastUpdated": "date"}  # an event does not change
PARAMETERS: Mapping[str, str] = {
    "_id": "token",
    "_lastUpdated": "date",
    "_profile": "uri",
    **{name: each.type for name, each in sorted(search_parameters(AUDIT).items()) if name[0] != "_"},
}
"""The search parameters of an AuditEvent, with their types."""


class AuditSearch:
    """Searches the audit of a tenant."""

    def __init__(self, reader: AuditReader, sites: Sites) -> None:
        self._reader = reader
        self._sites = sites

    def page(
        self,
        scope: AccessScope,
        asked: Iterable[tuple[str, str]],
        limit: int,
        after: tuple[int, str] | None = None,
    ) -> AuditPage:
        """A page of at most `limit` events, after the one of a moment and key.

        A patient is asked for under every name that they were merged with. Raises `Invalid` for what an
        AuditEvent is not asked.
        """
        site = self._sites.of(scope)
        where = self._understood(scope, asked, site)
        window = bounded(scope.tenant, where, AuditWindow(limit=limit, after=after))
        found: list[Mapping[str, Any]] = []
        looked = 0
        while looked < MOST_LOOKED_AT:
            entries = self._reader.entries(scope, window)
            for entry in entries:
                window = replace(window, after=place_of(scope, entry))
                event = self._reader.told(scope, entry)
                if _matches(scope, where, event, site):
                    found.append(event)
                    if len(found) == limit:
                        return AuditPage(tuple(found), window.after)
            if len(entries) < window.limit:
                return AuditPage(tuple(found), None)
            looked += len(entries)
            window = replace(window, limit=max(limit, _AT_ONCE))
        return AuditPage(tuple(found), window.after)

    def _understood(self, scope: AccessScope, asked: Iterable[tuple[str, str]], site: Site) -> All:
        pairs = []
        for name, value in asked:
            plain, colon, modifier = name.partition(":")
            if plain not in PARAMETERS or "." in modifier:
                raise Invalid("an AuditEvent has no such parameter", location=name[:64], code="not-supported")
            pairs.append((f"{_MOMENT.get(plain, plain)}{colon}{modifier}", value.replace(" ", "+")))
        where = criteria(AUDIT, pairs, SearchContext(scope.tenant, site.zone, site.fhir_base))
        every = where if isinstance(where, All) else All((where,))
        return of_same_person(scope.tenant, every, lambda keys: self._reader.merged(scope, keys))


def _matches(scope: AccessScope, where: All, event: Mapping[str, Any], site: Site) -> bool:
    if not where.of:
        return True
    values = extract(event, site.zone, site.fhir_base)
    key = resource_key(scope.tenant, AUDIT, event["id"])

    def satisfied(each: Expression) -> bool:
        return key in each.keys if isinstance(each, KeyIn) else holds(each, values)

    return all(map(satisfied, where.of))
