"""`hilum load PATH…`: store files, folders and zips of DICOM; what is stored already is passed over."""

import os
from collections import Counter
from pathlib import Path

import click

from app.cli.access import admitted
from app.config import Config
from app.imaging.store import Ingest
from app.imaging.store.outcomes import InstanceOutcome
from app.wiring import wired
from graph.scope import AccessScope


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def load(paths: tuple[Path, ...]) -> None:
    """Store DICOM files, folders and zips; run it again to go on where it stopped.

    What is refused is named with its reason; the exit status is 1 where anything was.
    """
    counts: Counter[str] = Counter()
    with (
        wired(Config.from_env(os.environ)) as wiring,
        admitted(wiring, "load", "C", "imaging.store") as scope,
    ):
        _load(wiring.ingest, scope, paths, counts)
    click.echo(", ".join(f"{counts[kind]} {kind}" for kind in ("stored", "known", "refused")))
    raise SystemExit(1 if counts["refused"] else 0)


def _load(ingest: Ingest, scope: AccessScope, paths: tuple[Path, ...], counts: Counter[str]) -> None:
    """Store the files, count what became of each, and name what is refused."""
    for outcome in ingest.store_files(scope, paths):
        counts[_kind(outcome)] += 1
        if _kind(outcome) == "refused":
            click.echo(f"refused {outcome.source}: {'; '.join(outcome.comments)}", err=True)


def _kind(outcome: InstanceOutcome) -> str:
    if outcome.repeated:
        return "known"
    return "stored" if outcome.stored else "refused"
