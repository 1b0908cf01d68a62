"""From an Authorization header to rights: verify the token, look the account up, build the scope.

A verified token is remembered by its hash until it expires, for a minute at most; rights are remembered for a
minute, or two seconds where they come from grants or an app has them. So a disabled user, a revoked grant or
what somebody authorized and ended stops working within that time, in every process. When the graph or the
provider does not answer, nobody gets in.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Generic, TypeVar

from app.security.policy import DEPENDS_ON_GRANTS
from app.security.scopes import scope_for, system_scope
from app.security.token_grants import TokenGrant
from app.security.tokens import Doubt, InvalidToken, Principal, Verifier, claimed_issuer
from graph.accounts.accounts import AccountStore, Grants
from graph.authorization.authorizations import AuthorizationStore
from graph.errors import Unauthenticated
from graph.scope import AccessScope

TOKEN_SECONDS = 60.0
RIGHTS_SECONDS = 60.0
GRANTS_SECONDS = 2.0
_MOST = 10_000
_MICROSECONDS = 1_000_000

_K = TypeVar("_K")
_V = TypeVar("_V")


class _Remembered(Generic[_K, _V]):
    """Values with a last moment; emptied when full, which costs some look-ups and never a wrong answer."""

    def __init__(self) -> None:
        self._kept: dict[_K, tuple[float, _V]] = {}

    def get(self, key: _K, now: float) -> _V | None:
        found = self._kept.get(key)
        return found[1] if found is not None and now < found[0] else None

    def keep(self, key: _K, value: _V, until: float) -> None:
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[key] = (until, value)


@dataclass(frozen=True, slots=True)
class _Caller:
    """What rights depend on, without the token's own times."""

    subject: str
    tenant: str
    role: str | None
    narrowed: frozenset[str] | None
    grant: TokenGrant | None


def _bearer(header: str | None) -> str:
    """The token of an Authorization header (RFC 6750 2.1)."""
    scheme, _, token = (header or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("this needs an access token: Authorization: Bearer ...", code="login")
    return token.strip()


class Authenticator:
    """Turns Authorization headers into scopes; safe between threads."""

    def __init__(
        self,
        verifiers: Sequence[Verifier],
        accounts: AccountStore,
        tenant: str,
        clock: Callable[[], float] = time.time,
        authorizations: AuthorizationStore | None = None,
    ) -> None:
        self._verifiers = {each.issuer: each for each in verifiers}
        self._accounts = accounts
        self._tenant = tenant
        self._clock = clock
        self._authorizations = authorizations
        self._principals: _Remembered[bytes, Principal] = _Remembered()
        self._scopes: _Remembered[_Caller, AccessScope] = _Remembered()

    def __call__(self, header: str | None) -> AccessScope:
        """The rights of the bearer.

        Raises `Unauthenticated`, `Forbidden` without a role, or `Unavailable`.
        """
        now = self._clock()
        principal = self._identify(_bearer(header), now)
        tenant = principal.tenant or self._tenant
        caller = _Caller(principal.subject, tenant, principal.role, principal.narrowed, principal.grant)
        scope = self._scopes.get(caller, now)
        if scope is None:
            scope = self._look_up(principal, tenant)
            brief = scope.role in DEPENDS_ON_GRANTS or principal.grant is not None
            lasts = GRANTS_SECONDS if brief else RIGHTS_SECONDS
            self._scopes.keep(caller, scope, now + lasts)
        return scope

    def _identify(self, token: str, now: float) -> Principal:
        digest = sha256(token.encode("utf-8", "surrogateescape")).digest()
        principal = self._principals.get(digest, now)
        if principal is None:
            principal = self._verifier(token).verify(token, int(now))
            self._principals.keep(digest, principal, min(principal.expires, now + TOKEN_SECONDS))
        return principal

    def _verifier(self, token: str) -> Verifier:
        verifier = self._verifiers.get(claimed_issuer(token))
        if verifier is None:
            raise InvalidToken(Doubt.ISSUER)
        return verifier

    def of_account(self, name: str) -> AccessScope:
        """The rights of a local account as they are now, whoever asks in its name.

        Raises `Unauthenticated` where it is gone or disabled, and `Forbidden` without a role.
        """
        return self._rights(Principal(name, self._tenant, None, True, 0), self._tenant)

    def _look_up(self, principal: Principal, tenant: str) -> AccessScope:
        grant = principal.grant
        if grant is None:
            return self._rights(principal, tenant)
        if grant.authorization is not None and not self._is_open(tenant, grant.authorization):
            raise InvalidToken(Doubt.ENDED)
        scope = self._rights(replace(principal, allowances=grant.allowances(tenant)), tenant)
        return replace(scope, authorization=grant.authorization)

    def _is_open(self, tenant: str, authorization: str) -> bool:
        """Whether what an app was authorized by has not ended; where nobody can say, it has."""
        now = int(self._clock() * _MICROSECONDS)
        kept = self._authorizations
        return kept is not None and kept.find(system_scope(tenant), authorization, now) is not None

    def _rights(self, principal: Principal, tenant: str) -> AccessScope:
        account = self._accounts.find(system_scope(tenant), principal.subject)
        if account is None:
            return scope_for(principal, tenant, _outside_role(principal), Grants())
        if account.disabled:
            raise InvalidToken(Doubt.ACCOUNT)
        role = account.role if principal.local else principal.role
        return scope_for(principal, tenant, role, account.grants)


def _outside_role(principal: Principal) -> str | None:
    """The role that a provider's claim gives; a local token whose account is gone is worth nothing."""
    if principal.local:
        raise InvalidToken(Doubt.ACCOUNT)
    return principal.role
