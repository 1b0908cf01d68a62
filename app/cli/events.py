"""`hilum events`: keep channels open for events of the worklist, until Ctrl-C or SIGTERM."""

import click

from app.cli.process import run_role
from app.processes.events import EVENTS


@click.command()
def events() -> None:
    """Keep channels open for events; one runs on the home folder of a gateway."""
    run_role(EVENTS)
