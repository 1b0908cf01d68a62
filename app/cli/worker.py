"""`hilum worker`: claim jobs and do them, until Ctrl-C or SIGTERM."""

import os
from importlib import import_module

import click

from app.cli.services import opened
from app.cli.signals import stopping
from app.config import Config


@click.command()
def worker() -> None:
    """Run a job worker; any number may run beside a gateway, on this machine or on others."""
    config = Config.from_env(os.environ)
    with stopping() as wish, opened(config) as services:
        import_module("app.jobs.worker").run(services, wish.event)
