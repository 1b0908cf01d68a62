"""The use case that reads the audit: who touched whose record, the newest first. It is for administrators."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.audit.entries import entry_key
from app.audit.events import audit_event
from app.site import Sites
from graph.audit.entries import READ, AuditStore, AuditWindow
from graph.errors import NotFound
from graph.scope import AccessScope
from graph.session import Row

__all__ = ["AuditPage", "AuditReader", "AuditWindow"]


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries as AuditEvents, and the place after which the next page begins; None where this is the last."""

    events: tuple[Mapping[str, Any], ...]
    after: tuple[int, str] | None


class AuditReader:
    """Reads audit entries as AuditEvents."""

    def __init__(self, store: AuditStore, sites: Sites) -> None:
        self._store = store
        self._sites = sites

    def event(self, scope: AccessScope, entry_id: str) -> Mapping[str, Any]:
        """One entry; raises `NotFound`."""
        scope.require(READ)
        found = self._store.find(scope, entry_key(scope.tenant, entry_id))
        if found is None:
            raise NotFound(f"no AuditEvent/{entry_id}")
        return self._event(scope, found)

    def page(self, scope: AccessScope, window: AuditWindow) -> AuditPage:
        """A page of entries; that somebody asked who saw a patient is an access of that patient's record."""
        scope.require(READ)
        scope.concerns(window.concerned)
        found = self._store.page(scope, window)
        last = found[-1] if len(found) == window.limit else None
        after = (last["at"], entry_key(scope.tenant, last["id"])) if last else None
        return AuditPage(tuple(self._event(scope, each) for each in found), after)

    def _event(self, scope: AccessScope, entry: Row) -> Mapping[str, Any]:
        return audit_event(entry, self._sites.of(scope).base_url)
