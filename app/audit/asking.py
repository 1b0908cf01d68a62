"""The use case that reads the audit: entries, the newest first, and each of them as an AuditEvent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.audit.entries import entry_key
from app.audit.events import audit_event
from app.site import Sites
from graph.audit.entries import OWN, READ, AuditStore, AuditWindow
from graph.errors import NotFound
from graph.scope import AccessScope
from graph.session import Row

__all__ = ["OWN", "READ", "AuditPage", "AuditReader", "AuditWindow", "place_of"]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """AuditEvents, and the place after which the next page begins; None where this is the last."""

    events: tuple[Mapping[str, Any], ...]
    after: tuple[int, str] | None


def place_of(scope: AccessScope, entry: Row) -> tuple[int, str]:
    """The place of an entry among all of its tenant: its moment, and its key."""
    return entry["at"], entry_key(scope.tenant, entry["id"])


class AuditReader:
    """Reads audit entries, and tells them as AuditEvents."""

    def __init__(self, store: AuditStore, sites: Sites) -> None:
        self._store = store
        self._sites = sites

    def event(self, scope: AccessScope, entry_id: str) -> Mapping[str, Any]:
        """The AuditEvent of one entry; raises `NotFound`."""
        scope.require(READ)
        found = self._store.find(scope, entry_key(scope.tenant, entry_id))
        if found is None:
            raise NotFound(f"no AuditEvent/{entry_id}")
        return self.told(scope, found)

    def entries(self, scope: AccessScope, window: AuditWindow) -> list[Row]:
        """The entries of a window; that somebody asked who saw a patient is an access of that record."""
        scope.require(READ, OWN)
        scope.concerns(name for names in window.concerned for name in names)
        return self._store.page(scope, window)

    def page(self, scope: AccessScope, window: AuditWindow) -> AuditPage:
        """A page of entries as AuditEvents."""
        scope.require(READ)
        found = self.entries(scope, window)
        after = place_of(scope, found[-1]) if len(found) == window.limit else None
        return AuditPage(tuple(self.told(scope, each) for each in found), after)

    def told(self, scope: AccessScope, entry: Row) -> Mapping[str, Any]:
        """An entry as an AuditEvent."""
        return audit_event(entry, self._sites.of(scope).base_url)

    def merged(self, scope: AccessScope, keys: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """The keys of the patients whom each of these was merged with, in either direction."""
        return self._store.merged(scope, keys)

    def lately(self, scope: AccessScope, route: str, name: str, since: int, limit: int) -> Mapping[str, int]:
        """The values that paths of the caller's own last accesses by a route had under a name, and when (µs).

        The latest comes first.
        """
        found = self._store.lately(scope, route, since, limit)
        return {path[name]: at for path, at in found if name in path}
