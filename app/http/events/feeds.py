"""The events of a tenant as they come, for all who are told of them in this process: read once for all."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from app.imaging.worklist.channels import BATCH, EventChannels
from graph.errors import HilumError
from graph.scope import AccessScope
from graph.workitems.events import ReportedEvent

KEPT = 2_000  # the last events, which those who are up to date are told from
_PAUSE = 1.0  # seconds between two looks where nobody wakes it: other machines commit too


class Rights(Protocol):
    """Gives the rights under which events are read for all."""

    def __call__(self, tenant: str) -> AccessScope:
        """The scope of the gateway itself in a tenant."""


class EventFeed:
    """The last events of one tenant."""

    def __init__(self, channels: EventChannels, scope: AccessScope) -> None:
        self._channels = channels
        self._scope = scope
        self._recent: deque[ReportedEvent] = deque(maxlen=KEPT)
        self._last: int | None = None
        self._woken = asyncio.Event()
        self._news = asyncio.Condition()

    def wake(self) -> None:
        """Look for events now."""
        self._woken.set()

    async def run(self) -> None:
        """Read events as they come, until it is cancelled."""
        while True:
            with suppress(HilumError):  # a graph that is away now is asked again
                while await self._read():
                    continue
            with suppress(TimeoutError):
                async with asyncio.timeout(_PAUSE):
                    await self._woken.wait()
            self._woken.clear()

    async def _read(self) -> bool:
        """Read a batch; False where there is no more for now."""
        if self._last is None:
            self._last = await asyncio.to_thread(self._channels.last, self._scope)
        found = await asyncio.to_thread(self._channels.since, self._scope, self._last)
        if found:
            self._recent.extend(found)
            self._last = found[-1].sent.sequence
            async with self._news:
                self._news.notify_all()
        return len(found) == BATCH

    async def since(self, after: int) -> Sequence[ReportedEvent]:
        """The next events after one; nothing where there are none yet."""
        if self._last is not None and after >= self._last:
            return ()
        if self._recent and self._recent[0].sent.sequence <= after + 1:
            found = [each for each in self._recent if each.sent.sequence > after]
            return found[:BATCH]
        return await asyncio.to_thread(self._channels.since, self._scope, after)

    async def news(self, after: int, seconds: float) -> None:
        """Wait until there is an event after one, but no longer than so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait_for(lambda: self._last is not None and self._last > after)
