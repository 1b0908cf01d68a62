"""`hilum terminology load PATH…`: store code systems, value sets and concept maps from packages and files."""

from collections import Counter
from pathlib import Path

import click

from app.cli.access import commanded
from app.records.packages.loading import CHANGED, KNOWN, NEW, REFUSED
from app.records.packages.terminology import TerminologyPackages
from graph.scope import AccessScope


@click.group()
def terminology() -> None:
    """Load code systems, value sets and concept maps."""


@terminology.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def load(paths: tuple[Path, ...]) -> None:
    """Store what FHIR packages (.tgz), JSON and NDJSON files and folders of them hold.

    Run it again to go on where it stopped, or with a newer package. What is refused is named with its reason;
    the exit status is 1 where anything was.
    """
    counts: Counter[str] = Counter()
    with commanded("terminology load", "C", "fhir.write") as (wiring, scope):
        concepts = _load(wiring.terminology.packages(wiring.records), scope, paths, counts)
    stored = counts[NEW] + counts[CHANGED]
    told = f"{stored} stored, {counts[KNOWN]} known, {counts[REFUSED]} refused"
    click.echo(f"{told}; {concepts} concepts written")
    raise SystemExit(1 if counts[REFUSED] else 0)


def _load(
    packages: TerminologyPackages, scope: AccessScope, paths: tuple[Path, ...], counts: Counter[str]
) -> int:
    """Store the definitions, count what became of each, name what is refused, and bring the concepts in."""
    for each in packages.load(scope, paths):
        counts[each.outcome] += 1
        if each.outcome == REFUSED:
            click.echo(f"refused {each.name}: {each.why}", err=True)
    return packages.bring_in(scope)
