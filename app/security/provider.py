"""The public keys of an outside OpenID provider, fetched and kept; and the role that its claims name.

Fails closed: keys serve for an hour after they were last confirmed, then nothing of that provider is believed
until it answers again. A key that is not known is asked for at most once a minute, whoever invents kids.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeAlias

import orjson
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from app.config import Config
from app.outgoing import Reach, fetch, origin_of
from app.security.forms import ROLE_NAME
from app.security.roles import SHIPPED
from app.security.tokens import ProviderVerifier, PublicKey
from graph.errors import HilumError, Unavailable

FRESH_SECONDS = 600
USABLE_SECONDS = 3600
PAUSE_SECONDS = 60
_LARGEST = 1 << 20
_MOST_ROLES = 200  # of one claim: groups of a large organisation are names of roles, too
_log = structlog.get_logger("hilum.provider")

Fetch: TypeAlias = Callable[[], Mapping[str, Any]]
RolesIn: TypeAlias = Callable[[Mapping[str, Any]], tuple[str, ...]]
"""Reads names of roles from claims."""


@dataclass(slots=True)
class ProviderKeys:
    """The provider's keys by kid.

    Called with a kid and the time in seconds. `Unavailable` when they are stale.
    """

    fetch: Fetch
    _keys: dict[str, PublicKey] = field(default_factory=dict)
    _confirmed: float = float("-inf")
    _tried: float = float("-inf")
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, kid: str, now: float) -> PublicKey | None:
        """The key of that kid, or None where the provider has no such key."""
        with self._lock:
            stale = now - self._confirmed > FRESH_SECONDS
            if (stale or kid not in self._keys) and now - self._tried > PAUSE_SECONDS:
                self._refresh(now)
            if now - self._confirmed > USABLE_SECONDS:
                raise Unavailable("the sign-in provider does not answer now", retry_after=PAUSE_SECONDS)
            return self._keys.get(kid)

    def _refresh(self, now: float) -> None:
        self._tried = now
        try:
            self._keys = dict(_usable(self.fetch()))
            self._confirmed = now
        except (HilumError, ValueError, TypeError) as error:
            _log.warning("provider keys not fetched", error=type(error).__name__)


def _usable(document: Mapping[str, Any]) -> list[tuple[str, PublicKey]]:
    """The public signature keys of a JWK set; symmetric keys and what cannot be read are left out."""
    found: list[tuple[str, PublicKey]] = []
    for each in document.get("keys", []):
        try:
            key = import_key(each)
        except (JoseError, ValueError, TypeError):
            continue
        kid = each.get("kid")
        if (
            isinstance(key, ECKey | RSAKey | OKPKey)
            and isinstance(kid, str)
            and each.get("use", "sig") == "sig"
        ):
            found.append((kid, key))
    return found


def fetch_from(url: str, issuer: str = "") -> Fetch:
    """Fetches a JSON object from an address of the settings, or one that the `issuer` of the settings names.

    That leads to the issuer's origin, or to the public network over https. The proxy of the environment is
    asked. Raises, when called, what `app.outgoing.fetch` raises, and `ValueError` for anything else than an
    object.
    """
    named = frozenset(each for each in (origin_of(issuer or url),) if each)
    reach = Reach(named, public=bool(issuer), proxied=True)

    def fetched() -> Mapping[str, Any]:
        found = orjson.loads(fetch(url, reach, _LARGEST))
        if not isinstance(found, dict):
            raise ValueError("the provider's keys are no JWK set")
        return found

    return fetched


def role_in(claim: str) -> Callable[[Mapping[str, Any]], str | None]:
    """Reads the first role that is shipped from a claim, a text or a list; dots reach into objects."""
    return first_shipped(roles_in(claim))


def first_shipped(named: RolesIn) -> Callable[[Mapping[str, Any]], str | None]:
    """Reads the first that is shipped of the roles that are read."""
    return lambda claims: next((role for role in named(claims) if role in SHIPPED), None)


def roles_in(claim: str) -> RolesIn:
    """Reads all that may be names of roles, the tenant's own too, from such a claim."""

    def read(claims: Mapping[str, Any]) -> tuple[str, ...]:
        found: Any = claims
        for name in claim.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
        named = found.split() if isinstance(found, str) else found
        roles = named if isinstance(named, list) else []
        return tuple(each for each in roles[:_MOST_ROLES] if isinstance(each, str) and ROLE_NAME.match(each))

    return read


def provider_verifier(config: Config) -> ProviderVerifier | None:
    """The verifier of the configured provider, if there is one."""
    if not (config.oidc_issuer and config.oidc_audience and config.oidc_jwks_url):
        return None
    return ProviderVerifier(
        issuer=config.oidc_issuer,
        audience=config.oidc_audience,
        algorithms=config.oidc_algorithms,
        keys=ProviderKeys(fetch_from(config.oidc_jwks_url)),
        role_of=role_in(config.oidc_roles_claim),
        roles_of=roles_in(config.oidc_roles_claim),
        scopes_required=config.oidc_scopes_required,
    )
