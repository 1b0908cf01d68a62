"""`hilum role`: what roles there are, what each may do, whose rows that reaches."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from app.cli.access import commanded
from app.security.roles import MANAGE, SHIPPED, permissions_of
from graph.accounts.roles import RowSource, role_document
from graph.clock import now
from graph.errors import Invalid

_LARGEST = 64 << 10


@click.group()
def role() -> None:
    """Manage what roles may do, and whose rows they see."""


@role.command("list")
def list_roles() -> None:
    """Show every role with its rows and permissions."""
    table = Table("name", "from", "rows", "view", "permissions", box=None)
    with commanded("role list", "R", MANAGE) as (wiring, scope):
        for name, each in wiring.administration.roles(scope).items():
            origin = "release" if SHIPPED.get(name) == each else "here"
            rows = " ".join(sorted(each.rows)) or "none"
            table.add_row(name, origin, rows, each.view, " ".join(sorted(permissions_of(each))))
    Console(highlight=False, soft_wrap=True).print(table)


@role.command()
@click.argument("name")
def show(name: str) -> None:
    """Print the role NAME as JSON, in the form that `set` reads."""
    with commanded("role show", "R", MANAGE, role=name) as (wiring, scope):
        document = role_document(wiring.administration.role(scope, name))
    click.echo(json.dumps({key: each for key, each in document.items() if key != "name"}, indent=2))


@role.command("set")
@click.argument("name")
@click.option("--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON.")
@click.option("--action", "actions", multiple=True, help="A permission, `imaging.*` or `*`; may come again.")
@click.option("--not-action", "not_actions", multiple=True, help="What it may not do in any case.")
@click.option("--rows", multiple=True, type=click.Choice(list(map(str, RowSource))), help="Whose rows.")
@click.option("--purpose", default="TREAT", show_default=True, help="A code of v3-PurposeOfUse.")
def set_role(
    name: str,
    *,
    path: Path | None,
    actions: tuple[str, ...],
    not_actions: tuple[str, ...],
    rows: tuple[str, ...],
    purpose: str,
) -> None:
    """Make or change the role NAME, from a file or from options; in force within two seconds."""
    if (path is None) == (not actions):
        raise Invalid("say the role by --file, or by --action and the other options")
    named = {"actions": [*actions], "notActions": [*not_actions], "rows": [*rows], "purpose": purpose}
    with commanded("role set", "U", MANAGE, role=name) as (wiring, scope):
        form = named if path is None else _read(path)
        wiring.administration.put_role(scope, name, form, now())
    click.echo(f"set {name}")


@role.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove the role NAME of your own; a shipped one of that name counts again."""
    with commanded("role remove", "D", MANAGE, role=name) as (wiring, scope):
        wiring.administration.remove_role(scope, name)
    click.echo(f"removed {name}")


def _read(path: Path) -> object:
    """The JSON of a file; raises `Invalid`."""
    try:
        return json.loads(path.read_bytes()[:_LARGEST])
    except ValueError:
        raise Invalid("the file holds no JSON") from None
