"""What a process of each role runs, by the name of the role in the table of `app/processes/roles.py`.

The web server has no row: it is a program of its own, which makes the application through `wsgi`.
"""

from collections.abc import Callable, Mapping
from threading import Event
from typing import Protocol

from app.wiring.committing import CommitterRunner
from app.wiring.eventing import event_server
from app.wiring.process import Wiring
from app.wiring.working import worker


class Runner(Protocol):
    """What a process of a role runs."""

    def run(self, stop: Event) -> None:
        """Work until `stop` is set, and come to an orderly end within the grace of the role."""


RUNNERS: Mapping[str, Callable[[Wiring], Runner]] = {
    "committer": CommitterRunner,
    "events": event_server,
    "worker": worker,
}
