"""Clients as authlib asks of them (RFC 6749 2): those that were registered, and accounts with a secret."""

from collections.abc import Callable
from dataclasses import dataclass

from app.security.authorization.registry import KEYS, PUBLIC, SECRET
from app.security.client_secrets import is_secret_of
from app.security.guesses import Guesses
from app.security.smart_scopes import OFFLINE, ONLINE, scope_words
from graph.accounts.accounts import Account
from graph.authorization.clients import RegisteredClient
from graph.errors import Throttled
from graph.scope import AccessScope

AUTHORIZATION_CODE, REFRESH_TOKEN, CLIENT_CREDENTIALS = (
    "authorization_code",
    "refresh_token",
    "client_credentials",
)
GRANT_TYPES = (AUTHORIZATION_CODE, REFRESH_TOKEN, CLIENT_CREDENTIALS)
WITH_SECRET = ("client_secret_basic", "client_secret_post")
AUTHENTICATION_METHODS = (*WITH_SECRET, KEYS, PUBLIC)
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """A client by name: one that was registered, an account that may have a secret, or neither.

    A name that is neither is a client whose secret is never right, and takes as long to say so: nobody
    learns which names exist.
    """

    name: str
    registered: RegisteredClient | None
    account: Account | None
    address: str
    guesses: Guesses
    rights: Callable[[str], AccessScope]

    def get_client_id(self) -> str:
        """The client's name."""
        return self.name

    def get_default_redirect_uri(self) -> None:
        """None: a request names where its answer goes."""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether answers may go there: to the letter one that was registered (RFC 9700 4.1.3)."""
        return self.registered is not None and redirect_uri in self.registered.redirect_uris

    def check_client_secret(self, secret: str) -> bool:
        """Whether the secret is right, and the account enabled.

        Raises `Throttled` where too many were wrong, or too many are asked at a time.
        """
        self.guesses.admit(self.name, self.address)
        try:
            right = is_secret_of(self._secret_hash(), secret)
        except Throttled:
            self.guesses.take_off(self.name, self.address, right=False)
            raise
        if right:
            self.guesses.take_off(self.name, self.address, right=True)
        return right

    def _secret_hash(self) -> str | None:
        if self.registered:
            return self.registered.secret_hash
        return self.account.secret_hash if self.account else None

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Whether the client may prove itself in this way; one that has keys may not do with less."""
        own = self.registered.method if self.registered else SECRET
        return method in WITH_SECRET if own == SECRET else method == own

    def check_response_type(self, response_type: str) -> bool:
        """Whether the client may be answered with that: a code, where it is an app."""
        return response_type == "code" and self._is_app()

    def check_grant_type(self, grant_type: str) -> bool:
        """Whether the client may use this grant."""
        return (grant_type == CLIENT_CREDENTIALS) is not self._is_app() and grant_type in GRANT_TYPES

    def _is_app(self) -> bool:
        return self.registered is not None and not self.registered.account

    def get_allowed_scope(self, scope: str | None) -> str:
        """What is left of the asked scope, of an account; without one, all that its role may do."""
        if self.registered:
            return scope or ""
        held = self.rights(self.name).permissions if self.account else frozenset()
        asked = set(scope.split()) if scope else held
        return " ".join(sorted(held & asked))


def may_refresh(scope: str) -> bool:
    """Whether a granted scope lets its client ask for further tokens."""
    words = scope_words(scope)
    return OFFLINE in words or ONLINE in words


def clients_of(
    registered: Callable[[str], RegisteredClient | None],
    accounts: Callable[[str], Account | None],
    rights: Callable[[str], AccessScope],
    guesses: Guesses,
    asking: Callable[[str], str],
) -> Callable[[str], OAuthClient]:
    """Looks clients up; a disabled account is none.

    `rights` tells what an account may do. `asking` is told of each name that asks, and tells the address that
    it asks from.
    """

    def look_up(name: str) -> OAuthClient:
        known = registered(name) if len(name) <= _LONGEST_NAME else None
        account = accounts(name) if known is None and len(name) <= _LONGEST_NAME else None
        enabled = None if account is None or account.disabled else account
        return OAuthClient(name, known, enabled, asking(name), guesses, rights)

    return look_up
