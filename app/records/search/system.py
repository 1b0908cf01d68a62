"""The use case that searches several types at once (FHIR R4 search.html#searchcontexts).

The types are asked one after the other, in the order of their names, and a page goes on from one to the next.
A type of which there is nothing to see is not asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.records.search.searching import RecordSearch, SearchPage, Total, TypeSearch
from graph.errors import Invalid
from graph.records import ResourceVersion
from graph.resources.resources import ResourceStore
from graph.scope import AccessScope


@dataclass(frozen=True, slots=True)
class _Rest:
    """What of a search was not asked yet: its types from here on, and where in the first of them."""

    searches: Sequence[TypeSearch]
    after: tuple[object, ...] | None


class SystemSearch:
    """Searches several types by parameters that all of them have."""

    def __init__(self, search: RecordSearch, resources: ResourceStore) -> None:
        self.by_type = search
        self._resources = resources

    def page(
        self,
        scope: AccessScope,
        searches: Iterable[TypeSearch],
        count: int,
        place: tuple[object, ...] | None,
    ) -> SearchPage:
        """The page that begins after a place: the name of a type and a place in it; None for the first.

        Raises `Invalid` for a place in a type that is not among the searched.
        """
        scope.require("fhir.read")
        present = self._present(scope, searches)
        rest = _from(present, place)
        pages: list[SearchPage] = []
        while rest.searches and count > 0:
            page = self.by_type.page(scope, replace(rest.searches[0], count=count), rest.after)
            pages.append(page)
            count -= len(page.matches)
            if page.after is not None:
                rest = _Rest(rest.searches, page.after)
                break
            rest = _Rest(rest.searches[1:], None)
        after = self._after(scope, rest)
        total = self.count(scope, present) if _is_counted(present) else None
        if total is None and place is None and after is None:
            total = sum(len(each.matches) for each in pages)
        return _joined(pages, after, total)

    def count(self, scope: AccessScope, searches: Iterable[TypeSearch]) -> int:
        """How many resources match, of all types."""
        scope.require("fhir.read")
        return sum(self.by_type.count(scope, each) for each in self._present(scope, searches))

    def _present(self, scope: AccessScope, searches: Iterable[TypeSearch]) -> list[TypeSearch]:
        ordered = sorted(searches, key=lambda each: each.resource_type)
        there = self._resources.types(scope, [each.resource_type for each in ordered])
        return [each for each in ordered if each.resource_type in there]

    def _after(self, scope: AccessScope, rest: _Rest) -> tuple[object, ...] | None:
        """Where the next page begins: in the type that ended this one, or with the next that has a match."""
        if rest.after is not None:
            return (rest.searches[0].resource_type, *rest.after)
        for each in rest.searches:
            if self.by_type.page(scope, replace(each, count=1, includes=(), total=Total.NONE), None).matches:
                return (each.resource_type,)
        return None


def _is_counted(searches: Iterable[TypeSearch]) -> bool:
    """Whether a total is asked for; that of several types is never an estimate."""
    return any(each.total is not Total.NONE for each in searches)


def _from(searches: Sequence[TypeSearch], place: tuple[object, ...] | None) -> _Rest:
    if place is None:
        return _Rest(searches, None)
    name, *after = place
    if not isinstance(name, str):
        raise Invalid("the paging token does not belong to this query", location="_page")
    left = [each for each in searches if each.resource_type >= name]
    within = bool(left) and left[0].resource_type == name and bool(after)
    return _Rest(left, tuple(after) if within else None)


def _joined(pages: Sequence[SearchPage], after: tuple[object, ...] | None, total: int | None) -> SearchPage:
    matches = tuple(each for page in pages for each in page.matches)
    own = {each.key for each in matches}
    included: dict[tuple[str, int], ResourceVersion] = {
        (each.key, each.version_id): each for page in pages for each in page.included if each.key not in own
    }
    return SearchPage(
        matches,
        tuple(included.values()),
        after,
        total,
        any(page.cut for page in pages),
        any(page.other_versions for page in pages),
    )
