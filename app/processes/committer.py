"""The role of the committer: there before those who hand it units of work, and stopped after them."""

import socket
import sys

from app.config import Config
from app.processes.role import Role
from graph.commit.wire import address_in

GRACE_SECONDS = 10.0  # the commit in hand comes to its end


def _listens(config: Config) -> bool:
    """Whether units can be handed in."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        return probe.connect_ex(str(address_in(config.home))) == 0


COMMITTER = Role(
    name="committer",
    title="the committer",
    argv=lambda _: (sys.executable, "-m", "app.cli", "committer"),
    grace=GRACE_SECONDS,
    answers=_listens,
)
