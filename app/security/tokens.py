"""Access tokens: signed JWTs (RFC 7519, RFC 9068), issued and verified.

A token is believed when its algorithm is one of a pinned few, its key is one of ours, and `exp`, `iss`, `aud`
and `sub` are there and right. Where its header points to keys (`jku`, `x5u`, `jwk`) it is refused unread.
What a provider signs for another purpose, as its ID tokens, is no access token (`token_kinds.py` beside).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

import orjson
from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    JoseError,
    MissingClaimError,
    UnsupportedAlgorithmError,
)
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry, extract_compact

from app.security.keys import ALGORITHM, SigningKey
from app.security.policy import PERMISSIONS
from app.security.token_grants import TokenGrant, grant_of
from app.security.token_kinds import TOKEN_TYPE, is_for_access, scopes_of
from graph.allowances import Allowances
from graph.errors import Unauthenticated

LONGEST_TOKEN = 8192
LONGEST_SUBJECT = 255
LONGEST_LIFE = 24 * 3600  # seconds; a token that lives longer was not meant for this
LEEWAY_SECONDS = 5
OUTSIDE = "oidc:"  # what the names of people begin with whom a provider knows
POINTERS = frozenset({"jku", "x5u", "jwk", "x5c", "crit", "b64", "zip"})

PublicKey: TypeAlias = ECKey | RSAKey | OKPKey


class Doubt(StrEnum):
    """Why a token is not believed, in the words of `error_description` (RFC 6750 3)."""

    MALFORMED = "it is no signed token that can be read"
    KEYS_INSIDE = "its header names keys of its own"
    ISSUER = "its issuer is not trusted here"
    KEY = "its key is not one of the issuer's"
    ALGORITHM = "its algorithm is not accepted"
    SIGNATURE = "its signature does not fit"
    TYPE = "it is no access token"
    EXPIRED = "it has expired"
    EARLY = "it is not valid yet"
    AUDIENCE = "it is meant for another audience"
    CLAIMS = "a claim is missing or malformed"
    LONG_LIVED = "it lives longer than is accepted"
    ACCOUNT = "its account is not there or is disabled"
    ENDED = "what it was authorized by has ended"


class InvalidToken(Unauthenticated):
    """The token is not believed; the answer says why: it helps the owner, and tells a forger nothing new."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__(f"the access token is not valid: {doubt}")
        self.doubt = doubt

    @property
    def challenge(self) -> str:
        """The value of WWW-Authenticate (RFC 6750 3)."""
        return f'Bearer realm="hilum", error="invalid_token", error_description="{self.doubt}"'


_OF_CLAIMS = {"iss": Doubt.ISSUER, "aud": Doubt.AUDIENCE, "nbf": Doubt.EARLY, "iat": Doubt.EARLY}
_OF_ERRORS: Mapping[type[Exception], Doubt] = {
    BadSignatureError: Doubt.SIGNATURE,
    UnsupportedAlgorithmError: Doubt.ALGORITHM,
    ExpiredTokenError: Doubt.EXPIRED,
    MissingClaimError: Doubt.CLAIMS,
}


@dataclass(frozen=True, slots=True)
class Principal:
    """Whom a token stands for; `role` is None for local accounts, whose role the registry knows.

    `roles` are all that a provider names, of which the first counts that is one of ours. `narrowed` is the
    token's own `scope`: permissions beyond it do not count; `allowances` are its SMART scopes, None where it
    has none, and `grant` what they came from. `client` is the app that it was issued to and `token` its id,
    both empty where it does not say. Times are seconds since the epoch.
    """

    subject: str
    tenant: str | None
    role: str | None
    local: bool
    expires: int
    narrowed: frozenset[str] | None = None
    allowances: Allowances | None = None
    grant: TokenGrant | None = None
    roles: tuple[str, ...] = ()
    client: str = ""
    token: str = ""


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
        client: str | None = None,
        more: Mapping[str, str | None] | None = None,
    ) -> str:
        """A token for a local account; `now` in seconds.

        `client` is whom it is issued to, the account itself without; `more` are claims beside.
        """
        claims: dict[str, Any] = {
            "iss": self.base_url,
            "aud": self.base_url,
            "sub": subject,
            "client_id": client or subject,
            "tenant": tenant,
            "iat": now,
            "exp": now + (lifetime or self.lifetime),
            "jti": token_id,
        }
        if scope:
            claims["scope"] = scope
        claims |= {name: value for name, value in (more or {}).items() if value is not None}
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
        if header.get("kid") != self.key.identifier:
            raise InvalidToken(Doubt.KEY)
        if header.get("typ") != TOKEN_TYPE:
            raise InvalidToken(Doubt.TYPE)
        expected = ExpectedClaims(self.issuer, self.issuer, (ALGORITHM,))
        claims = believed_claims(token, self.key.key, expected, now)
        tenant = claims.get("tenant")
        if not isinstance(tenant, str) or not tenant:
            raise InvalidToken(Doubt.CLAIMS)
        grant = grant_of(claims)
        narrowed = grant.permissions() if grant else scopes_of(claims)
        roles = tuple((_said(claims, "roles") or "").split())  # of a person of a provider, to an app
        return Principal(
            claims["sub"],
            tenant,
            None,
            not roles,
            int(claims["exp"]),
            narrowed,
            grant=grant,
            roles=roles,
            client=_said(claims, "client_id"),
            token=_said(claims, "jti"),
        )


