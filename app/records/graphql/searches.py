"""The searches of a question in GraphQL: arguments as parameters (FHIR R4 graphql.html#searching)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.paging import PageTokens, from_token, to_token
from app.records.search import RecordSearch, TypeSearch, sorts_of
from app.records.write.writing import WRITTEN_BY_HILUM
from fhir_profiles.fhirpath.nodes import Node
from graph.errors import Invalid
from graph.records import ResourceVersion
from graph.scope import AccessScope

USUAL_COUNT, MOST = 50, 200
_COUNT, _CURSOR, _SORT, _REFERENCE = "_count", "_cursor", "_sort", "_reference"


@dataclass(frozen=True, slots=True)
class SearchedPage:
    """A page: its versions, how to learn how many there are in all, and the cursor of the next one."""

    versions: tuple[ResourceVersion, ...]
    pagesize: int
    next: str | None
    total: Callable[[], int]


class GraphqlSearches:
    """Searches by the arguments of a field."""

    def __init__(self, search: RecordSearch, tokens: PageTokens) -> None:
        self._search = search
        self._tokens = tokens

    def page(
        self, scope: AccessScope, kind: str, arguments: Mapping[str, Any], focus: Node | None, now: int
    ) -> SearchedPage:
        """The page of a type that arguments ask for; with a `focus`, of what refers to that resource.

        Raises `Invalid` for an argument that is none, `TooLarge` for too costly a search.
        """
        if kind in WRITTEN_BY_HILUM:
            raise Invalid(f"{kind} is not searched here", location="query", code="not-supported")
        pairs = [*_pairs(arguments), *_focused(arguments, focus)]
        where = self._search.understood(scope, kind, pairs).where
        count, sort = _count(arguments), arguments.get(_SORT)
        search = TypeSearch(
            resource_type=kind, where=where, count=count, sort=sorts_of(kind, str(sort) if sort else None)
        )
        query = f"$graphql {kind} {sorted(pairs)!r} {sort!r}"
        cursor = arguments.get(_CURSOR)
        place = None if cursor is None else from_token(self._tokens.read(scope, query, str(cursor), now))
        page = self._search.page(scope, search, place)
        following = page.after and self._tokens.issue(scope, query, to_token(page.after), now)
        return SearchedPage(page.matches, count, following or None, lambda: self._search.count(scope, search))


def _pairs(arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Arguments as parameters: a name of GraphQL has no dash, so `_` stands for it; several values are OR."""
    for name, value in arguments.items():
        if name not in (_COUNT, _CURSOR, _SORT, _REFERENCE):
            parameter = name[:1] + name[1:].replace("_", "-")
            values = value if isinstance(value, list) else [value]
            yield parameter, ",".join(_text(each) for each in values)


def _focused(arguments: Mapping[str, Any], focus: Node | None) -> Iterator[tuple[str, str]]:
    if focus is None:
        return
    name = arguments.get(_REFERENCE)
    if not isinstance(name, str):
        raise Invalid("_reference names the parameter that refers to this resource", location="query")
    yield name.replace("_", "-"), f"{focus.kind}/{focus.value.get('id')}"


def _count(arguments: Mapping[str, Any]) -> int:
    found = arguments.get(_COUNT, USUAL_COUNT)
    if type(found) is not int or found < 1:
        raise Invalid("_count is a whole number", location="query")
    return min(found, MOST)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
