"""`hilum token NAME`: an access token for an account that exists, or in demo mode for a role."""

import click

from app.cli.access import commanded
from app.security.roles import SHIPPED
from app.security.tokens import LONGEST_LIFE
from graph.accounts.accounts import MANAGE
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
    with commanded("token", "E", MANAGE, account=name, permissions=scope) as (wiring, _):
        account = wiring.account_tokens.account(name)
        if account is None and wiring.config.demo and name in SHIPPED:
            click.echo(wiring.demo.token(name, now()))
            return
        if account is None or account.disabled:
            raise NotFound(f"no enabled user named {name}: see `hilum user list`")
        made = wiring.account_tokens.issue(name, now() // _MICROSECONDS, scope, seconds)
    click.echo(made)
