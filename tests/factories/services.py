"""Services for tests, as far as single use cases need them."""

from dataclasses import replace

from app.config import Config
from app.security.tokens import TokenIssuer
from graph.accounts.accounts import AccountStore


class DemoServices:
    """What demo tokens need, for one tenant."""

    def __init__(
        self, accounts: AccountStore, issuer: TokenIssuer, tenant: str, *, demo: bool = True
    ) -> None:
        self.accounts = accounts
        self.issuer = issuer
        self.config = replace(Config.from_env({}), tenant=tenant, demo=demo)
