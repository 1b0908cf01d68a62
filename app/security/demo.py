"""Demo users, one per role, with a token each: for one machine, never off loopback (see `Config`).

The administrator manages and reads no record; who looks around takes the superuser.
"""

from collections.abc import Mapping
from uuid import uuid4

from app.security.roles import SUPERUSER
from app.security.scopes import system_scope
from app.security.tokens import LONGEST_LIFE, TokenIssuer
from graph.accounts.accounts import AccountStore
from graph.errors import Forbidden

_MICROSECONDS = 1_000_000
DEMO_ROLES = (SUPERUSER, "clinician", "researcher", "teleradiologist", "service", "administrator")
"""The roles whose tokens are shown; there is a demo user of any other on request."""


def demo_name(role: str) -> str:
    """The name of the demo user of a role."""
    return f"demo-{role}"


class DemoUsers:
    """The demo users of a tenant; there are none unless the demo is `on`."""

    def __init__(self, accounts: AccountStore, issuer: TokenIssuer, tenant: str, *, on: bool) -> None:
        self._accounts = accounts
        self._issuer = issuer
        self._tenant = tenant
        self._on = on

    def tokens(self, now: int) -> Mapping[str, str]:
        """A token of each of these roles, good for a day; makes users where they are missing. `now` in µs.

        Raises `Forbidden` where the demo is off.
        """
        return {role: self.token(role, now) for role in DEMO_ROLES}

    def token(self, role: str, now: int) -> str:
        """A token of one role, good for a day; makes its user where that is missing. `now` in µs.

        Raises `Forbidden` where the demo is off.
        """
        if not self._on:
            raise Forbidden("the demo is off")
        name, seconds = demo_name(role), now // _MICROSECONDS
        self._accounts.ensure(system_scope(self._tenant), name, role, now)
        return self._issuer.issue(
            name, self._tenant, now=seconds, token_id=uuid4().hex, lifetime=LONGEST_LIFE
        )
