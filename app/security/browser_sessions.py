"""Browser sessions: somebody proved who they are at a browser, and stays signed in there for a while.

The browser keeps a secret in a cookie, the graph its digest. A session ends when nobody used it for a while,
at the end of a working day, when somebody signs out, and with every other when the account is disabled or
gets another password. One is remembered for two seconds, and no longer than until this machine changes what
rights are made of.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import uuid4

from app.security.authorization.handles import LONGEST_HANDLE, digest_of, new_handle
from app.security.authorization.signing_in import SignedIn
from app.security.scopes import system_scope
from graph.accounts.browser_sessions import BrowserSession, BrowserSessionStore
from graph.errors import Unauthenticated
from graph.scope import AccessScope

__all__ = ["BrowserSession", "BrowserSessions", "SessionHandle", "SessionLimits", "WhichBrowser"]

REMEMBERED_SECONDS = 2.0
WAITING_SECONDS = 600  # for the next step of a sign-in
_SEEN_SECONDS = 60
_MICROSECONDS = 1_000_000
_LONGEST_AGENT = 160
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class SessionHandle:
    """The secret that a browser keeps: credentials in place of an access token."""

    secret: str = field(repr=False)

    @property
    def form_token(self) -> str:
        """What a form of a page of this session says, which no page from elsewhere can know."""
        key = self.secret.encode("utf-8", "surrogatepass")
        return hmac.digest(key, b"hilum form token", "sha256").hex()

    def wrote(self, form_token: str) -> bool:
        """Whether a form says so; compared in constant time."""
        return hmac.compare_digest(self.form_token.encode(), form_token.encode("utf-8", "surrogatepass"))

    @property
    def digest(self) -> str:
        """What is kept of it."""
        return digest_of(self.secret)


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """How long a session lasts, in seconds: `idle` since somebody used it, `whole` in any case."""

    idle: int
    whole: int


@dataclass(frozen=True, slots=True)
class WhichBrowser:
    """What a browser says of itself, and where it is: what people know their sessions by."""

    agent: str
    address: str


@dataclass(frozen=True, slots=True)
class _RememberedSession:
    session: BrowserSession | None
    until: int
    edition: bytes


class BrowserSessions:
    """The sessions of a tenant; moments in µs.

    `edition` tells whether this machine has changed what rights are made of.
    """

    def __init__(
        self,
        kept: BrowserSessionStore,
        limits: SessionLimits,
        tenant: str,
        edition: Callable[[], bytes] = bytes,
    ) -> None:
        self._kept = kept
        self._limits = limits
        self._system = system_scope(tenant)
        self._edition = edition
        self._remembered: dict[bytes, _RememberedSession] = {}

    def begin(
        self,
        signed_in: SignedIn,
        browser: WhichBrowser,
        now: int,
        *,
        replaced: SessionHandle | None = None,
        waits_for: str | None = None,
    ) -> SessionHandle:
        """Begin a session under a new secret; the session of the one that the browser had, ends.

        Raises `Unauthenticated` where the account was disabled or its sessions ended meanwhile.
        """
        handle = SessionHandle(new_handle())
        lasts = WAITING_SECONDS if waits_for else self._limits.whole
        session = BrowserSession(
            session_id=uuid4().hex,
            subject=signed_in.name,
            at=now,
            seen_at=now,
            until=now + lasts * _MICROSECONDS,
            methods=signed_in.methods,
            waits_for=waits_for,
            roles=signed_in.roles,
            agent="".join(filter(str.isprintable, browser.agent))[:_LONGEST_AGENT],
            address=browser.address,
        )
        if not self._kept.begin(self._system, session, handle.digest, replaced.digest if replaced else None):
            raise Unauthenticated("the account was disabled or signed out meanwhile", code="login")
        return handle

    def find(self, handle: SessionHandle, now: int) -> BrowserSession | None:
        """The session of a browser, finished or waiting for a step; None where there is none any more."""
        if len(handle.secret) > LONGEST_HANDLE:
            return None
        found = self._look_up(handle, now)
        if found is None or not self._lasts(found, now):
            return None
        if now - found.seen_at > _SEEN_SECONDS * _MICROSECONDS:
            self._kept.seen(self._system, handle.digest, now)
            self._remembered.pop(_known_as(handle), None)
        return found

    def require(self, handle: SessionHandle, now: int) -> BrowserSession:
        """The session of somebody who is in; raises `Unauthenticated`."""
        found = self.find(handle, now)
        if found is None or found.waits_for:
            raise Unauthenticated("nobody is signed in at this browser any more", code="login")
        return found

    def listed(self, scope: AccessScope, name: str, now: int) -> tuple[BrowserSession, ...]:
        """The sessions of somebody who is in, the newest first; raises `Forbidden` for another's."""
        every = self._kept.listed(scope, name, now)
        return tuple(each for each in every if self._lasts(each, now) and not each.waits_for)

    def end(self, handle: SessionHandle) -> None:
        """End the session of a browser, where there is one."""
        self._kept.end(self._system, handle.digest)

    def end_one(self, scope: AccessScope, name: str, session_id: str) -> None:
        """End one session of somebody; raises `NotFound`, and `Forbidden` for another's."""
        self._kept.end_one(scope, name, session_id)

    def end_all(self, scope: AccessScope, name: str, now: int) -> int:
        """End every session of somebody, and say how many there were.

        Raises `NotFound` where there is no such account, `Forbidden` for another's.
        """
        return self._kept.end_all(scope, name, now)

    def _lasts(self, session: BrowserSession, now: int) -> bool:
        return now <= session.until and now - session.seen_at <= self._limits.idle * _MICROSECONDS

    def _look_up(self, handle: SessionHandle, now: int) -> BrowserSession | None:
        name, edition = _known_as(handle), self._edition()
        known = self._remembered.get(name)
        if known is not None and now < known.until and known.edition == edition:
            return known.session
        found = self._kept.find(self._system, handle.digest)
        if len(self._remembered) >= _MOST:
            self._remembered.clear()
        until = now + int(REMEMBERED_SECONDS * _MICROSECONDS)
        self._remembered[name] = _RememberedSession(found, until, edition)
        return found


def _known_as(handle: SessionHandle) -> bytes:
    return sha256(handle.secret.encode("utf-8", "surrogatepass")).digest()
