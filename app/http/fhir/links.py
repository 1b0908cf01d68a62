"""Addresses of pages: `self` says what was applied, the others an encrypted place (R4 http.html#paging).

A place is known with those of the pages before it, as many as a token carries, so the way back costs nothing.
The last page is known by who is on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from app.http.fhir.exchange import Call
from app.http.fhir.parameters import PAGE
from app.http.kit.fhir_formats import FORMAT
from app.paging import PageTokens, from_token, to_token
from app.records.search import Pairs
from graph.errors import Invalid
from graph.scope import AccessScope

_MOST_VALUES, _LONGEST = 48, 1_000  # of the way back in one token: values, characters of texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """The pages of a caller's question: its path below the base, and the parameters that were applied."""

    tokens: PageTokens
    base: str
    scope: AccessScope
    call: Call
    path: str
    applied: Pairs

    def place(self) -> tuple[object, ...] | None:
        """Where the page that is asked for begins; None for the first one."""
        way = self._way()
        return way.places[0] if way.places else None

    def sequence(self) -> int | None:
        """Return the place in a history where a page begins, the number of a version; None at the start.

        Raises `Invalid` for the token of another query.
        """
        place = self.place()
        if place is None:
            return None
        if len(place) != 1 or not isinstance(place[0], int):
            raise Invalid("the paging token does not belong to this query", location=PAGE)
        return place[0]

    def links(self, after: Sequence[object] | None) -> dict[str, str]:
        """`self`; `next` where more follows `after`; `first`, `prev` and `last` where there are pages."""
        here, way = self.call.parameter(PAGE), self._way()
        links = {"self": self._address((*self.applied, *(((PAGE, here),) if here else ())))}
        if here or after is not None:
            links["first"] = self._address(self.applied)
        if way.places and (way.whole or len(way.places) > 1):
            links["prev"] = self._page(_Way(way.places[1:], way.whole))
        if after is not None:
            links["next"] = self._page(_Way((tuple(after), *way.places), way.whole))
        elif here:
            links["last"] = links["self"]
        return links

    def _way(self) -> "_Way":
        token = self.call.parameter(PAGE)
        if token is None:
            return _Way((), whole=True)
        return _Way.read(self.tokens.read(self.scope, self._query(), token, self.call.now))

    def _page(self, way: "_Way") -> str:
        if not way.places:
            return self._address(self.applied)
        token = self.tokens.issue(self.scope, self._query(), way.written(), self.call.now)
        return self._address((*self.applied, (PAGE, token)))

    def _query(self) -> str:
        return f"{self.path}?{urlencode(self.applied)}"

    def _address(self, pairs: Pairs) -> str:
        """An address with these parameters, and the format that is asked for: it is not part of the query."""
        asked = self.call.parameter(FORMAT)
        query = urlencode((*pairs, *(((FORMAT, asked),) if asked else ())), safe=":,/|")
        return f"{self.base}/{self.path}".rstrip("/") + (f"?{query}" if query else "")


@dataclass(frozen=True, slots=True)
class _Way:
    """The places of a page and of those before it, the nearest first; `whole` where none is left out."""

    places: tuple[tuple[object, ...], ...]
    whole: bool

    @staticmethod
    def read(listed: Sequence[object]) -> "_Way":
        """The way that `written` wrote; raises `Invalid` for anything else."""
        whole, *rest = listed or (None,)
        places: list[tuple[object, ...]] = []
        while rest:
            length, *rest = rest
            if not isinstance(length, int) or length > len(rest):
                raise Invalid("the paging token does not belong to this query", location=PAGE)
            places.append(from_token(rest[:length]))
            rest = rest[length:]
        return _Way(tuple(places), bool(whole))

    def written(self) -> list[object]:
        """What a token holds: as many places as make no address too long."""
        kept: list[object] = []
        whole = self.whole
        for number, place in enumerate(self.places):
            part = [len(place), *to_token(place)]
            if number and (len(kept) + len(part) > _MOST_VALUES or _length(kept) + _length(part) > _LONGEST):
                whole = False
                break
            kept += part
        return [whole, *kept]


def _length(values: Sequence[object]) -> int:
    return sum(len(each) for each in values if isinstance(each, str))
