"""Fetches the lines of an import, of the addresses alone that the settings allow.

An address is allowed by its origin (scheme, host and port).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from app.outgoing import Reach, outgoing
from graph.errors import Invalid, TooLarge

_SECONDS = (10.0, 60.0)  # to connect, and between two chunks
_CHUNK = 4 << 20


@dataclass(frozen=True, slots=True)
class Fetching:
    """Fetches from `origins`, at most `largest` bytes of one address."""

    origins: frozenset[str]
    largest: int

    def allows(self, url: str) -> bool:
        """Whether the address is below one of the origins."""
        return Reach(self.origins).allows(url)

    def fetch(self, url: str) -> Iterator[bytes]:
        """The bytes behind an address.

        Raises `Invalid` where there are none or the address is not allowed, `TooLarge` beyond the limit,
        `Unavailable` where the other side does not answer.
        """
        if not self.allows(url):
            raise Invalid("the address is none of HILUM_IMPORT_ORIGINS", location="input.url")
        with outgoing(url, Reach(self.origins), seconds=_SECONDS) as answer:
            if answer.status_code != HTTPStatus.OK:
                raise Invalid(f"the address of an import answers {answer.status_code}", location="input.url")
            size = 0
            for chunk in answer.iter_content(_CHUNK):
                size += len(chunk)
                if size > self.largest:
                    raise TooLarge(f"more than {self.largest} bytes", location="input.url")
                yield chunk
