"""Accounts as OAuth clients (RFC 6749 2): what the authorization server asks of one, and what it may get."""

from collections.abc import Callable
from dataclasses import dataclass

from app.security.account_tokens import Account
from app.security.client_secrets import is_secret_of
from app.security.guesses import Guesses
from app.security.policy import PERMISSIONS_OF
from graph.errors import Throttled

CLIENT_CREDENTIALS = "client_credentials"
AUTHENTICATION_METHODS = ("client_secret_basic", "client_secret_post")


@dataclass(frozen=True, slots=True)
class Client:
    """A client by name, with its account where there is an enabled one.

    A name without an account is a client whose secret is never right, and takes as long to say so: nobody
    learns which names exist.
    """

    name: str
    account: Account | None
    address: str
    guesses: Guesses

    def get_client_id(self) -> str:
        """The client's name."""
        return self.name

    def check_client_secret(self, secret: str) -> bool:
        """Whether the secret is right and the account enabled.

        Raises `Throttled` where too many were wrong, or too many are asked at a time.
        """
        self.guesses.admit(self.name, self.address)
        try:
            right = is_secret_of(self.account.secret_hash if self.account else None, secret)
        except Throttled:
            self.guesses.take_off(self.name, self.address, right=False)
            raise
        if right:
            self.guesses.take_off(self.name, self.address, right=True)
        return right

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Whether the client may prove itself in this way."""
        return endpoint == "token" and method in AUTHENTICATION_METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client may use this grant."""
        return grant_type == CLIENT_CREDENTIALS

    def get_allowed_scope(self, scope: str | None) -> str:
        """What is left of the asked scope; without one, all that the account's role may do."""
        held = PERMISSIONS_OF.get(self.account.role, frozenset()) if self.account else frozenset()
        asked = set(scope.split()) if scope else held
        return " ".join(sorted(held & asked))


def clients_of(
    find: Callable[[str], Account | None], guesses: Guesses, asking: Callable[[str], str]
) -> Callable[[str], Client]:
    """Looks clients up; a disabled account is none.

    `asking` is told of each name that asks, and tells the address that it asks from.
    """

    def look_up(name: str) -> Client:
        account = find(name) if len(name) <= _LONGEST_NAME else None
        enabled = None if account is None or account.disabled else account
        return Client(name, enabled, asking(name), guesses)

    return look_up


_LONGEST_NAME = 255
