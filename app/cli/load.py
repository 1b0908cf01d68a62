"""`hilum load PATH…`: store DICOM and FHIR from files and folders; what is stored already is passed over."""

import os
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click

from app.cli.access import admitted
from app.config import Config
from app.imaging.store.outcomes import InstanceOutcome
from app.records.importing import LineState, LoadedLine
from app.records.importing.loading import files_below, is_of_record
from app.wiring import Wiring, wired
from app.wiring.bulk import record_loading
from fhir_profiles.issues import ProfileError

_STATES = {LineState.CREATED: "stored", LineState.UPDATED: "stored"}


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def load(paths: tuple[Path, ...]) -> None:
    """Store DICOM files and zips, and FHIR of NDJSON and JSON; run it again to go on where it stopped.

    The record comes first, so that pictures find the patients whom they are of. What is refused is named with
    its reason; the exit status is 1 where anything was.
    """
    counts: Counter[str] = Counter()
    with wired(Config.from_env(os.environ)) as wiring:
        for kind, refusal in chain(_record(wiring, paths), _pictures(wiring, paths)):
            counts[kind] += 1
            if refusal:
                click.echo(f"refused {refusal}", err=True)
    click.echo(", ".join(f"{counts[kind]} {kind}" for kind in ("stored", "known", "refused")))
    raise SystemExit(1 if counts["refused"] else 0)


def _record(wiring: Wiring, paths: tuple[Path, ...]) -> Iterator[tuple[str, str]]:
    """What became of each resource, and what to say of one that was refused."""
    files = list(filter(is_of_record, files_below(paths)))
    if not files:
        return
    with admitted(wiring, "load", "C", "fhir.write") as scope:
        for each in record_loading(wiring).load(scope, files):
            state = each.outcome.state
            yield _STATES.get(state, state.value), _refused_line(each)


def _pictures(wiring: Wiring, paths: tuple[Path, ...]) -> Iterator[tuple[str, str]]:
    """What became of each picture, and what to say of one that was refused."""
    files = (each for each in files_below(paths) if not is_of_record(each))
    first = next(files, None)
    if first is None:
        return
    with admitted(wiring, "load", "C", "imaging.store") as scope:
        for outcome in wiring.ingest.store_files(scope, chain((first,), files)):
            kind = _kind(outcome)
            refusal = f"{outcome.source}: {'; '.join(outcome.comments)}" if kind == "refused" else ""
            yield kind, refusal


def _refused_line(line: LoadedLine) -> str:
    failure = line.outcome.failure
    if failure is None:
        return ""
    if isinstance(failure, ProfileError):
        return f"{line.place}: " + "; ".join(
            f"{each.expression} {each.diagnostics}" for each in failure.issues
        )
    return f"{line.place}: {failure.message}"


def _kind(outcome: InstanceOutcome) -> str:
    if outcome.repeated:
        return "known"
    return "stored" if outcome.stored else "refused"
