"""The use case that reads histories, the newest version first (FHIR R4 http.html#history)."""

from dataclasses import dataclass
from typing import Any

from graph.budget import CREDIT, spend
from graph.errors import NotFound
from graph.query.prices import QUESTION, versions
from graph.records import ResourceVersion
from graph.resources.histories import HistoryWindow
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRequest:
    """Whose history: a resource's, a type's or, without either, everything's; and which versions of it.

    `since` keeps versions written from that moment on; `at` those that were current at some time of an
    interval; `before` is the sequence number of the last version of the page before. Moments are in µs since
    the epoch.
    """

    resource_type: str | None = None
    resource_id: str | None = None
    limit: int
    since: int | None = None
    at: tuple[int, int] | None = None
    before: int | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing narrows it, so that an empty answer means that there was never anything."""
        return self.since is None and self.at is None and self.before is None

    def window(self) -> HistoryWindow:
        """The versions of one page, and one more that tells whether there are more."""
        bounds: dict[str, Any] = {}
        if self.before is not None:
            bounds["before"] = self.before
        if self.since is not None:
            bounds["since"] = self.since
        if self.at is not None:
            bounds |= {"at": self.at[0], "until": self.at[1]}
        return HistoryWindow(limit=self.limit + 1, **bounds)


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """The versions of a page, and the sequence number after which the next one begins, if there is one."""

    versions: tuple[ResourceVersion, ...]
    after: int | None


class RecordHistory:
    """Reads histories."""

    def __init__(self, resources: ResourceStore) -> None:
        self._resources = resources

    def page(self, scope: AccessScope, asked: HistoryRequest) -> HistoryPage:
        """A page of versions.

        Raises `NotFound` for a resource that never was, or is not the caller's, and `TooLarge` where the
        pages of one request are too long together.
        """
        scope.require("fhir.read")
        spend(QUESTION + versions(asked.limit), CREDIT)
        window = asked.window()
        found = self._resources.history(scope, window, asked.resource_type, asked.resource_id)
        if asked.resource_id and not found and asked.whole:
            raise NotFound(f"no {asked.resource_type}/{asked.resource_id}")
        shown = tuple(found[: asked.limit])
        scope.concerns(key for each in shown for key in each.whose)
        after = shown[-1].sequence if shown and len(found) > asked.limit else None
        return HistoryPage(shown, after)
