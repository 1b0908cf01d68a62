"""The role of the job worker."""

import sys

from app.config import Config
from app.processes.role import Role

GRACE_SECONDS = 15.0  # the job in hand comes to a step from which it can go on


def _copies(config: Config) -> int:
    return config.workers


WORKER = Role(
    name="worker",
    title="the worker",
    argv=lambda _: (sys.executable, "-m", "app.cli", "worker"),
    grace=GRACE_SECONDS,
    copies=_copies,
)
