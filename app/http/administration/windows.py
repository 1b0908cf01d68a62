"""The window of a list: how many, and after which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from app.http.administration.description import MOST_LISTED, USUALLY_LISTED
from app.http.kit.parameters import require_only
from graph.errors import Invalid

_LONGEST = 128
_LONGEST_MOMENT = 18


@dataclass(frozen=True, slots=True)
class ListWindow:
    """What a request asks of a list: at most `limit`, after the one that `after` names."""

    limit: int
    after: str
    arguments: Mapping[str, str]

    @classmethod
    def of(cls, arguments: Mapping[str, str], *known: str) -> "ListWindow":
        """The window of a query; raises `Invalid`, also for a parameter that is not `known`."""
        require_only("limit", "after", *known, given=arguments)
        text = arguments.get("limit", str(USUALLY_LISTED))
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_LISTED))):
            raise _no_limit()
        if not 1 <= int(text) <= MOST_LISTED:
            raise _no_limit()
        return cls(int(text), arguments.get("after", "")[:_LONGEST], arguments)

    def place(self) -> tuple[int, str] | None:
        """The moment and the id of the last one of the page before; None for the first page.

        Raises `Invalid`.
        """
        if not self.after:
            return None
        moment, comma, name = self.after.partition(",")
        if not (comma and moment.isascii() and moment.isdigit() and len(moment) <= _LONGEST_MOMENT):
            raise Invalid("after is what the link to the next page says", location="after")
        return int(moment), name

    def page(self, name: str, shown: Sequence[Mapping[str, Any]], address: str, last: str) -> dict[str, Any]:
        """A page as JSON; with the address of the next one, after the `last`, where there may be one."""
        return self.whole(name, shown, address, last if len(shown) == self.limit else None)

    def whole(
        self, name: str, shown: Sequence[Mapping[str, Any]], address: str, last: str | None
    ) -> dict[str, Any]:
        """A page as JSON; with the address of the next one after the `last`, None where there is none."""
        body: dict[str, Any] = {name: list(shown)}
        if last is not None:
            body["next"] = f"{address}?{urlencode({**self.arguments, 'after': last})}"
        return body


def _no_limit() -> Invalid:
    return Invalid(f"limit is a whole number from 1 to {MOST_LISTED}", location="limit")
