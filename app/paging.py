"""Paging tokens: where the next page begins, for this caller and this query only.

A token is the keyset of the last row, signed together with caller, role, tenant, partition, query and expiry.
The latter are not in the token, so it tells nothing, and a foreign, edited or late one is refused. Every page
is authorised again; the token grants nothing.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import orjson

from graph.errors import Invalid
from graph.scope import AccessScope

_MAC = 16
_EXPIRY = 5
_LONGEST = 8192
_MICROSECONDS = 1_000_000
LIFETIME_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class PageTokens:
    """Makes and reads paging tokens under a secret key; `lifetime` is in seconds."""

    key: bytes
    lifetime: int = LIFETIME_SECONDS

    def issue(self, scope: AccessScope, query: str, keyset: Sequence[object], now: int) -> str:
        """A token for the page after `keyset` (numbers, text, booleans, None); `now` in µs since the epoch.

        `query` is the normal form of the question: everything but the token itself.
        """
        expiry = (now // _MICROSECONDS + self.lifetime).to_bytes(_EXPIRY)
        place = expiry + orjson.dumps(list(keyset))
        return _text(self._sign(scope, query, place) + place)

    def read(self, scope: AccessScope, query: str, token: str, now: int) -> tuple[object, ...]:
        """The keyset of a token.

        Raises `Invalid` when it is edited, another's, of another query, or expired.
        """
        raw = _bytes(token)
        place = raw[_MAC:]
        if len(place) <= _EXPIRY or not hmac.compare_digest(raw[:_MAC], self._sign(scope, query, place)):
            raise Invalid("the paging token does not belong to this query", code="value")
        if int.from_bytes(place[:_EXPIRY]) < now // _MICROSECONDS:
            raise Invalid("the paging token has expired; ask for the first page again", code="expired")
        return tuple(orjson.loads(place[_EXPIRY:]))

    def _sign(self, scope: AccessScope, query: str, place: bytes) -> bytes:
        owner = [scope.tenant, scope.partition, scope.subject, scope.role, query]
        bound = sha256(orjson.dumps(owner)).digest()
        return hmac.digest(self.key, b"hilum page\0" + bound + place, "sha256")[:_MAC]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _bytes(token: str) -> bytes:
    if len(token) > _LONGEST or not token.isascii():
        return b""
    try:
        return urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (Base64Error, ValueError):
        return b""
