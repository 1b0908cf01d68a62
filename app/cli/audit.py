"""`hilum audit`: who touched whose record, the newest first; its export, its checkpoints, and its proof."""

import os
import time
from collections.abc import Iterator, Mapping
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table

from app.audit.checkpoints import KEPT, Checkpoint, Checkpoints
from app.cli.access import admitted
from app.config import Config
from app.records.audited import AuditSearch
from app.wiring import wired
from graph.audit.entries import READ
from graph.errors import Invalid
from graph.scope import AccessScope

_SHOWN = 50
_AT_ONCE = 1_000
_PROOF = ".proof"
_FILE = click.Path(dir_okay=False, path_type=Path)
_THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(cls=click.Group, invoke_without_command=True)
@click.option("--patient", help="The id of a Patient: who touched that record.")
@click.option("--study", help="The id of an ImagingStudy.")
@click.option("--limit", type=click.IntRange(1), default=_SHOWN, show_default=True)
@click.pass_context
def audit(context: click.Context, patient: str | None, study: str | None, limit: int) -> None:
    """Show who touched the record of a patient or a study, the newest first; without either, everything.

    What processes have noted in the last seconds comes with the next file that they close.
    """
    if context.invoked_subcommand is not None:
        return
    asked = _of_whom(patient, study)
    table = Table("when", "who", "role", "action", "what", "outcome", box=None)
    with wired(Config.from_env(os.environ)) as wiring:
        wiring.audit_mover.move()
        with admitted(wiring, "audit", "R", READ, patient=patient, study=study) as scope:
            for number, event in enumerate(_events(wiring.audit_search, scope, asked), 1):
                table.add_row(*_row(event))
                if number == limit:
                    break
    Console(highlight=False, soft_wrap=True).print(table)


@audit.command()
@click.argument("file", type=_FILE)
@click.option("--patient", help="Only of the record of a Patient, by id.")
@click.option("--since", help="From a date, or date and time, on.")
@click.option("--until", help="Before a date, or date and time.")
def export(file: Path, patient: str | None, since: str | None, until: str | None) -> None:
    """Write AuditEvents to FILE, a line each (NDJSON), the newest first, and their proof to FILE.proof.

    The proof is a checkpoint of the audit that names the digest of the file; `hilum audit verify --export
    FILE` holds both to it.
    """
    given = {"patient": patient, "since": since, "until": until}
    asked = (
        ("patient", patient and f"Patient/{patient}"),
        ("date", since and f"ge{since}"),
        ("date", until and f"lt{until}"),
    )
    count, digest = 0, sha256()
    with wired(Config.from_env(os.environ)) as wiring:
        wiring.audit_mover.move()
        with admitted(wiring, "audit export", "R", READ, **given) as scope, file.open("wb") as lines:
            for event in _events(wiring.audit_search, scope, [(name, each) for name, each in asked if each]):
                line = orjson.dumps(event) + b"\n"
                digest.update(line)
                lines.write(line)
                count += 1
            made = wiring.checkpoints.make(int(time.time()), digest.hexdigest())
    _proof_of(file).write_text(f"{made.text}\n", encoding="ascii")
    click.echo(f"{count} events in {file}, their proof in {_proof_of(file)}")


@audit.command()
@click.option("--out", type=_FILE, help="The file to write it to; it is shown without.")
def checkpoint(out: Path | None) -> None:
    """Sign the head of the audit's archive as it is now: keep that elsewhere, for `hilum audit verify`."""
    with wired(Config.from_env(os.environ)) as wiring:
        wiring.audit_mover.move()
        with admitted(wiring, "audit checkpoint", "R", READ):
            made = wiring.checkpoints.make(int(time.time()))
    if out is None:
        click.echo(made.text)
    else:
        out.write_text(f"{made.text}\n", encoding="ascii")
        click.echo(f"place {made.place} of archive {made.roll}, in {out}")


@audit.command()
@click.option("--checkpoint", "files", type=_THERE, multiple=True, help="A file of checkpoints, a line each.")
@click.option("--export", "exported", type=_THERE, help="A file that `hilum audit export` wrote.")
def verify(files: tuple[Path, ...], exported: Path | None) -> None:
    """Prove that nothing of the audit was removed, changed, put elsewhere or cut off; else end with status 1.

    The archive is held to its seals, to what the graph knows, to the checkpoints that the worker kept, and to
    those of the files that are named.
    """
    with wired(Config.from_env(os.environ)) as wiring, admitted(wiring, "audit verify", "R", READ) as scope:
        kept = wiring.audit_folder / KEPT
        named = [*files, *([kept] if kept.exists() else []), *([_proof_of(exported)] if exported else [])]
        held = [each for path in named for each in _checkpoints(wiring.checkpoints, path)]
        wrong = [*wiring.audit_trail.defects(scope), *wiring.checkpoints.contradictions(held)]
        if exported and all(each.export != _digest(exported) for each in held):
            wrong.append(f"{exported} is not what its proof says")
    for each in wrong:
        click.echo(each, err=True)
    if wrong:
        raise SystemExit(1)
    click.echo(f"the audit is whole; {len(held)} checkpoints say the same")


def _of_whom(patient: str | None, study: str | None) -> list[tuple[str, str]]:
    """The question for the record of a patient, of a study, or of both together."""
    named = (("patient", "Patient", patient), ("entity", "ImagingStudy", study))
    return [(name, f"{kind}/{each}") for name, kind, each in named if each]


def _proof_of(file: Path) -> Path:
    return file.with_name(f"{file.name}{_PROOF}")


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def _checkpoints(reader: Checkpoints, path: Path) -> list[Checkpoint]:
    """The checkpoints of a file, a line each; raises `Invalid` for what was not signed here."""
    try:
        return [reader.read(each) for each in path.read_text("ascii").split()]
    except (FileNotFoundError, UnicodeDecodeError):
        raise Invalid(f"{path} holds no checkpoint") from None


def _events(
    search: AuditSearch, scope: AccessScope, asked: list[tuple[str, str]]
) -> Iterator[Mapping[str, Any]]:
    after: tuple[int, str] | None = None
    while True:
        page = search.page(scope, asked, _AT_ONCE, after)
        yield from page.events
        after = page.after
        if after is None:
            return


def _row(event: Mapping[str, Any]) -> tuple[str, ...]:
    asking = next(agent for agent in event["agent"] if agent["requestor"])
    roles = [each["coding"][0]["code"] for each in asking.get("role", ())]
    return (
        event["recorded"],
        asking.get("name", "-"),
        " ".join(roles) or "-",
        event["action"],
        event["subtype"][-1]["code"],
        event["outcomeDesc"],
    )
