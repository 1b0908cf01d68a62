"""The public keys that a client signs its assertions with: registered as a JWK set, or fetched from its own.

What was fetched serves for a few minutes; a key that is not among them is asked for again, at most twice a
minute, so that a client may change its keys whenever it likes (SMART App Launch 2.2, client-confidential-
asymmetric.html).
"""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey, import_key

from app.outgoing import Reach, fetch
from app.security.tokens import PublicKey
from graph.authorization.clients import RegisteredClient
from graph.errors import HilumError, Invalid

ASSERTION_ALGORITHMS = ("RS384", "ES384")
FRESH_SECONDS = 300.0
PAUSE_SECONDS = 30.0
_LARGEST = 256 << 10
_MOST_KEYS = 32
_SHORTEST_RSA = 2048  # bits (RFC 7518 3.3)
_MOST_CLIENTS = 1_000


def keys_of(document: Any) -> Mapping[str, PublicKey]:
    """The keys of a JWK set by their kid (RFC 7517 5): those that RS384 and ES384 are verified with.

    Raises `Invalid` for what is no JWK set, holds a private key, or none of these.
    """
    listed = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(listed, list) or len(listed) > _MOST_KEYS:
        raise Invalid(
            "a JWK set is an object with a list of at most %(most)s keys", location="jwks", most=_MOST_KEYS
        )
    found: dict[str, PublicKey] = {}
    for each in listed:
        if not isinstance(each, Mapping):
            raise Invalid("a key of a JWK set is an object", location="jwks")
        if "d" in each or each.get("kty") == "oct":
            raise Invalid(
                "a private or a shared key is nobody's to give away: register the public one", location="jwks"
            )
        kid, key = each.get("kid"), _readable(each)
        if isinstance(kid, str) and key is not None and each.get("use", "sig") == "sig":
            found[kid] = key
    if not found:
        raise Invalid("the JWK set has no key for RS384 or ES384 with a kid", location="jwks")
    return found


def _readable(document: Mapping[str, Any]) -> PublicKey | None:
    try:
        key = import_key(dict(document))
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, RSAKey):
        return key if key.raw_value.key_size >= _SHORTEST_RSA else None
    return key if isinstance(key, ECKey) and document.get("crv") == "P-384" else None


def parsed_keys(text: str | bytes) -> Mapping[str, PublicKey]:
    """The keys of the text of a JWK set; raises `Invalid`."""
    try:
        document = orjson.loads(text)
    except ValueError:
        raise Invalid("a JWK set is JSON", location="jwks") from None
    return keys_of(document)


@dataclass(slots=True)
class _Fetched:
    keys: Mapping[str, PublicKey] = field(default_factory=dict)
    fresh_until: float = float("-inf")
    tried: float = float("-inf")


class ClientKeys:
    """Finds keys of clients; safe between threads. `allowed` are origins inside the network."""

    def __init__(self, allowed: Collection[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._reach = Reach(frozenset(allowed), public=True)
        self._clock = clock
        self._fetched: dict[str, _Fetched] = {}
        self._lock = Lock()

    def find(self, client: RegisteredClient, kid: str) -> PublicKey | None:
        """The key of a client by its kid; None where it has no such key, or its keys cannot be had."""
        if client.jwks is not None:
            return parsed_keys(client.jwks).get(kid)
        return self._remote(client.jwks_uri, kid) if client.jwks_uri else None

    def _remote(self, url: str, kid: str) -> PublicKey | None:
        now = self._clock()
        with self._lock:
            if len(self._fetched) > _MOST_CLIENTS:
                self._fetched.clear()
            known = self._fetched.setdefault(url, _Fetched())
            lacking = kid not in known.keys or now > known.fresh_until
            if not lacking or now - known.tried < PAUSE_SECONDS:
                return known.keys.get(kid) if now <= known.fresh_until else None
            known.tried = now
        try:
            keys = parsed_keys(fetch(url, self._reach, _LARGEST))
        except HilumError:
            return known.keys.get(kid) if now <= known.fresh_until else None
        with self._lock:
            known.keys, known.fresh_until = keys, now + FRESH_SECONDS
        return keys.get(kid)
