"""The role that keeps channels open for events of the worklist."""

import sys
from pathlib import Path

from app.config import Config
from app.processes.role import Role
from graph.local.sockets import address_in, listens

GRACE_SECONDS = 8.0  # each channel is told, and closed


def events_address(config: Config) -> Path:
    """Where connections are handed over to the role."""
    return address_in(config.home, "events.sock")


EVENTS = Role(
    name="events",
    title="the event channels",
    argv=lambda _: (sys.executable, "-m", "app.cli", "events"),
    grace=GRACE_SECONDS,
    answers=lambda config: listens(events_address(config)),
)
