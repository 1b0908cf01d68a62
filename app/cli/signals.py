"""Ctrl-C and SIGTERM, as one wish to stop."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from types import FrameType

FOLLOW_SECONDS = 0.5


class Stopping:
    """`event` is set by the first signal; while `interrupting`, that signal also raises KeyboardInterrupt.

    Later signals are ignored: an orderly stop is under way, and each of its steps has its time-out.
    """

    def __init__(self, *, interrupting: bool) -> None:
        self.event = Event()
        self.interrupting = interrupting

    def receive(self, _number: int, _frame: FrameType | None) -> None:
        """Take a signal.

        Raises `KeyboardInterrupt` while `interrupting`.
        """
        if self.event.is_set():
            return
        self.event.set()
        if self.interrupting:
            raise KeyboardInterrupt

    def follow_parent(self) -> None:
        """Stop, too, when the process that started us is gone (`make run` was killed)."""
        parent = os.getppid()

        def follow() -> None:
            while os.getppid() == parent:
                if self.event.wait(FOLLOW_SECONDS):
                    return
            os.kill(os.getpid(), signal.SIGTERM)

        Thread(target=follow, name="follow-parent", daemon=True).start()


@contextmanager
def stopping(*, interrupting: bool = False) -> Iterator[Stopping]:
    """Take Ctrl-C and SIGTERM within the block."""
    wish = Stopping(interrupting=interrupting)
    before = {number: signal.signal(number, wish.receive) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wish
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
