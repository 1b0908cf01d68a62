"""Access tokens of a tenant's accounts."""

from uuid import uuid4

from app.security.scopes import system_scope
from app.security.tokens import TokenIssuer
from graph.accounts.accounts import Account, AccountStore

__all__ = ["Account", "AccountTokens"]


class AccountTokens:
    """Issues access tokens of a tenant."""

    def __init__(self, accounts: AccountStore, issuer: TokenIssuer, tenant: str) -> None:
        self._accounts = accounts
        self._issuer = issuer
        self._tenant = tenant

    @property
    def lifetime(self) -> int:
        """How long a token lives, in seconds, unless less is asked for."""
        return self._issuer.lifetime

    @property
    def issuer(self) -> str:
        """The address that tokens name as their issuer."""
        return self._issuer.base_url

    def public_key(self) -> dict[str, object]:
        """The key that tokens are verified with, as a JSON Web Key."""
        return dict(self._issuer.key.public())

    def account(self, name: str) -> Account | None:
        """The account of a name, enabled or not; None where there is none."""
        return self._accounts.find(system_scope(self._tenant), name)

    def issue(self, name: str, now: int, scope: str | None = None, lifetime: int | None = None) -> str:
        """A token for an account, narrowed to the permissions of `scope`; `now` in s since the epoch."""
        return self._issuer.issue(
            name, self._tenant, now=now, token_id=uuid4().hex, scope=scope, lifetime=lifetime
        )
