"""Access tokens: signed JWTs (RFC 7519, RFC 9068), issued and verified.

A token is believed when its algorithm is one of a pinned few, its key is one of ours, and `exp`, `iss`, `aud`
and `sub` are there and right. Where its header points to keys (`jku`, `x5u`, `jwk`) it is refused unread.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import extract_compact

from app.security.keys import ALGORITHM, SigningKey
from graph.errors import Unauthenticated

LONGEST_TOKEN = 8192
LONGEST_SUBJECT = 255
LONGEST_LIFE = 24 * 3600  # seconds; a token that lives longer was not meant for this
LEEWAY_SECONDS = 5
TOKEN_TYPE = "at+jwt"  # noqa: S105 - RFC 9068 2.1
_POINTERS = frozenset({"jku", "x5u", "jwk", "x5c", "crit", "b64", "zip"})

PublicKey: TypeAlias = ECKey | RSAKey | OKPKey


class InvalidToken(Unauthenticated):
    """The token is not believed; why is not said, since only its forger would gain by it."""

    challenge = 'Bearer realm="hilum", error="invalid_token"'

    def __init__(self, message: str = "the access token is not valid or has expired") -> None:
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a token stands for; `role` is None for local accounts, whose role the registry knows.

    `narrowed` is the token's own `scope`: permissions beyond it do not count. Times are seconds since the
    epoch.
    """

    subject: str
    tenant: str | None
    role: str | None
    local: bool
    expires: int
    narrowed: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """Issues Hilum's own tokens; `lifetime` in seconds."""

    key: SigningKey
    base_url: str
    lifetime: int

    def issue(
        self,
        subject: str,
        tenant: str,
        *,
        now: int,
        token_id: str,
        scope: str | None = None,
        lifetime: int | None = None,
    ) -> str:
        """A token for a local account; `now` in seconds."""
        claims: dict[str, Any] = {
            "iss": self.base_url,
            "aud": self.base_url,
            "sub": subject,
            "client_id": subject,
            "tenant": tenant,
            "iat": now,
            "exp": now + (lifetime or self.lifetime),
            "jti": token_id,
        }
        if scope:
            claims["scope"] = scope
        header = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": self.key.identifier}
        return jwt.encode(header, claims, self.key.key, algorithms=[ALGORITHM])


class Verifier(Protocol):
    """Believes the tokens of one issuer."""

    @property
    def issuer(self) -> str:
        """The `iss` that it answers for."""

    def verify(self, token: str, now: int) -> Principal:
        """Whom the token stands for; raises `InvalidToken`, or `Unavailable` when keys cannot be had."""


@dataclass(frozen=True, slots=True)
class LocalVerifier:
    """Believes Hilum's own tokens."""

    key: SigningKey
    issuer: str

    def verify(self, token: str, now: int) -> Principal:
        """Whom the token stands for; raises `InvalidToken`."""
        header = readable_header(token)
        if header.get("kid") != self.key.identifier or header.get("typ") != TOKEN_TYPE:
            raise InvalidToken
        expected = ExpectedClaims(self.issuer, self.issuer, (ALGORITHM,))
        claims = believed_claims(token, self.key.key, expected, now)
        tenant = claims.get("tenant")
        if not isinstance(tenant, str) or not tenant:
            raise InvalidToken
        return Principal(claims["sub"], tenant, None, True, int(claims["exp"]), _narrowed(claims))


@dataclass(frozen=True, slots=True)
class ProviderVerifier:
    """Believes the tokens of an outside OpenID provider; `keys` looks a public key up by its kid.

    Subjects are marked `oidc:`, so that none can be taken for a local account of the same name.
    """

    issuer: str
    audience: str
    algorithms: tuple[str, ...]
    keys: Callable[[str, float], PublicKey | None]
    role_of: Callable[[Mapping[str, Any]], str | None]

    def verify(self, token: str, now: int) -> Principal:
        """Whom the token stands for; raises `InvalidToken`, or `Unavailable` without its keys."""
        kid = readable_header(token).get("kid")
        key = self.keys(kid, now) if isinstance(kid, str) else None
        if key is None:
            raise InvalidToken
        expected = ExpectedClaims(self.issuer, self.audience, self.algorithms)
        claims = believed_claims(token, key, expected, now)
        return Principal(f"oidc:{claims['sub']}", None, self.role_of(claims), False, int(claims["exp"]))


def readable_header(token: str) -> Mapping[str, Any]:
    """The header of a token, not yet believed.

    Raises `InvalidToken` when it is no token or points to keys.
    """
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise InvalidToken
    try:
        header = extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError) as error:
        raise InvalidToken from error
    if not isinstance(header, dict) or _POINTERS & header.keys():
        raise InvalidToken
    return header


def claimed_issuer(token: str) -> str:
    """Whose token it says it is, not yet believed: it only chooses who verifies. Raises `InvalidToken`."""
    readable_header(token)
    try:
        claims = orjson.loads(extract_compact(token.encode("ascii")).payload)
    except ValueError as error:
        raise InvalidToken from error
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    return issuer if isinstance(issuer, str) else ""


@dataclass(frozen=True, slots=True)
class ExpectedClaims:
    """What a token must say of itself."""

    issuer: str
    audience: str
    algorithms: Collection[str]


def believed_claims(token: str, key: PublicKey, expected: ExpectedClaims, now: int) -> dict[str, Any]:
    """The claims of a token whose signature and claims hold; raises `InvalidToken`."""
    try:
        claims = jwt.decode(token, key, algorithms=list(expected.algorithms)).claims
        rules = jwt.JWTClaimsRegistry(
            now=now,
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": expected.issuer},
            aud={"essential": True, "value": expected.audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        rules.validate(claims)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise InvalidToken from error
    if len(claims["sub"]) > LONGEST_SUBJECT or claims["exp"] - now > LONGEST_LIFE + LEEWAY_SECONDS:
        raise InvalidToken
    return claims


def _narrowed(claims: Mapping[str, Any]) -> frozenset[str] | None:
    scope = claims.get("scope")
    return frozenset(scope.split()) if isinstance(scope, str) else None
