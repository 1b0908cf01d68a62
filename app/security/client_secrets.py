"""Secrets of clients: made here, kept as scrypt hashes (RFC 7914), compared in constant time.

Hashing is slow on purpose, so it is done one at a time in a process, and who waits too long is sent away: a
flood of wrong secrets costs one core, not the gateway.
"""

import hmac
import secrets
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from hashlib import scrypt
from threading import Semaphore

from graph.errors import Throttled

_COST, _BLOCK, _LANES = 1 << 14, 8, 1  # 16 MiB and some 40 ms
_SALT, _DIGEST = 16, 32
_PATIENCE = 3.0
LONGEST_SECRET = 256
_one_at_a_time = Semaphore(1)


def new_secret() -> str:
    """A secret of 256 bits."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Return the salted hash of a secret, with its own parameters.

    Raises `Throttled` where too many are computed at a time.
    """
    salt = secrets.token_bytes(_SALT)
    return _kept_form(salt, _slow(secret, salt, (_COST, _BLOCK, _LANES)))


def _kept_form(salt: bytes, digest: bytes) -> str:
    parts = (_COST, _BLOCK, _LANES, b64encode(salt).decode(), b64encode(digest).decode())
    return "$".join(("scrypt", *map(str, parts)))


_NOBODYS = _kept_form(bytes(_SALT), bytes(_DIGEST))


def is_secret_of(kept: str | None, secret: str) -> bool:
    """Whether the secret is the one that was hashed; without a hash it takes as long to say no.

    Raises `Throttled` when others are ahead for too long.
    """
    if len(secret) > LONGEST_SECRET:
        return False
    try:
        _, cost, block, lanes, salt, digest = (kept or _NOBODYS).split("$")
        computed = _slow(secret, b64decode(salt), (int(cost), int(block), int(lanes)))
        return hmac.compare_digest(computed, b64decode(digest)) and kept is not None
    except (ValueError, Base64Error):
        return False


def _slow(secret: str, salt: bytes, parameters: tuple[int, int, int]) -> bytes:
    cost, block, lanes = parameters
    if not _one_at_a_time.acquire(timeout=_PATIENCE):
        raise Throttled("too many sign-ins at a time", retry_after=5)
    try:
        raw = secret.encode("utf-8", "surrogatepass")
        return scrypt(raw, salt=salt, n=cost, r=block, p=lanes, dklen=_DIGEST)
    finally:
        _one_at_a_time.release()
