"""`hilum worker`: claim jobs and do them, until Ctrl-C or SIGTERM."""

import click

from app.cli.process import run_role
from app.processes.job_worker import WORKER


@click.command()
def worker() -> None:
    """Run a job worker; any number may run on the home folder of a gateway."""
    run_role(WORKER)
