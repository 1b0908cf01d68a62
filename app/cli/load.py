"""`hilum load PATH…`: store files, folders and zips of DICOM; what is stored already is passed over."""

import os
from collections import Counter
from pathlib import Path

import click

from app.cli.services import opened
from app.config import Config
from app.imaging.store.failure_reasons import FailureReason
from app.imaging.store.outcomes import Outcome
from app.security.scopes import system_scope


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def load(paths: tuple[Path, ...]) -> None:
    """Store DICOM files, folders and zips; run it again to go on where it stopped.

    What is refused is named with its reason; the exit status is 1 where anything was.
    """
    config = Config.from_env(os.environ)
    counts: Counter[str] = Counter()
    with opened(config) as services:
        for outcome in services.ingest.store_files(system_scope(config.tenant), paths):
            counts[_kind(outcome)] += 1
            if _kind(outcome) == "refused":
                click.echo(f"refused {outcome.source}: {'; '.join(outcome.comments)}", err=True)
    click.echo(", ".join(f"{counts[kind]} {kind}" for kind in ("stored", "known", "refused")))
    raise SystemExit(1 if counts["refused"] else 0)


def _kind(outcome: Outcome) -> str:
    if outcome.stored:
        return "stored"
    return "known" if outcome.failure_reason == FailureReason.EXISTS else "refused"
