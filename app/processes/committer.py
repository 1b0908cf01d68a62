"""The role of the committer: started before those who hand it units of work, and stopped after them."""

import sys

from app.processes.role import Role
from graph.commit.wire import address_of
from graph.local.sockets import listens

GRACE_SECONDS = 10.0  # the commit in hand comes to its end


COMMITTER = Role(
    name="committer",
    title="the committer",
    argv=lambda _: (sys.executable, "-m", "app.cli", "committer"),
    grace=GRACE_SECONDS,
    answers=lambda config: listens(address_of(config.home)),
)
