"""The AuditEvents of an export: they are no resources of the record, and come from the audit itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.audit.asking import AuditReader, AuditWindow
from app.work.bulk.wishes import ExportWish
from graph.scope import AccessScope

AUDIT = "AuditEvent"


@dataclass(frozen=True, slots=True)
class AuditLines:
    """A page of events, and the place of the next one; None where this is the last."""

    events: tuple[Mapping[str, Any], ...]
    after: int | None


class ExportedAudit:
    """Reads the events of the period that an export is of, the newest first."""

    def __init__(self, reader: AuditReader) -> None:
        self._reader = reader

    def page(self, scope: AccessScope, wish: ExportWish, after: int, limit: int) -> AuditLines:
        """A page of at most `limit` events before the moment `after` in µs, 0 for the first page.

        It ends between two moments, so that a moment is a place; where more are of one, it holds them all.
        """
        window = AuditWindow(limit=limit, since=wish.since or 0, until=after or wish.until + 1)
        entries = self._reader.entries(scope, window)
        if len(entries) < limit:
            return AuditLines(tuple(self._reader.told(scope, each) for each in entries), None)
        last = entries[-1]["at"]
        whole = [each for each in entries if each["at"] > last]
        if not whole:
            return self.page(scope, wish, after, limit * 2)
        return AuditLines(tuple(self._reader.told(scope, each) for each in whole), last + 1)
