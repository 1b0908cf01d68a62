"""What a signed token of a provider is for: access, or something that must not open a door.

A provider signs tokens of several kinds with the same keys. `typ` in the header tells them apart where the
provider sets it (RFC 9068 2.1, 4; RFC 8725 3.11); many send `JWT` or nothing, and then the claims do: those
that only an ID token has (OpenID Connect Core 2, 3.1.3.6), a security event (RFC 8417 2.2), and the `typ`
claim of Keycloak. Access tokens of Keycloak may carry `nonce`, but always with their scope; those of Entra ID
without a user carry neither; Auth0's carry `scope`.
"""

from collections.abc import Mapping
from typing import Any

TOKEN_TYPE = "at+jwt"  # noqa: S105 - RFC 9068 2.1
_PLAIN = "jwt"
_OF_ID_TOKENS = frozenset({"nonce", "at_hash", "c_hash", "s_hash"})
_OF_EVENTS = frozenset({"events", "toe"})  # logout tokens are security events, too
_BEARING = frozenset({"bearer", "dpop"})  # Keycloak's other kinds: ID, Refresh, Offline, Logout …


def is_for_access(header: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
    """Whether a token with this header and these claims, both believed, is an access token."""
    kind = _media_type(header.get("typ"))
    if kind == TOKEN_TYPE:
        return True
    if kind not in (None, _PLAIN) or _OF_EVENTS & claims.keys():
        return False
    own = claims.get("typ")
    if own is not None and (not isinstance(own, str) or own.lower() not in _BEARING):
        return False
    return not _OF_ID_TOKENS & claims.keys() or bool(scopes_of(claims))


def _media_type(typ: Any) -> str | None:
    """The `typ` of a header without what may be left out: case and `application/` (RFC 7515 4.1.9)."""
    if typ is None:
        return None
    return str(typ).lower().removeprefix("application/")


def scopes_of(claims: Mapping[str, Any]) -> frozenset[str] | None:
    """The scopes of a token: `scope` (RFC 9068 2.2.3), or `scp` as some providers call it; None without.

    A claim that is neither text nor list names nothing.
    """
    found = claims.get("scope", claims.get("scp"))
    if found is None:
        return None
    named = found.split() if isinstance(found, str) else found
    return (
        frozenset(each for each in named if isinstance(each, str)) if isinstance(named, list) else frozenset()
    )
