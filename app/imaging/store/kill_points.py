"""Places at which a fault test kills this process, as a crash would: `HILUM_KILL_AT=after-rename` and so on.

Without the variable, which is read once, `reach` does nothing.
"""

import os
import signal
from collections.abc import Callable

AFTER_RENAME = "after-rename"
BEFORE_COMMIT = "before-commit"
AFTER_COMMIT = "after-commit"
POINTS = frozenset({AFTER_RENAME, BEFORE_COMMIT, AFTER_COMMIT})
VARIABLE = "HILUM_KILL_AT"


def _pass(point: str) -> None:
    """Go on."""


def _killer(chosen: str) -> Callable[[str], None]:
    def kill(point: str) -> None:
        if point == chosen:
            os.kill(os.getpid(), signal.SIGKILL)

    return kill


def hook(chosen: str | None) -> Callable[[str], None]:
    """The function that is called at each point; raises `ValueError` for a point that does not exist."""
    if not chosen:
        return _pass
    if chosen not in POINTS:
        raise ValueError(f"{VARIABLE} is one of {', '.join(sorted(POINTS))}")
    return _killer(chosen)


reach = hook(os.environ.get(VARIABLE))
