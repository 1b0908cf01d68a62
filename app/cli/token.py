"""`hilum token NAME`: an access token for an account that exists, or in demo mode for a role."""

import os
from uuid import uuid4

import click

from app.cli.services import opened
from app.config import Config
from app.security.demo import demo_tokens
from app.security.policy import ROLES
from app.security.scopes import system_scope
from app.security.tokens import LONGEST_LIFE
from graph.clock import now
from graph.errors import NotFound

_MICROSECONDS = 1_000_000


@click.command()
@click.argument("name")
@click.option("--scope", help="Permissions to narrow the token to, with spaces between them.")
@click.option(
    "--seconds", type=click.IntRange(1, LONGEST_LIFE), help="How long it lives; default HILUM_TOKEN_SECONDS."
)
def token(name: str, scope: str | None, seconds: int | None) -> None:
    """Print an access token for the account NAME; in demo mode NAME may be a role."""
    config = Config.from_env(os.environ)
    with opened(config) as services:
        account = services.accounts.find(system_scope(config.tenant), name)
        if account is None and config.demo and name in ROLES:
            click.echo(demo_tokens(services, now())[name])
            return
        if account is None or account.disabled:
            raise NotFound(f"no enabled user named {name}: see `hilum user list`")
        made = services.issuer.issue(
            name,
            config.tenant,
            now=now() // _MICROSECONDS,
            token_id=uuid4().hex,
            scope=scope,
            lifetime=seconds,
        )
    click.echo(made)
