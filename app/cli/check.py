"""`hilum check`: prove that graph, blobs and audit agree, recounting everything from what lies on disk."""

import os

import click

from app.checking import CHECKS, run_checks
from app.cli.services import opened
from app.config import Config


@click.command()
def check() -> None:
    """Recount everything; print what is wrong and end with status 1, or say that all is well."""
    with opened(Config.from_env(os.environ)) as services:
        findings = list(run_checks(services))
    for finding in findings:
        click.echo(f"{finding.invariant}: {finding.what}", err=True)
    if findings:
        raise SystemExit(1)
    click.echo(f"all is well ({len(CHECKS)} checks)")
