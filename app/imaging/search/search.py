"""The use case that searches pictures: a request to a page of matches, the newest first."""

from dataclasses import dataclass

from app.imaging.search.matching import conditions
from app.imaging.search.request import SearchRequest
from graph.query.expression import All, Page, Question, Sort
from graph.scope import AccessScope
from graph.studies.imaging import ImagingMatch, ImagingStore

_NEWEST_FIRST = (Sort(None, descending=True),)


@dataclass(frozen=True, slots=True)
class MatchPage:
    """The matches of a page, and whether there are more behind it."""

    matches: tuple[ImagingMatch, ...]
    more: bool


class ImagingSearch:
    """Searches studies, series and instances."""

    def __init__(self, imaging: ImagingStore) -> None:
        self._imaging = imaging

    def search(self, scope: AccessScope, asked: SearchRequest) -> MatchPage:
        """Return a page of matches; one row more than asked for tells whether there are more.

        Raises `Invalid` where a value does not fit its key, or a key the level.
        """
        scope.require("imaging.read")
        page = Page(asked.limit + 1, sort=_NEWEST_FIRST, offset=asked.offset)
        found = self._imaging.search(scope, Question(asked.level, All(conditions(asked)), page))
        return MatchPage(tuple(found[: asked.limit]), more=len(found) > asked.limit)
