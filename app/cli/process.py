"""Runs a process of a role: what every command of the table of roles does."""

import os

from app.cli.signals import stopping
from app.config import Config
from app.http.kit.logging import configure_logging, note_last_words
from app.processes.collecting import collect_seldom
from app.processes.role import Role
from app.wiring import wired
from app.wiring.roles import RUNNERS


def run_role(role: Role) -> None:
    """Wire what the role needs, and run it until Ctrl-C or SIGTERM."""
    config = Config.from_env(os.environ)
    configure_logging(config.log_level)
    note_last_words()
    with stopping() as wish, wired(config) as wiring:
        collect_seldom()
        RUNNERS[role.name](wiring).run(wish.event)
