"""The process that keeps channels open: WebSockets and server-sent events, one task each (asyncio, aiohttp).

A connection comes from a web process, which admitted its request; here it is admitted again with every batch
of events, since a token ends, a grant is taken back and a patient withdraws consent while it is open.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any, TypeAlias

from aiohttp import WSCloseCode, WSMsgType, web

from app.admission.admission import Authenticate, KeepRights
from app.http.events.casting import CastChannels
from app.http.events.feeds import EventFeed, Rights
from app.http.kit.handover import NO_ROOM, ROOM, HandedConnection, received, taken
from app.imaging.worklist.channels import GOING_DOWN, RESTARTED, EventChannels, EventReport, status_report
from app.work.waking import Listener, Topic
from graph.errors import HilumError
from graph.local.sockets import is_ours, listen
from graph.scope import AccessScope

MOST_OF_CALLER, MOST = 16, 1_000  # channels
LOOK_SECONDS = 5.0  # between two looks at the rights of who is told nothing meanwhile
HEARTBEAT = 20.0  # seconds until a peer that is silent is asked, and that again until it counts as gone
_END_SECONDS = 3.0
_LARGEST_MESSAGE = 1 << 12
Send: TypeAlias = Callable[[str, int], Awaitable[None]]
"""Sends the text of a report, and its number; 0 of one that has none."""


class EventServer:
    """Serves the channels of this machine."""

    def __init__(
        self,
        channels: EventChannels,
        casts: CastChannels,
        *,
        home: Path,
        address: Path,
        authenticate: Authenticate,
        keep: KeepRights,
        rights: Rights,
    ) -> None:
        self._channels = channels
        self._casts = casts
        self._home = home
        self._address = address
        self._authenticate = authenticate
        self._keep = keep
        self._rights = rights
        self._open: Counter[str] = Counter()
        self._handed: dict[Any, HandedConnection] = {}
        self._feeds: dict[str, EventFeed] = {}
        self._pumps: set[asyncio.Task[None]] = set()
        self._told: set[tuple[str, str]] = set()  # whose channels were opened since this process started
        self._ending: asyncio.Event

    def run(self, stop: Event) -> None:
        """Keep channels open until `stop` is set; then tell each that the service goes down."""
        asyncio.run(self._serve(stop))

    async def _serve(self, stop: Event) -> None:
        loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        server = web.Server(self._answer, access_log=None, handler_cancellation=True)
        wakes = Listener(self._home)
        woken = {
            wakes.event((Topic.CHANGES,)): self._look,
            wakes.event((Topic.CASTS,)): self._casts.look,
        }
        listener = listen(self._address)
        Thread(target=self._accept, args=(listener, loop, server), name="accept", daemon=True).start()
        for event, look in woken.items():
            Thread(target=_wake, args=(event, look, loop, stop), name="wake", daemon=True).start()
        try:
            await asyncio.to_thread(stop.wait)
        finally:
            self._address.unlink(missing_ok=True)
            listener.close()
            self._ending.set()
            await server.shutdown(_END_SECONDS)
            for pump in self._pumps:
                pump.cancel()
            wakes.close()

    def _look(self) -> None:
        for feed in self._feeds.values():
            feed.wake()

    # Taking connections over, in threads: passing them needs a blocking call

    def _accept(self, listener: socket.socket, loop: asyncio.AbstractEventLoop, server: web.Server) -> None:
        with suppress(OSError):  # it was closed
            while True:
                asking, _ = listener.accept()
                Thread(target=self._take, args=(asking, loop, server), daemon=True).start()

    def _take(self, asking: socket.socket, loop: asyncio.AbstractEventLoop, server: web.Server) -> None:
        with asking, suppress(OSError, RuntimeError):
            handed = received(asking) if is_ours(asking) else None
            if handed is None:
                return
            if self._open[handed.subject] >= MOST_OF_CALLER or self._open.total() >= MOST:
                asking.sendall(NO_ROOM)
                return
            asking.sendall(ROOM)
            connection = taken(asking)
            if connection is not None:
                asyncio.run_coroutine_threadsafe(self._adopt(server, connection, handed), loop)

    async def _adopt(self, server: web.Server, connection: socket.socket, handed: HandedConnection) -> None:
        """Let the server of this process read the request again, as if the connection were its own."""
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        _, protocol = await loop.connect_accepted_socket(server, connection)
        self._handed[protocol] = handed
        protocol.data_received(handed.head)

    # Answering

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        handed = self._handed.pop(request.protocol, None)
        if handed is None:
            return web.Response(status=400)
        self._open[handed.subject] += 1
        try:
            if handed.cast:
                return await self._casts.serve(request, handed, self._ending)
            if "Upgrade" in request.headers:
                return await self._socket(request, handed)
            return await self._stream(request, handed)
        finally:
            self._open[handed.subject] -= 1

    async def _socket(self, request: web.BaseRequest, handed: HandedConnection) -> web.StreamResponse:
        channel = web.WebSocketResponse(
            heartbeat=HEARTBEAT, max_msg_size=_LARGEST_MESSAGE, compress=False, timeout=_END_SECONDS
        )
        await channel.prepare(request)

        async def send(text: str, _: int) -> None:
            await channel.send_str(text)

        telling = asyncio.create_task(self._tell(handed, send))
        hearing = asyncio.create_task(_hear(channel))
        try:
            await asyncio.wait({telling, hearing}, return_when=asyncio.FIRST_COMPLETED)
            code = WSCloseCode.GOING_AWAY if self._ending.is_set() else WSCloseCode.POLICY_VIOLATION
            await channel.close(code=code)
        finally:
            for task in (telling, hearing):
                task.cancel()
            await asyncio.gather(telling, hearing, return_exceptions=True)
        return channel

    async def _stream(self, request: web.BaseRequest, handed: HandedConnection) -> web.StreamResponse:
        channel = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        channel.force_close()
        await channel.prepare(request)

        async def send(text: str, number: int) -> None:
            place = f"id: {number}\n" if number else ""
            async with asyncio.timeout(HEARTBEAT):  # who does not read is let go
                await channel.write(f"{place}data: {text}\n\n".encode() if text else b":\n\n")

        with suppress(ConnectionError, TimeoutError, HilumError):
            await send("", 0)  # the head leaves
            await self._tell(handed, send, beats=True)
        return channel

    async def _tell(self, handed: HandedConnection, send: Send, *, beats: bool = False) -> None:
        """Send what there is to tell, until the process ends or the caller's rights do.

        `beats`: an empty text is sent between, by which a connection that is dead is noticed. Raises
        `HilumError` where the rights end, `ConnectionError` where the client has left.
        """
        scope = await self._admitted(handed)
        known = await asyncio.to_thread(self._channels.opened, scope, handed.title)
        position = await asyncio.to_thread(self._channels.resumed, scope, handed.last, known)
        await self._greet(handed, send)
        feed = self._feed(scope.tenant)
        while not self._ending.is_set():
            events = await feed.since(position)
            scope = await self._admitted(handed)
            if events:
                reports = await asyncio.to_thread(self._channels.reports, scope, handed.title, events)
                await self._send(scope, handed, reports, send)
                position = events[-1].sent.sequence
                continue
            await self._wait(feed, position)
            if beats:
                await send("", 0)
        await send(status_report(GOING_DOWN), 0)

    async def _send(
        self, scope: AccessScope, handed: HandedConnection, reports: list[EventReport], send: Send
    ) -> None:
        for report in reports:
            await send(report.text, report.sequence)
        if reports:
            await asyncio.to_thread(self._channels.sent, scope, handed.title, reports[-1].sequence)

    async def _wait(self, feed: EventFeed, position: int) -> None:
        """Wait for events, for the end of the process, or until it is time to look at the rights again."""
        news = asyncio.create_task(feed.news(position, LOOK_SECONDS))
        ending = asyncio.create_task(self._ending.wait())
        await asyncio.wait({news, ending}, return_when=asyncio.FIRST_COMPLETED)
        for task in (news, ending):
            task.cancel()

    async def _greet(self, handed: HandedConnection, send: Send) -> None:
        """Tell who was told before this process started that it did."""
        who = (handed.subject, handed.title)
        if who in self._told:
            return
        self._told.add(who)
        scope = await self._admitted(handed)
        if await asyncio.to_thread(self._channels.was_told, scope, handed.title):
            await send(status_report(RESTARTED), 0)

    async def _admitted(self, handed: HandedConnection) -> AccessScope:
        """The rights of the caller as they are now; raises `HilumError` where there are none any more."""

        def admit() -> AccessScope:
            scope = self._keep(self._authenticate(handed.credentials))
            scope.require("workitem.read")
            return scope

        return await asyncio.to_thread(admit)

    def _feed(self, tenant: str) -> EventFeed:
        found = self._feeds.get(tenant)
        if found is None:
            found = self._feeds[tenant] = EventFeed(self._channels, self._rights(tenant))
            self._pumps.add(asyncio.create_task(found.run()))
        return found


def _wake(woken: Event, look: Callable[[], None], loop: asyncio.AbstractEventLoop, stop: Event) -> None:
    """Have the loop look whenever somebody wakes it, until `stop` is set."""
    while not stop.is_set():
        if woken.wait(1.0):
            woken.clear()
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(look)


async def _hear(channel: web.WebSocketResponse) -> None:
    """Wait until the client leaves; what it says is nothing that it would be asked."""
    while True:
        message = await channel.receive()
        if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
            return
