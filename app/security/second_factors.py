"""The second factor of an account: enrolled and confirmed, asked for at each sign-in, reset by who manages.

The secret is sealed under a key of the home folder of its own, for one account each; between the page that
offers one and the form that confirms it, it travels sealed for that very session.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha512

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from app.security.authorization.signing_in import BY_CODE, BY_PASSWORD, MULTIPLE, SignedIn
from app.security.guesses import Guesses
from app.security.one_time_codes import (
    DIGITS,
    enrolment_address,
    new_recovery_codes,
    new_secret_key,
    recovery_digest,
    shown_secret,
    step_of,
)
from app.security.roles import MANAGE, SHIPPED
from app.security.scopes import system_scope
from graph.accounts.accounts import AccountStore
from graph.accounts.second_factors import SecondFactor, SecondFactorStore
from graph.errors import Forbidden, Invalid
from graph.scope import AccessScope

__all__ = ["FactorOffer", "NextStep", "OfferedTo", "SecondFactor", "SecondFactors"]

_ISSUER = "Hilum"
_MICROSECONDS = 1_000_000
_LONGEST_SEALED, _LONGEST_CODE = 512, 64
_SHORTEST_SEALED = 17  # bytes: the tag, and something


class NextStep(StrEnum):
    """What is missing after the right password."""

    CODE = "code"
    ENROLMENT = "enrolment"


@dataclass(frozen=True, slots=True)
class FactorOffer:
    """A secret that may become a second factor: as text, as an address for a picture, sealed for a form."""

    shown: str
    address: str
    sealed: str


@dataclass(frozen=True, slots=True)
class OfferedTo:
    """An offer that comes back from the form of a session."""

    name: str
    session_id: str
    sealed: str


class SecondFactors:
    """The second factors of a tenant; moments in µs.

    `key` seals secrets; with `always`, everybody who signs in with a password needs one, else those whose
    role says so, and those who have one.
    """

    def __init__(
        self,
        kept: SecondFactorStore,
        accounts: AccountStore,
        guesses: Guesses,
        key: bytes,
        tenant: str,
        *,
        always: bool,
    ) -> None:
        self._kept = kept
        self._accounts = accounts
        self._guesses = guesses
        self._cipher = AESSIV(sha512(b"hilum second factor\0" + key).digest())
        self._system = system_scope(tenant)
        self._always = always

    def next_step(self, signed_in: SignedIn) -> NextStep | None:
        """What somebody who proved who they are still has to do; None where that is enough."""
        if signed_in.methods != (BY_PASSWORD,):
            return None
        if self.of(signed_in.name) is not None:
            return NextStep.CODE
        return NextStep.ENROLMENT if self.is_required_of(signed_in.name) else None

    def of(self, name: str) -> SecondFactor | None:
        """The second factor of an account; None where it has none."""
        return self._kept.find(self._system, name)

    def is_required_of(self, name: str) -> bool:
        """Whether an account may not sign in without one."""
        account = self._accounts.find(self._system, name)
        if self._always or account is None:
            return self._always
        role = account.own_role or SHIPPED.get(account.role)
        return role is not None and role.second_factor

    def offer(self, name: str, session_id: str, again: str = "") -> FactorOffer:
        """A new secret for an account, to be confirmed in the same session; `again` the one of an offer."""
        secret = self._open(again, "offer", session_id, name) or new_secret_key()
        sealed = self._seal(secret, "offer", session_id, name)
        return FactorOffer(shown_secret(secret), enrolment_address(secret, name, _ISSUER), sealed)

    def confirm(self, scope: AccessScope, offered: OfferedTo, code: str, now: int) -> list[str]:
        """Make an offer the second factor of an account, whose sessions end; its recovery codes, shown once.

        Raises `Invalid` where the code is not one of it, or it was offered to another session.
        """
        name = offered.name
        secret = self._open(offered.sealed, "offer", offered.session_id, name)
        step = step_of(secret, _plain(code), now // _MICROSECONDS) if secret else None
        if secret is None or step is None:
            raise Invalid("the code is not right", location="code")
        codes = new_recovery_codes()
        kept = self._seal(secret, "kept", scope.tenant, name)
        self._kept.enrol(scope, name, kept, step=step, codes=[*map(recovery_digest, codes)], now=now)
        return codes

    def prove(self, signed_in: SignedIn, code: str, address: str, now: int) -> SignedIn | None:
        """Who signed in with a password, and has a code of the app or a recovery code; None for a wrong one.

        Either counts once. Raises `Throttled` after too many wrong ones.
        """
        name, factor = signed_in.name, self.of(signed_in.name)
        if factor is None or len(code) > _LONGEST_CODE:
            return None
        tally = f"{name} second factor"
        self._guesses.admit(tally, address)
        if not self._counts(name, factor, _plain(code), now):
            return None
        self._guesses.take_off(tally, address, right=True)
        return SignedIn(name, (*signed_in.methods, BY_CODE, MULTIPLE), signed_in.roles)

    def renew_codes(self, scope: AccessScope, name: str) -> list[str]:
        """Other recovery codes in the place of all, shown once; raises `NotFound` without a second factor."""
        codes = new_recovery_codes()
        self._kept.renew(scope, name, [*map(recovery_digest, codes)])
        return codes

    def remove(self, scope: AccessScope, name: str, now: int) -> None:
        """Take the second factor of an account away and end its sessions.

        Raises `NotFound` where it has none, `Forbidden` where it is another's and who asks does not manage.
        """
        self._kept.remove(scope, name, now)

    def reset(self, scope: AccessScope, name: str, now: int) -> None:
        """Take the second factor of somebody else away and end their sessions.

        Raises `NotFound` where they have none, `Forbidden` for one's own and for who does not manage.
        """
        scope.require(MANAGE)
        if scope.subject == name:
            raise Forbidden("your own second factor: somebody else who manages resets it", code="forbidden")
        self._kept.remove(scope, name, now)

    def _counts(self, name: str, factor: SecondFactor, code: str, now: int) -> bool:
        """Whether a code is right, and was not used before."""
        if len(code) != DIGITS:
            return self._kept.use_code(self._system, name, recovery_digest(code), now)
        secret = self._open(factor.secret, "kept", self._system.tenant, name)
        step = step_of(secret, code, now // _MICROSECONDS) if secret else None
        return step is not None and self._kept.use_step(self._system, name, step, now)

    def _seal(self, secret: bytes, *whose: str) -> str:
        return urlsafe_b64encode(self._cipher.encrypt(secret, [*map(str.encode, whose)])).decode()

    def _open(self, sealed: str, *whose: str) -> bytes | None:
        """The secret; None where it was sealed for something else, or not by us."""
        if not sealed.isascii() or len(sealed) > _LONGEST_SEALED:
            return None
        try:
            raw = urlsafe_b64decode(sealed)
            if len(raw) < _SHORTEST_SEALED:
                return None
            return self._cipher.decrypt(raw, [*map(str.encode, whose)])
        except (InvalidTag, Base64Error, ValueError):
            return None


def _plain(code: str) -> str:
    return "".join(filter(str.isalnum, code))
