"""Paging tokens: where the next page begins, for this caller and this query only.

A token is the keyset of the last row, encrypted (AES-SIV, RFC 5297) and bound to caller, role, tenant,
partition, query and expiry: serials and sequence numbers count the rows of the whole tenant, and nobody is to
learn them. A foreign, edited or late token is refused. Every page is authorised again; the token grants
nothing.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256, sha512
from math import inf

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from graph.errors import Invalid
from graph.scope import AccessScope

_EXPIRY = 5
_SHORTEST, _LONGEST = 23, 8192
_NUMBER = 24  # characters of every number, so that the length of a token tells none
_MICROSECONDS = 1_000_000
_ENDS = {inf: "+infinity", -inf: "-infinity"}  # JSON has no such numbers, and no folded text such a sign
_NUMBERS = {text: number for number, text in _ENDS.items()}
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
        place = expiry + b"[" + b",".join(map(_padded, keyset)) + b"]"
        return _text(self._cipher().encrypt(place, _bound(scope, query)))

    def read(self, scope: AccessScope, query: str, token: str, now: int) -> tuple[object, ...]:
        """The keyset of a token.

        Raises `Invalid` when it is edited, another's, of another query, or expired.
        """
        raw = _bytes(token)
        try:
            place = self._cipher().decrypt(raw, _bound(scope, query)) if len(raw) >= _SHORTEST else b""
        except InvalidTag:
            place = b""
        if not place:
            raise Invalid("the paging token does not belong to this query", code="value")
        if int.from_bytes(place[:_EXPIRY]) < now // _MICROSECONDS:
            raise Invalid("the paging token has expired; ask for the first page again", code="expired")
        return tuple(orjson.loads(place[_EXPIRY:]))

    def _cipher(self) -> AESSIV:
        return AESSIV(sha512(b"hilum page\0" + self.key).digest())


def to_token(keyset: Sequence[object]) -> list[object]:
    """A keyset as JSON can say it."""
    return [_ENDS.get(each, each) if isinstance(each, float) else each for each in keyset]


def from_token(keyset: Sequence[object]) -> tuple[object, ...]:
    """The keyset that `to_token` was given."""
    return tuple(_NUMBERS.get(each, each) if isinstance(each, str) else each for each in keyset)


def _bound(scope: AccessScope, query: str) -> list[bytes]:
    """What a token is bound to, and does not hold."""
    owner = [scope.tenant, scope.partition, scope.subject, scope.role, query]
    return [sha256(orjson.dumps(owner)).digest()]


def _padded(value: object) -> bytes:
    """The JSON of one value of a keyset; texts are those of a row that the caller has seen."""
    text = orjson.dumps(value)
    return text if isinstance(value, str) else text.ljust(_NUMBER)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _bytes(token: str) -> bytes:
    if len(token) > _LONGEST or not token.isascii():
        return b""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (Base64Error, ValueError):
        return b""
    return raw if _text(raw) == token else b""  # its last letter has bits that say nothing (RFC 4648 3.5)
