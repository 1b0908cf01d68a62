"""`hilum terminology`: store code systems, value sets and concept maps from packages, releases and files."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from app.cli.access import commanded
from app.records.packages.loading import CHANGED, KNOWN, NEW, REFUSED, LoadedDefinition
from app.records.packages.terminology import TerminologyPackages
from app.terminology.sources.table import EVERY, SOURCES
from graph.local.folders import cache_folder
from graph.scope import AccessScope

_KNOWN_NAMES = f"{', '.join(SOURCES)} and {EVERY}"


@click.group()
def terminology() -> None:
    """Load code systems, value sets and concept maps."""


@terminology.command()
@click.argument("wanted", metavar="NAME|PATH...", nargs=-1, required=True)
def load(wanted: tuple[str, ...]) -> None:
    """Store terminologies by NAME, or what files and folders hold.

    NAME is mondo, doid, hpo, mesh, icd-10-cm, dicom or drugs, or all. A PATH is a release of SNOMED CT (RF2),
    LOINC or RxNorm as a folder or archive, a table of KCD (.xlsx, .csv) or ATC (.csv), a FHIR package (.tgz),
    a JSON or NDJSON file, or a folder of these. Run it again to go on where it stopped, or with a newer one.
    What is refused is named with its reason; the exit status is 1 where anything was.
    """
    steps = [_step(each) for each in _named(wanted)]
    counts: Counter[str] = Counter()
    with commanded("terminology load", "C", "fhir.write") as (wiring, scope):
        packages = wiring.terminology.packages(wiring.records)
        concepts = sum(_load(packages, scope, each, counts) for each in steps)
    stored = counts[NEW] + counts[CHANGED]
    told = f"{stored} stored, {counts[KNOWN]} known, {counts[REFUSED]} refused"
    click.echo(f"{told}; {concepts} concepts written")
    raise SystemExit(1 if counts[REFUSED] else 0)


def _named(wanted: Iterable[str]) -> Iterator[str]:
    for each in wanted:
        yield from SOURCES if each == EVERY else (each,)


def _step(wanted: str) -> str | Path:
    """A name of a terminology, or the path of what else is to be loaded."""
    if wanted in SOURCES:
        return wanted
    path = Path(wanted)
    if not path.exists():
        raise click.BadParameter(f"{wanted} is no file or folder, and none of {_KNOWN_NAMES}")
    return path


def _load(packages: TerminologyPackages, scope: AccessScope, step: str | Path, counts: Counter[str]) -> int:
    """Store the definitions, count what became of each, name what is refused, and bring the concepts in."""
    for each in _definitions(packages, scope, step):
        counts[each.outcome] += 1
        if each.outcome == REFUSED:
            click.echo(f"refused {each.name}: {each.why}", err=True)
    return packages.bring_in(scope)


def _definitions(
    packages: TerminologyPackages, scope: AccessScope, step: str | Path
) -> Iterator[LoadedDefinition]:
    if isinstance(step, Path):
        return packages.load(scope, [step])
    source = SOURCES[step]
    click.echo(f"{source.name}: {source.head.title} ({source.licence})", err=True)
    return packages.load_named(scope, source, cache_folder(os.environ))


@terminology.command("list")
def list_terminologies() -> None:
    """Show what may be loaded by name, and what is loaded: its version, licence, codes and names."""
    table = Table("name", "system", "loaded", "codes", "names", "licence", box=None)
    with commanded("terminology list", "R", "fhir.read") as (wiring, scope):
        loaded = {each.url: each for each in wiring.terminology.loaded(scope)}
    for source in SOURCES.values():
        there = loaded.pop(source.head.url, None)
        told = (there.version, str(there.codes), str(there.names)) if there else ("", "", "")
        table.add_row(source.name, source.head.url, *told, source.licence)
    for each in loaded.values():
        table.add_row("", each.url, each.version, str(each.codes), str(each.names), each.copyright)
    Console(highlight=False, soft_wrap=True).print(table)
