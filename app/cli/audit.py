"""`hilum audit`: who touched whose record, the newest first."""

import os
from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from app.audit.asking import AuditReader, AuditWindow
from app.cli.access import admitted
from app.config import Config
from app.wiring import wired
from graph.audit.entries import READ
from graph.errors import Invalid
from graph.keys import resource_key
from graph.scope import AccessScope

_SHOWN = 50
_AT_ONCE = 1_000


@click.command()
@click.option("--patient", help="The id of a Patient: who touched that record.")
@click.option("--study", help="The id of an ImagingStudy.")
@click.option("--limit", type=click.IntRange(1), default=_SHOWN, show_default=True)
def audit(patient: str | None, study: str | None, limit: int) -> None:
    """Show who touched the record of a patient or a study, the newest first; without either, everything.

    What processes have noted in the last seconds comes with the next file that they close.
    """
    if patient and study:
        raise Invalid("name a patient or a study")
    table = Table("when", "who", "role", "action", "what", "outcome", box=None)
    with wired(Config.from_env(os.environ)) as wiring:
        wiring.audit_mover.move()
        with admitted(wiring, "audit", "R", READ, patient=patient, study=study) as scope:
            named = (("Patient", patient), ("ImagingStudy", study))
            keys = tuple(resource_key(scope.tenant, kind, each) for kind, each in named if each)
            for event in _events(wiring.audit_reader, scope, keys, limit):
                table.add_row(*_row(event))
    Console(highlight=False, soft_wrap=True).print(table)


def _events(
    reader: AuditReader, scope: AccessScope, concerned: tuple[str, ...], limit: int
) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    after: tuple[int, str] | None = None
    while len(found) < limit:
        window = AuditWindow(limit=min(limit - len(found), _AT_ONCE), concerned=concerned, after=after)
        page = reader.page(scope, window)
        found += page.events
        after = page.after
        if after is None:
            break
    return found


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
