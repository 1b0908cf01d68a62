"""Who sits at the browser: `SignedIn` is what the authorization page asks for, however somebody signed in.

Between the pages of one sign-in it travels as a ticket: encrypted, good for ten minutes, and for that very
request only, so that a page which somebody else made up holds none.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha512

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from app.security.guesses import Guesses
from app.security.passwords import is_password_of
from app.security.scopes import system_scope
from graph.accounts.passwords import PersonStore
from graph.errors import Throttled
from graph.scope import AccessScope

TICKET_SECONDS = 600
_LONGEST_TICKET = 2048
_LONGEST_NAME = 255
_SHORTEST = 17  # bytes: the tag, and something


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who proved who they are; `at` is when, in seconds, `fhir_user` who that is in the record."""

    name: str
    at: int
    fhir_user: str | None = None

    @property
    def patient(self) -> str | None:
        """The id of the Patient that they are; None for everybody else."""
        kind, _, found = (self.fhir_user or "").partition("/")
        return found if kind == "Patient" else None


class SignIn:
    """Signs people of a tenant in by their password, and looks up what they may do.

    `scope` tells what an account may do now; it raises `Unauthenticated` where that is gone or disabled.
    """

    def __init__(
        self, people: PersonStore, scope: Callable[[str], AccessScope], guesses: Guesses, tenant: str
    ) -> None:
        self._people = people
        self.scope = scope
        self._guesses = guesses
        self._tenant = tenant

    def by_password(self, name: str, password: str, address: str, now: int) -> SignedIn | None:
        """Whoever has this name and this password; None where nobody has. `now` in seconds.

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
        if not right or person is None:
            return None
        self._guesses.take_off(name, address, right=True)
        return SignedIn(name, now, person.fhir_user)

    def fhir_user(self, name: str) -> str | None:
        """Who an account is in the record, as `Practitioner/7`; None where nobody said."""
        person = self._people.find(system_scope(self._tenant), name)
        return person.fhir_user if person else None


class Tickets:
    """Makes and reads tickets under a secret key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(sha512(b"hilum ticket\0" + key).digest())

    def issue(self, signed_in: SignedIn, request: str, now: int) -> str:
        """A ticket for one request, which `request` is the text of; `now` in seconds."""
        held = [signed_in.name, signed_in.at, signed_in.fhir_user, now + TICKET_SECONDS]
        return urlsafe_b64encode(self._cipher.encrypt(orjson.dumps(held), [request.encode()])).decode()

    def read(self, ticket: str, request: str, now: int) -> SignedIn | None:
        """Who a ticket of that request was made for; None where it is none, or too old."""
        if not ticket.isascii() or len(ticket) > _LONGEST_TICKET:
            return None
        try:
            raw = urlsafe_b64decode(ticket)
            if len(raw) < _SHORTEST:
                return None
            name, at, fhir_user, until = orjson.loads(self._cipher.decrypt(raw, [request.encode()]))
        except (InvalidTag, Base64Error, ValueError):
            return None
        return SignedIn(name, at, fhir_user) if now <= until else None
