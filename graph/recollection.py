"""Answers of the graph that are remembered for as long as nothing is written (ADR 7).

A viewer asks for the pictures of one study one by one, and a page asks again what it asked a second ago. An
answer is found again by whose rights it was made under and by what was asked, both whole, and only while the
edition of the graph is the one under which it was read.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

from graph.edition import Edition
from graph.scope import AccessScope

Answer = TypeVar("Answer")

SECONDS = 5.0  # the longest that anything is remembered: what a writer costs that is killed while it writes
BYTES = 32 << 20  # of one process, by the weights that were said
_LARGEST_SHARE = 8  # one answer takes an eighth of that at most


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Any
    edition: bytes
    until: float
    weight: int


class Recollection:
    """Remembers answers of one edition of a graph; safe between threads.

    Answers are shared by all who ask the same, so they must not be changed by anybody.
    """

    def __init__(
        self, edition: Edition, *, room: int = BYTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._edition = edition
        self._room = room
        self._clock = clock
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    @property
    def weight(self) -> int:
        """About how many bytes are remembered."""
        return self._weight

    def recall(
        self,
        scope: AccessScope,
        asked: Hashable,
        find: Callable[[], Answer],
        weigh: Callable[[Answer], int],
    ) -> Answer:
        """The answer to what is asked under these rights: remembered, or found now and then kept.

        `weigh` says about how many bytes an answer takes. Raises what `find` raises, and keeps nothing of it.
        """
        key = (scope, asked)
        edition = self._edition.current()
        kept = self._kept.get(key)
        if kept is not None and kept.edition == edition and self._clock() < kept.until:
            answer: Answer = kept.answer
            return answer
        answer = find()
        self._keep((scope.bare(), asked), _Kept(answer, edition, self._clock() + SECONDS, weigh(answer)))
        return answer

    def _keep(self, key: Hashable, kept: _Kept) -> None:
        if kept.weight * _LARGEST_SHARE > self._room:
            return
        with self._lock:
            self._drop(key)
            self._kept[key] = kept
            self._weight += kept.weight
            while self._weight > self._room:
                self._drop(next(iter(self._kept)))  # the one that was found first

    def _drop(self, key: Hashable) -> None:
        dropped = self._kept.pop(key, None)
        if dropped is not None:
            self._weight -= dropped.weight
