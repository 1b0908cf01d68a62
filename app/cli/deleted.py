"""`hilum deleted`: what was deleted and is still there, how to bring it back, and its end."""

import click
from rich.console import Console
from rich.table import Table

from app.cli.access import commanded
from graph.clock import instant


@click.group()
def deleted() -> None:
    """List, restore and remove what was deleted."""


@deleted.command("list")
def list_deleted() -> None:
    """Show the studies of which something can be restored, the last deleted first."""
    table = Table("study", "instances", "deleted at", box=None)
    with commanded("deleted list", "R", "imaging.delete") as (wiring, scope):
        for study in wiring.restoration.deleted(scope):
            table.add_row(study.study_uid, str(study.instances), instant(study.deleted_at))
    Console(highlight=False, soft_wrap=True).print(table)


@deleted.command()
@click.argument("study")
@click.argument("series", required=False)
@click.argument("instance", required=False)
def restore(study: str, series: str | None, instance: str | None) -> None:
    """Bring back a STUDY, a SERIES or an INSTANCE, each named by its UID."""
    uids = {"study": study, "series": series, "instance": instance}
    with commanded("deleted restore", "U", "imaging.delete", **uids) as (wiring, scope):
        told = wiring.restoration.restore(scope, study, series, instance)
    taken = f", {told.taken} left out: something is stored in their place" if told.taken else ""
    click.echo(f"restored {told.instances}{taken}")


@deleted.command()
def purge() -> None:
    """Have the bytes removed of what can no longer be restored."""
    with commanded("deleted purge", "E", "imaging.purge") as (wiring, scope):
        job = wiring.purging.ask(scope)
    click.echo(f"asked for {job.id}: see hilum jobs show {job.id}")
