"""`hilum client`: which apps and services may ask for tokens."""

from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Table

from app.cli.access import commanded
from app.security.authorization.registry import METHODS, PUBLIC, ClientWanted
from graph.authorization.clients import MANAGE
from graph.clock import now
from graph.errors import Invalid


@click.group()
def client() -> None:
    """Register apps and services that ask for tokens."""


@client.command("list")
def list_clients() -> None:
    """Show every client with how it proves itself and where its answers go."""
    table = Table("id", "name", "method", "answers go to", "scope", box=None)
    with commanded("client list", "R", MANAGE) as (wiring, scope):
        for each in wiring.clients.listed(scope):
            place = "\n".join(each.redirect_uris) or f"account {each.account}"
            table.add_row(each.client_id, each.name, each.method, place, each.scope)
    Console(highlight=False, soft_wrap=True).print(table)


@client.command()
@click.argument("client_id")
@click.option("--name", default="", help="What people read at the consent screen.")
@click.option("--method", type=click.Choice(METHODS), default=PUBLIC, help="How it proves itself.")
@click.option(
    "--redirect-uri", "redirect_uris", multiple=True, help="Where codes may be sent, to the letter."
)
@click.option("--scope", help="The most that it may ask for.")
@click.option("--jwks", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Its public keys.")
@click.option("--jwks-uri", help="Where its public keys are.")
@click.option("--account", help="Of a service: the account whose rights it has.")
@click.option("--launch-uri", help="What an EHR opens.")
def add(client_id: str, jwks: Path | None, redirect_uris: tuple[str, ...], **given: str | None) -> None:
    """Register the client CLIENT_ID: an app with --redirect-uri, or a service with --account."""
    wanted = ClientWanted(
        client_id=client_id,
        name=given["name"] or "",
        method=given["method"] or PUBLIC,
        scope=given["scope"],
        redirect_uris=redirect_uris,
        jwks=_read(jwks) if jwks else None,
        jwks_uri=given["jwks_uri"],
        account=given["account"],
        launch_uri=given["launch_uri"],
    )
    with commanded("client add", "C", MANAGE, client=client_id) as (wiring, scope):
        made = wiring.clients.add(scope, wanted, now())
    click.echo(f"registered {client_id}")
    if made.secret:
        click.echo(f"client secret, not shown again: {made.secret}")


def _read(path: Path) -> dict[str, object]:
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        raise Invalid("the file of the keys cannot be read as JSON") from None
    if not isinstance(found, dict):
        raise Invalid("a JWK set is a JSON object")
    return found


@client.command()
@click.argument("client_id")
def remove(client_id: str) -> None:
    """Remove a client; what was authorized to it ends within seconds."""
    with commanded("client remove", "D", MANAGE, client=client_id) as (wiring, scope):
        wiring.clients.remove(scope, client_id)
    click.echo(f"removed {client_id}")
