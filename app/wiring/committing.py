"""The committer role: the one process that commits for all of a machine."""

from contextlib import suppress
from threading import Event

from app.wiring.process import Wiring
from graph.commit.listening import CommitterProcess
from graph.commit.wire import address_of
from graph.errors import Unavailable


class CommitterRunner:
    """Serves units of work until it is told to stop."""

    def __init__(self, wiring: Wiring) -> None:
        self._address = address_of(wiring.config.home)
        self._committing = wiring.committing

    def run(self, stop: Event) -> None:
        """Commit what the other processes hand in, until `stop` is set and all of it is settled.

        It listens when its statements are compiled: who finds it slow at first would wait for nothing.
        """
        with suppress(Unavailable):  # a graph that is away now is waited for by whoever hands in a unit
            self._committing.warm()
        process = CommitterProcess(self._address, self._committing)
        try:
            process.run(stop.is_set)
        finally:
            process.close()
