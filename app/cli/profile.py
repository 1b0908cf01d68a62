"""`hilum profile`: load the profiles of FHIR packages, and list what is loaded."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from app.cli.access import commanded
from app.records.packages.loading import OUTCOMES, REFUSED
from app.records.packages.reading import resources_in
from app.records.validate.library import KINDS


@click.group()
def profile() -> None:
    """Load and list profiles, value sets and code systems."""


@profile.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def load(paths: tuple[Path, ...]) -> None:
    """Load FHIR packages (.tgz), NDJSON and JSON files, and folders of them.

    What is there already is passed over, what says something else becomes the next version. What is refused
    is named with its reason; the exit status is 1 where anything was.
    """
    counts: Counter[str] = Counter()
    with commanded("profile load", "C", "fhir.write") as (wiring, scope):
        for each in wiring.profile_loading.load(scope, _texts(paths)):
            counts[each.outcome] += 1
            if each.outcome == REFUSED:
                click.echo(f"refused {each.name}: {each.why}", err=True)
    click.echo(", ".join(f"{counts[name]} {name}" for name in OUTCOMES))
    raise SystemExit(1 if counts[REFUSED] else 0)


def _texts(paths: tuple[Path, ...]) -> Iterator[bytes]:
    for path in paths:
        yield from resources_in(path, KINDS)


@profile.command("list")
@click.option("--type", "kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True)
def list_profiles(kind: str) -> None:
    """List what was loaded, by its canonical."""
    table = Table("url", "version", box=None)
    with commanded("profile list", "R", "fhir.read") as (wiring, scope):
        for each in wiring.profile_loading.listed(scope, kind):
            table.add_row(each.url, each.version)
    Console(highlight=False, soft_wrap=True).print(table)
