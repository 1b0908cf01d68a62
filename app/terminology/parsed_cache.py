"""Resources that were read whole and made ready to be asked, kept for who asks next.

A version of a resource never changes, so what was made of it stays right; it is found again by the key of the
version, which only who may see the version has in hand.
"""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Made = TypeVar("Made")


class ParsedCache(Generic[Made]):
    """Keeps up to `room` bytes of texts, by their length, as what was made of them; safe between threads."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: OrderedDict[str, tuple[Made, int]] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def made(self, key: str, weight: int, make: Callable[[], Made]) -> Made:
        """What was made under a key before, or is made now; `weight` is the length of its text."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        found = make()
        with self._lock:
            if key not in self._kept and weight <= self._room:
                self._kept[key] = (found, weight)
                self._weight += weight
            while self._weight > self._room:
                self._weight -= self._kept.popitem(last=False)[1][1]
        return found
