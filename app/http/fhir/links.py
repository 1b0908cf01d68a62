"""Addresses of pages: `self` says what was applied, `next` carries a signed place (R4 http.html#paging)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from urllib.parse import urlencode

from app.http.fhir.exchange import Call, Pairs
from app.wiring import Services
from graph.errors import Invalid
from graph.scope import AccessScope

PAGE = "_page"
_ENDS = {inf: "+infinity", -inf: "-infinity"}  # JSON has no such numbers, and no folded text such a sign
_NUMBERS = {text: number for number, text in _ENDS.items()}


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of one question: its path below the base, and the parameters that were applied."""

    services: Services
    scope: AccessScope
    call: Call
    path: str
    applied: Pairs

    def place(self) -> tuple[object, ...] | None:
        """Where the page that is asked for begins; None for the first one."""
        token = self.call.parameter(PAGE)
        if token is None:
            return None
        found = self.services.page_tokens.read(self.scope, self._query(), token, self.call.now)
        return tuple(_NUMBERS.get(each, each) if isinstance(each, str) else each for each in found)

    def sequence(self) -> int | None:
        """The same for a history, whose places are numbers of versions."""
        place = self.place()
        if place is None:
            return None
        if len(place) != 1 or not isinstance(place[0], int):
            raise Invalid("the paging token does not belong to this query", location=PAGE)
        return place[0]

    def links(self, after: Sequence[object] | None) -> dict[str, str]:
        """`self`, and `next` where more follows `after`."""
        links = {"self": self._address(self.applied)}
        if after is not None:
            keyset = [_ENDS.get(each, each) if isinstance(each, float) else each for each in after]
            token = self.services.page_tokens.issue(self.scope, self._query(), keyset, self.call.now)
            links["next"] = self._address((*self.applied, (PAGE, token)))
        return links

    def _query(self) -> str:
        return f"{self.path}?{urlencode(self.applied)}"

    def _address(self, pairs: Pairs) -> str:
        query = urlencode(pairs, safe=":,/|")
        return f"{self.services.reading.base}/{self.path}" + (f"?{query}" if query else "")
