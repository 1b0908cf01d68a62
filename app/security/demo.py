"""Demo users, one per role, with a token each: for one machine, never off loopback (see `Config`)."""

from collections.abc import Mapping
from typing import Protocol
from uuid import uuid4

from app.config import Config
from app.security.policy import ROLES
from app.security.scopes import system_scope
from app.security.tokens import LONGEST_LIFE, TokenIssuer
from graph.accounts.accounts import AccountStore
from graph.errors import Forbidden

_MICROSECONDS = 1_000_000


class DemoServices(Protocol):
    """The services that demo tokens need."""

    @property
    def config(self) -> Config: ...
    @property
    def accounts(self) -> AccountStore: ...
    @property
    def issuer(self) -> TokenIssuer: ...


def demo_name(role: str) -> str:
    """The name of the demo user of a role."""
    return f"demo-{role}"


def demo_tokens(services: DemoServices, now: int) -> Mapping[str, str]:
    """A token per role, good for a day; makes the demo users where they are missing. `now` in µs."""
    if not services.config.demo:
        raise Forbidden("the demo is off")
    tenant = services.config.tenant
    scope = system_scope(tenant)
    for role in ROLES:
        services.accounts.ensure(scope, demo_name(role), role, now)
    return {role: _token(services.issuer, demo_name(role), tenant, now) for role in ROLES}


def _token(issuer: TokenIssuer, name: str, tenant: str, now: int) -> str:
    seconds = now // _MICROSECONDS
    return issuer.issue(name, tenant, now=seconds, token_id=uuid4().hex, lifetime=LONGEST_LIFE)
