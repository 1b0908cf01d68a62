"""Addresses of pages: `self` says what was applied, `next` an encrypted place (R4 http.html#paging)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from urllib.parse import urlencode

from app.http.fhir.exchange import FORMAT, Call
from app.http.fhir.parameters import PAGE
from app.paging import PageTokens
from app.records.search import Pairs
from graph.errors import Invalid
from graph.scope import AccessScope

_ENDS = {inf: "+infinity", -inf: "-infinity"}  # JSON has no such numbers, and no folded text such a sign
_NUMBERS = {text: number for number, text in _ENDS.items()}


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
        token = self.call.parameter(PAGE)
        if token is None:
            return None
        found = self.tokens.read(self.scope, self._query(), token, self.call.now)
        return tuple(_NUMBERS.get(each, each) if isinstance(each, str) else each for each in found)

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
        """`self`, and `next` where more follows `after`."""
        here = self.call.parameter(PAGE)
        links = {"self": self._address((*self.applied, *(((PAGE, here),) if here else ())))}
        if after is not None:
            keyset = [_ENDS.get(each, each) if isinstance(each, float) else each for each in after]
            token = self.tokens.issue(self.scope, self._query(), keyset, self.call.now)
            links["next"] = self._address((*self.applied, (PAGE, token)))
        return links

    def _query(self) -> str:
        return f"{self.path}?{urlencode(self.applied)}"

    def _address(self, pairs: Pairs) -> str:
        """An address with these parameters, and the format that is asked for: it is not part of the query."""
        asked = self.call.parameter(FORMAT)
        query = urlencode((*pairs, *(((FORMAT, asked),) if asked else ())), safe=":,/|")
        return f"{self.base}/{self.path}" + (f"?{query}" if query else "")
