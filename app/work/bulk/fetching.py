"""Fetches the lines of an import, of the addresses alone that the settings allow.

An address is allowed by its origin (scheme, host and port). No redirect is followed, since it would lead to
wherever its sender likes, and no credentials are sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import requests

from app.outgoing import origin_of, trust_the_system
from graph.errors import Invalid, TooLarge, Unavailable

_SECONDS = (10.0, 60.0)  # to connect, and between two chunks
_CHUNK = 4 << 20
_OK = 200


@dataclass(frozen=True, slots=True)
class Fetching:
    """Fetches from `origins`, at most `largest` bytes of one address."""

    origins: frozenset[str]
    largest: int

    def allows(self, url: str) -> bool:
        """Whether the address is below one of the origins."""
        return origin_of(url) in self.origins

    def fetch(self, url: str) -> Iterator[bytes]:
        """The bytes behind an address.

        Raises `Invalid` where there are none or the address is not allowed, `TooLarge` beyond the limit,
        `Unavailable` where the other side does not answer.
        """
        if not self.allows(url):
            raise Invalid("the address is none of HILUM_IMPORT_ORIGINS", location="input.url")
        trust_the_system()
        try:
            with requests.Session() as session:
                session.trust_env = False  # no password of a .netrc goes out, and no proxy is asked
                yield from self._chunks(session, url)
        except requests.RequestException as error:
            raise Unavailable("the address of an import does not answer") from error

    def _chunks(self, session: requests.Session, url: str) -> Iterator[bytes]:
        with session.get(url, stream=True, allow_redirects=False, timeout=_SECONDS) as answer:
            if answer.status_code != _OK:
                raise Invalid(f"the address of an import answers {answer.status_code}", location="input.url")
            size = 0
            for chunk in answer.iter_content(_CHUNK):
                size += len(chunk)
                if size > self.largest:
                    raise TooLarge(f"more than {self.largest} bytes", location="input.url")
                yield chunk
