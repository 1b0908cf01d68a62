"""From credentials to rights: verify the token or find the session, look the account up, build the scope.

A verified token is remembered by its hash until it expires, for a minute at most, rights for two seconds, and
no longer than until this machine changes what rights are made of. So what is changed of an account, a grant,
a role or an opened record is in force at once here, and within two seconds elsewhere, as the end of what was
authorized is everywhere. When the graph or the provider does not answer, nobody gets in.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Generic, TypeVar

from app.security.browser_sessions import BrowserSessions, SessionHandle
from app.security.caller_rights import CallerRights
from app.security.scopes import system_scope
from app.security.token_grants import TokenGrant
from app.security.tokens import OUTSIDE, Doubt, InvalidToken, Principal, Verifier, claimed_issuer
from graph.accounts.accounts import AccountStore
from graph.authorization.authorizations import AuthorizationStore
from graph.errors import Unauthenticated
from graph.scope import AccessScope

TOKEN_SECONDS = 60.0
RIGHTS_SECONDS = 2.0
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

    def last(self, key: _K) -> _V | None:
        """The value that was kept last, its moment over or not."""
        found = self._kept.get(key)
        return found[1] if found is not None else None

    def keep(self, key: _K, value: _V, until: float) -> None:
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[key] = (until, value)


@dataclass(frozen=True, slots=True)
class _Caller:
    """What rights depend on, and what the audit says of the token, without its times."""

    subject: str
    tenant: str
    role: str | None
    roles: tuple[str, ...]
    narrowed: frozenset[str] | None
    grant: TokenGrant | None
    client: str
    token: str


@dataclass(frozen=True, slots=True)
class _Known:
    """Rights, and the edition of what they are made of."""

    edition: bytes
    scope: AccessScope


def _bearer(header: str | None) -> str:
    """The token of an Authorization header (RFC 6750 2.1)."""
    scheme, _, token = (header or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("this needs an access token: Authorization: Bearer ...", code="login")
    return token.strip()


class Authenticator:
    """Turns Authorization headers, and what browsers keep of `sessions`, into scopes; safe between threads.

    `edition` tells whether this machine has changed what rights are made of.
    """

    def __init__(
        self,
        verifiers: Sequence[Verifier],
        accounts: AccountStore,
        tenant: str,
        clock: Callable[[], float] = time.time,
        *,
        authorizations: AuthorizationStore | None = None,
        sessions: BrowserSessions | None = None,
        edition: Callable[[], bytes] = bytes,
    ) -> None:
        self._verifiers = {each.issuer: each for each in verifiers}
        self._rights = CallerRights(accounts)
        self._tenant = tenant
        self._clock = clock
        self._authorizations = authorizations
        self._sessions = sessions
        self._edition = edition
        self._principals: _Remembered[bytes, Principal] = _Remembered()
        self._scopes: _Remembered[_Caller, _Known] = _Remembered()

    def __call__(self, credentials: str | SessionHandle | None) -> AccessScope:
        """The rights of the bearer of a token, or of who is signed in at a browser.

        Raises `Unauthenticated`, `Forbidden` without a role, or `Unavailable`.
        """
        now = self._clock()
        if isinstance(credentials, SessionHandle):
            principal = self._at_browser(credentials, now)
        else:
            principal = self._identify(_bearer(credentials), now)
        tenant = principal.tenant or self._tenant
        caller = _Caller(
            principal.subject,
            tenant,
            principal.role,
            principal.roles,
            principal.narrowed,
            principal.grant,
            principal.client,
            principal.token,
        )
        edition = self._edition()
        known = self._scopes.get(caller, now)
        if known is not None and known.edition == edition:
            return known.scope
        scope = self._look_up(principal, tenant)
        before = self._scopes.last(caller)
        if before is not None and before.scope == scope:
            scope = before.scope  # the same object: what was remembered under it is found without comparing
        self._scopes.keep(caller, _Known(edition, scope), now + RIGHTS_SECONDS)
        return scope

    def _at_browser(self, handle: SessionHandle, now: float) -> Principal:
        if self._sessions is None:
            raise Unauthenticated("there are no browser sessions here", code="login")
        session = self._sessions.require(handle, int(now * _MICROSECONDS))
        outside = session.subject.startswith(OUTSIDE)
        return Principal(session.subject, None, None, not outside, 0, roles=session.roles)

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

    def of_account(self, name: str, roles: tuple[str, ...] = ()) -> AccessScope:
        """The rights of a local account as they are now, whoever asks in its name.

        With `roles` those of a person whom a provider knows by them. Raises `InvalidToken` where the account
        is gone or disabled, and `Forbidden` without a role.
        """
        local = not name.startswith(OUTSIDE) or not roles
        return self._of(Principal(name, self._tenant, None, local, 0, roles=roles), self._tenant)

    def _look_up(self, principal: Principal, tenant: str) -> AccessScope:
        grant = principal.grant
        if grant is None:
            return self._of(principal, tenant)
        if grant.authorization is not None and not self._is_open(tenant, grant.authorization):
            raise InvalidToken(Doubt.ENDED)
        scope = self._of(replace(principal, allowances=grant.allowances(tenant)), tenant)
        return replace(scope, authorization=grant.authorization, casts=grant.casts)

    def _is_open(self, tenant: str, authorization: str) -> bool:
        """Whether what an app was authorized by has not ended; where nobody can say, it has."""
        now = int(self._clock() * _MICROSECONDS)
        kept = self._authorizations
        return kept is not None and kept.find(system_scope(tenant), authorization, now) is not None

    def _of(self, principal: Principal, tenant: str) -> AccessScope:
        """The rights of somebody now, whatever an app was authorized to."""
        scope = self._rights.find(principal, tenant)
        if scope is None:
            raise InvalidToken(Doubt.ACCOUNT)
        return scope
