"""`hilum worker`: claim jobs and do them, until Ctrl-C or SIGTERM."""

import os

import click

from app.cli.services import opened
from app.cli.signals import stopping
from app.config import Config
from app.http.kit.logging import configure_logging
from app.work.worker import run


@click.command()
def worker() -> None:
    """Run a job worker; any number may run beside a gateway, on this machine or on others."""
    config = Config.from_env(os.environ)
    configure_logging(config.log_level)
    with stopping() as wish, opened(config) as services:
        run(services, wish.event)
