"""Who sits at the browser: `SignedIn` is what a session is begun for, however somebody signed in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from app.security.guesses import Guesses
from app.security.passwords import hash_password, is_password_of
from app.security.scopes import system_scope
from graph.accounts.passwords import PersonStore
from graph.errors import Invalid, Throttled
from graph.scope import AccessScope

RightsOf: TypeAlias = Callable[[str, tuple[str, ...]], AccessScope]

BY_PASSWORD, BY_CODE, MULTIPLE = "pwd", "otp", "mfa"  # methods of RFC 8176
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who proved who they are, by `methods` (RFC 8176); `roles` are those that a provider names."""

    name: str
    methods: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()


class SignIn:
    """Signs people of a tenant in by their password, and looks up what they may do: `rights` tells."""

    def __init__(self, people: PersonStore, rights: RightsOf, guesses: Guesses, tenant: str) -> None:
        self._people = people
        self._rights = rights
        self._guesses = guesses
        self._tenant = tenant

    def scope(self, name: str, roles: tuple[str, ...] = ()) -> AccessScope:
        """What an account may do now, or who has these roles at a provider.

        Raises `Unauthenticated` where the account is gone or disabled, `Forbidden` without a role.
        """
        return self._rights(name, roles)

    def by_password(self, name: str, password: str, address: str) -> SignedIn | None:
        """Whoever has this name and this password; None where nobody has.

        Raises `Throttled` after too many wrong ones.
        """
        if not name or len(name) > _LONGEST_NAME:
            return None
        self._guesses.admit(name, address)
        person = self._people.find(system_scope(self._tenant), name)
        kept = person.password_hash if person and not person.disabled else None
        try:
            right = is_password_of(kept, password)
        except Throttled:
            self._guesses.take_off(name, address, right=False)
            raise
        if not right:
            return None
        self._guesses.take_off(name, address, right=True)
        return SignedIn(name, (BY_PASSWORD,))

    def change_password(
        self, scope: AccessScope, current: str, password: str, *, address: str, now: int
    ) -> None:
        """Give whoever asks another password, and end their sessions; `now` in µs.

        Raises `Invalid` where the current one is wrong or the new one will not do, `Throttled` after too many
        wrong ones.
        """
        name = scope.subject
        self.require_password(name, current, address)
        self._people.set_password(scope, name, hash_password(password, name), now)

    def require_password(self, name: str, password: str, address: str) -> None:
        """Require that somebody who is signed in knows their password; raises `Invalid` or `Throttled`."""
        if self.by_password(name, password, address) is None:
            raise Invalid("the current password is not right", location="current")

    def has_password(self, name: str) -> bool:
        """Whether an account signs in with a password; people of a provider have none here."""
        person = self._people.find(system_scope(self._tenant), name)
        return person is not None and person.password_hash is not None

    def fhir_user(self, name: str) -> str | None:
        """Who an account is in the record, as `Practitioner/7`; None where nobody said."""
        person = self._people.find(system_scope(self._tenant), name)
        return person.fhir_user if person else None

    def patient(self, name: str) -> str | None:
        """The id of the Patient that an account is; None for everybody else."""
        kind, _, found = (self.fhir_user(name) or "").partition("/")
        return found if kind == "Patient" else None