@dataclass(frozen=True, slots=True)
class ProviderVerifier:
    """Believes the tokens of an outside OpenID provider; `keys` looks a public key up by its kid.

    Subjects are marked `oidc:`, and with the `name` of the provider where it has one, so that none can be
    taken for a local account of the same name or for a person of one of the `others`. A token whose
    scope names permissions of ours is narrowed to those. Where it names none, it is one that the provider
    gives for other purposes (`openid profile`), and the role decides; with `scopes_required` it may nothing.
    """

    issuer: str
    audience: str
    algorithms: tuple[str, ...]
    keys: Callable[[str, float], PublicKey | None]
    role_of: Callable[[Mapping[str, Any]], str | None]
    scopes_required: bool = False
    name: str = ""
    others: frozenset[str] = frozenset()
    roles_of: Callable[[Mapping[str, Any]], tuple[str, ...]] = lambda claims: ()

    def verify(self, token: str, now: int) -> Principal:
        """Whom the token stands for; raises `InvalidToken`, or `Unavailable` without its keys."""
        header = readable_header(token)
        kid = header.get("kid")
        key = self.keys(kid, now) if isinstance(kid, str) else None
        if key is None:
            raise InvalidToken(Doubt.KEY)
        expected = ExpectedClaims(self.issuer, self.audience, self.algorithms)
        claims = believed_claims(token, key, expected, now)
        if not is_for_access(header, claims):
            raise InvalidToken(Doubt.TYPE)
        if claims["sub"].partition(":")[0] in self.others:
            raise InvalidToken(Doubt.CLAIMS)
        return Principal(
            f"{OUTSIDE}{self.name}{':' if self.name else ''}{claims['sub']}",
            None,
            self.role_of(claims),
            False,
            int(claims["exp"]),
            self._narrowed(claims),
            grant=grant_of(claims),
            roles=self.roles_of(claims),
            client=_said(claims, "client_id", "azp"),
            token=_said(claims, "jti"),
        )

    def _narrowed(self, claims: Mapping[str, Any]) -> frozenset[str] | None:
        if grant := grant_of(claims):
            return grant.permissions()
        ours = (scopes_of(claims) or frozenset()) & PERMISSIONS.keys()
        return ours if ours or self.scopes_required else None


def _said(claims: Mapping[str, Any], *names: str) -> str:
    """What the first of the claims says that is a text, cut; empty where none is."""
    found = (claims[name] for name in names if isinstance(claims.get(name), str))
    return next(found, "")[:LONGEST_SUBJECT]


def readable_header(token: str) -> Mapping[str, Any]:
    """The header of a token, not yet believed.

    Raises `InvalidToken` when it is no token or points to keys.
    """
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise InvalidToken(Doubt.MALFORMED)
    try:
        header = extract_compact(token.encode("ascii"), registry=header_registry()).headers()
    except (JoseError, ValueError) as error:
        raise InvalidToken(Doubt.MALFORMED) from error
    if not isinstance(header, dict):
        raise InvalidToken(Doubt.MALFORMED)
    if POINTERS & header.keys():
        raise InvalidToken(Doubt.KEYS_INSIDE)
    return header


def claims_unverified(token: str) -> Mapping[str, Any]:
    """What a token says of itself, not yet believed; raises `InvalidToken` when it is none."""
    readable_header(token)
    try:
        claims = orjson.loads(extract_compact(token.encode("ascii"), registry=header_registry()).payload)
    except ValueError as error:
        raise InvalidToken(Doubt.MALFORMED) from error
    return claims if isinstance(claims, dict) else {}


def claimed_issuer(token: str) -> str:
    """Whose token it says it is, not yet believed: it only chooses who verifies. Raises `InvalidToken`."""
    issuer = claims_unverified(token).get("iss")
    return issuer if isinstance(issuer, str) else ""


def seconds_left(token: str, now: int) -> int:
    """For how many seconds a token is good, which was believed before; `now` in s since the epoch."""
    expires = claims_unverified(token).get("exp")
    return max(0, int(expires) - now) if isinstance(expires, int) else 0


@dataclass(frozen=True, slots=True)
class ExpectedClaims:
    """What a token must say of itself."""

    issuer: str
    audience: str
    algorithms: Collection[str]


def believed_claims(token: str, key: PublicKey, expected: ExpectedClaims, now: int) -> dict[str, Any]:
    """The claims of a token whose signature and claims hold; raises `InvalidToken`.

    Members of the header that are nobody's here (`nonce`, `ver`, `cat` …) are ignored (RFC 7515 4); what must
    not be ignored stands in `crit`, and such a token was refused unread.
    """
    try:
        claims = jwt.decode(token, key, registry=header_registry(expected.algorithms)).claims
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
        raise InvalidToken(_doubt(error)) from error
    if len(claims["sub"]) > LONGEST_SUBJECT:
        raise InvalidToken(Doubt.CLAIMS)
    if claims["exp"] - now > LONGEST_LIFE + LEEWAY_SECONDS:
        raise InvalidToken(Doubt.LONG_LIVED)
    return claims


def header_registry(algorithms: Collection[str] = ()) -> JWSRegistry:
    """What the library is to accept: a header as long as a token may be, with any members."""
    registry = JWSRegistry(algorithms=algorithms, strict_check_header=False)
    registry.max_header_length = LONGEST_TOKEN
    return registry


def _doubt(error: Exception) -> Doubt:
    if isinstance(error, InvalidClaimError):
        return _OF_CLAIMS.get(error.claim, Doubt.CLAIMS)
    return next((doubt for kind, doubt in _OF_ERRORS.items() if isinstance(error, kind)), Doubt.MALFORMED)
