"""The use case that searches pictures: a request to a page of matches, the newest first."""

from dataclasses import dataclass

from app.imaging.search.matching import conditions
from app.imaging.search.request import MatchOrder, SearchRequest
from app.site import Sites
from graph.budget import CREDIT, spend
from graph.errors import TooLarge
from graph.query.expression import All, Expression, Page, Question, Sort
from graph.query.limits import LARGEST_OFFSET
from graph.query.prices import QUESTION, price
from graph.scope import AccessScope
from graph.studies.imaging import ImagingMatch, ImagingStore

_NEWEST_FIRST = (Sort(None, descending=True),)
MOST_COUNTED = 1_000
"""Matches behind a page that are counted; there may be more."""


@dataclass(frozen=True, slots=True)
class MatchPage:
    """The matches of a page, and whether there are more behind it."""

    matches: tuple[ImagingMatch, ...]
    more: bool


class ImagingSearch:
    """Searches studies, series and instances."""

    def __init__(self, imaging: ImagingStore, sites: Sites) -> None:
        self._imaging = imaging
        self._sites = sites

    def search(self, scope: AccessScope, asked: SearchRequest, *, stored: bool = False) -> MatchPage:
        """Return a page of matches; one row more than asked for tells whether there are more.

        `stored` brings the stored metadata of an instance of each match. Raises `Invalid` where a value does
        not fit its key, or a key the level; `TooLarge` for a page that begins beyond what may be skipped.
        """
        scope.require("imaging.read")
        where = All(conditions(asked, self._sites.of(scope).zone))
        spend(QUESTION + price(where), CREDIT)  # attributes are properties: no subquery each
        if asked.offset > LARGEST_OFFSET:
            return self._beyond(scope, Question(asked.level, where, Page(1, offset=LARGEST_OFFSET)))
        page = Page(asked.limit + 1, sort=_sorted_by(asked), offset=asked.offset)
        found = self._imaging.search(scope, Question(asked.level, where, page), stored=stored)
        matches = tuple(found[: asked.limit])
        scope.concerns(key for each in matches for key in each.whose)
        return MatchPage(matches, more=len(found) > asked.limit)

    def matching(
        self, scope: AccessScope, level: str, where: Expression, limit: int, *order: MatchOrder
    ) -> MatchPage:
        """Return the first matches of a condition that another use case has made, the newest first.

        Raises `Invalid` where it cannot be asked.
        """
        scope.require("imaging.read")
        spend(QUESTION + price(where), CREDIT)
        sort = (*(Sort(each.attribute.field, each.descending) for each in order), *_NEWEST_FIRST)
        found = self._imaging.search(scope, Question(level, where, Page(limit + 1, sort=sort)))
        matches = tuple(found[:limit])
        scope.concerns(key for each in matches for key in each.whose)
        return MatchPage(matches, more=len(found) > limit)

    def remaining(self, scope: AccessScope, asked: SearchRequest) -> int:
        """How many matches there are behind the page that was asked for, `MOST_COUNTED` + 1 at most.

        Raises `Invalid` as `search` does.
        """
        scope.require("imaging.read")
        where = All(conditions(asked, self._sites.of(scope).zone))
        spend(QUESTION + price(where), CREDIT)
        offset = min(asked.offset + asked.limit, LARGEST_OFFSET)
        page = Page(MOST_COUNTED + 1, sort=_sorted_by(asked), offset=offset)
        count = self._imaging.rows(scope, Question(asked.level, where, page))
        scope.counts(count)
        return count

    def total(self, scope: AccessScope, asked: SearchRequest) -> int:
        """How many matches there are in all; it costs what finding all of them costs.

        Raises `Invalid` as `search` does.
        """
        scope.require("imaging.read")
        where = All(conditions(asked, self._sites.of(scope).zone))
        spend(QUESTION + price(where), CREDIT)
        total = self._imaging.count(scope, asked.level, where)
        scope.counts(total)
        return total

    def _beyond(self, scope: AccessScope, last: Question) -> MatchPage:
        """The empty page behind the end (PS3.18 8.3.4.4.1), where no more can be skipped than there is."""
        if self._imaging.search(scope, last):
            raise TooLarge(f"offset is beyond {LARGEST_OFFSET}: narrow the search", location="offset")
        return MatchPage((), more=False)


def _sorted_by(asked: SearchRequest) -> tuple[Sort, ...]:
    return (*(Sort(each.attribute.field, each.descending) for each in asked.order), *_NEWEST_FIRST)
