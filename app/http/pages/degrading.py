"""The parts of a page, each of which may fail by itself while the others are shown."""

from collections.abc import Callable
from typing import TypeVar

from graph.errors import Category, HilumError

FAILED = "failed"
"""What a part says that cannot be told now."""
_PASSING = frozenset({Category.UNAVAILABLE, Category.TOO_LARGE, Category.THROTTLED})
_Part = TypeVar("_Part")


def told(tell: Callable[[], _Part]) -> _Part | str:
    """What a part shows; FAILED where the graph does not answer, not in time, or would answer too much."""
    try:
        return tell()
    except HilumError as error:
        if error.category not in _PASSING:
            raise
        return FAILED
