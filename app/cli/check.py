"""`hilum check`: prove that graph, blobs and audit agree, recounting everything from what lies on disk."""

import os

import click

from app.config import Config
from app.wiring import wired


@click.command()
def check() -> None:
    """Recount everything; print what is wrong and end with status 1, or say that all is well."""
    with wired(Config.from_env(os.environ)) as wiring:
        checks = wiring.checks
        violations = list(checks.run())
    for violation in violations:
        click.echo(f"{violation.invariant}: {violation.what}", err=True)
    if violations:
        raise SystemExit(1)
    click.echo(f"all is well ({len(checks.checkers)} checks)")
