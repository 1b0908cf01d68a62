"""`hilum committer`: commit for all processes of this machine, until Ctrl-C or SIGTERM."""

import click

from app.cli.process import run_role
from app.processes.committer import COMMITTER


@click.command()
def committer() -> None:
    """Run the committer; one runs on the home folder of a gateway."""
    run_role(COMMITTER)
