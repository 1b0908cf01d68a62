"""The command of the job worker."""

import sys
from collections.abc import Mapping

from app.config import Config
from app.processes.child import Command
from app.processes.web_server import LOGS

GRACE_SECONDS = 15.0  # the job in hand comes to a step from which it can go on


def job_worker(config: Config, environment: Mapping[str, str]) -> Command:
    """The job worker as a child of the supervisor, with `environment` beside our own."""
    return Command(
        "worker",
        (sys.executable, "-m", "app.cli", "worker"),
        config.home,
        GRACE_SECONDS,
        environment,
        log=config.home / LOGS / "worker.log",
    )
