"""The channels of FHIRcast: what is said on a topic is sent to each who listens, who confirms it (2.5)."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from app.http.kit.handover import HandedConnection
from app.records.casts.listening import HEARTBEAT_SECONDS, CastListener, CastListening
from app.records.casts.messages import HEARTBEAT, SYNC_ERROR, CastJson
from graph.errors import Forbidden, HilumError
from graph.scope import AccessScope

ANSWER_SECONDS = 10.0  # in which a subscriber confirms an event
LOOK_SECONDS = 2.0  # between two looks where nobody wakes it: other machines commit too
_PING = 20.0
_END_SECONDS = 3.0
_LARGEST_MESSAGE = 1 << 12
_SUCCESS = range(200, 300)
_GENTLY = (WSCloseCode.OK, WSCloseCode.GOING_AWAY, None)
_UNCONFIRMED = (HEARTBEAT, SYNC_ERROR)


@dataclass(slots=True)
class _Conversation:
    """One open channel: `waiting` are the events that were not confirmed yet, with when they should be."""

    channel: web.WebSocketResponse
    listener: CastListener
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: dict[str, tuple[float, CastJson]] = field(default_factory=dict)
    last: CastJson | None = None
    number: int = 0
    beat: float = field(default_factory=time.monotonic)

    async def send(self, message: CastJson) -> None:
        """Send a message; an event is to be confirmed."""
        if "event" in message and message["event"]["hub.event"] not in _UNCONFIRMED:
            self.waiting[message["id"]] = (time.monotonic() + ANSWER_SECONDS, message)
            self.last = message
        await self.channel.send_str(json.dumps(message, ensure_ascii=False))

    def overdue(self) -> CastJson | None:
        """An event that was not confirmed in time; None where there is none."""
        now = time.monotonic()
        return next((message for until, message in self.waiting.values() if until < now), None)


class CastChannels:
    """The channels of this process, for the gateway's own tenant."""

    def __init__(self, listening: CastListening, tenant: str) -> None:
        self._listening = listening
        self._tenant = tenant
        self._open: dict[str, _Conversation] = {}

    def look(self) -> None:
        """Look for news on every channel now."""
        for each in self._open.values():
            each.woken.set()

    async def serve(
        self, request: web.BaseRequest, handed: HandedConnection, ending: asyncio.Event
    ) -> web.StreamResponse:
        """Keep the channel of a subscription open until it ends, the client leaves, or the process ends."""
        listener = await asyncio.to_thread(self._listening.find, self._tenant, handed.title)
        if listener is None or "Upgrade" not in request.headers:
            return web.Response(status=404)
        channel = web.WebSocketResponse(
            heartbeat=_PING, max_msg_size=_LARGEST_MESSAGE, compress=False, timeout=_END_SECONDS
        )
        await channel.prepare(request)
        conversation = _Conversation(channel, listener)
        before = self._open.get(listener.digest)
        self._open[listener.digest] = conversation
        if before is not None:  # one channel has one connection: the newest
            await before.channel.close(code=WSCloseCode.POLICY_VIOLATION)
        telling = asyncio.create_task(self._tell(conversation, ending))
        hearing = asyncio.create_task(self._hear(conversation))
        try:
            await asyncio.wait({telling, hearing}, return_when=asyncio.FIRST_COMPLETED)
            left = hearing.done() and not telling.done()
            failed = telling.done() and telling.exception() is not None  # as where the graph is away
            await self._closed(conversation, left=left, ending=failed or ending.is_set())
        finally:
            for task in (telling, hearing):
                task.cancel()
            await asyncio.gather(telling, hearing, return_exceptions=True)
            if self._open.get(listener.digest) is conversation:
                del self._open[listener.digest]
        return channel

    async def _closed(self, talk: _Conversation, *, left: bool, ending: bool) -> None:
        """Close the channel; where the client is gone without a word, tell the others."""
        lost = left and talk.channel.close_code not in _GENTLY and not ending
        if lost and talk.last is not None and self._open.get(talk.listener.digest) is talk:
            await self._failed(talk, talk.last, "its connection was lost")
        code = WSCloseCode.GOING_AWAY if ending else WSCloseCode.OK
        await talk.channel.close(code=code)

    async def _tell(self, talk: _Conversation, ending: asyncio.Event) -> None:
        """Confirm the subscription, then send what is said until it ends."""
        try:
            scope = await self._admitted(talk)
            left = self._listening.seconds_left(talk.listener)
            await talk.send(talk.listener.told("subscribe", lease_seconds=left))
            first, talk.number = await asyncio.to_thread(self._listening.beginning, scope, talk.listener)
            for message in first:
                await talk.send(message)
            while not ending.is_set() and await self._goes_on(talk):
                await self._wait(talk, ending)
        except Forbidden:
            await talk.send(talk.listener.told("denied", reason="there are no rights to it any more"))

    async def _goes_on(self, talk: _Conversation) -> bool:
        """Send what is new; False where the subscription has ended."""
        now = await asyncio.to_thread(self._listening.again, self._tenant, talk.listener)
        if now is None:
            await talk.send(talk.listener.told("denied", reason="the subscription has ended"))
            return False
        if now != talk.listener:  # it was subscribed anew
            talk.listener = now
            left = self._listening.seconds_left(now)
            await talk.send(now.told("subscribe", lease_seconds=left))
        if (late := talk.overdue()) is not None:
            await self._failed(talk, late, "it did not answer")
            await asyncio.to_thread(self._listening.end, self._tenant, talk.listener)
            await talk.send(talk.listener.told("denied", reason="an event was not confirmed"))
            return False
        scope = await self._admitted(talk)
        told, talk.number = await asyncio.to_thread(self._listening.news, scope, talk.listener, talk.number)
        for message in told:
            await talk.send(message)
        if time.monotonic() - talk.beat >= HEARTBEAT_SECONDS - LOOK_SECONDS:
            talk.beat = time.monotonic()
            if beat := self._listening.heartbeat(talk.listener):
                await talk.send(beat)
        return True

    async def _wait(self, talk: _Conversation, ending: asyncio.Event) -> None:
        """Wait until somebody says something, or for the next look."""
        tasks = [asyncio.create_task(each.wait()) for each in (talk.woken, ending)]
        await asyncio.wait(tasks, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        talk.woken.clear()
        for task in tasks:
            task.cancel()

    async def _hear(self, talk: _Conversation) -> None:
        """Hear what the client confirms until it leaves; what else it says is passed over."""
        while True:
            message = await talk.channel.receive()
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return
            if message.type is not WSMsgType.TEXT:
                continue
            found, status = _confirmation(message.data)
            _, event = talk.waiting.pop(found, (0.0, None))
            if event is not None and status not in _SUCCESS:
                await self._failed(talk, event, f"it does not follow (status {status})")

    async def _failed(self, talk: _Conversation, event: CastJson, why: str) -> None:
        """Tell the others of an event that was not followed."""
        try:
            scope = await self._admitted(talk)
            await asyncio.to_thread(self._listening.failed, scope, talk.listener, event, why)
        except HilumError:
            return  # whose rights have ended, has no topic to tell
        self.look()

    async def _admitted(self, talk: _Conversation) -> AccessScope:
        """The rights of who listens as they are now; raises `Forbidden` where there are none any more."""
        return await asyncio.to_thread(self._listening.scope, self._tenant, talk.listener)


def _confirmation(text: str) -> tuple[str, int]:
    """The id and the status of a confirmation; of anything else an empty id."""
    try:
        found: Any = json.loads(text)
        return str(found["id"]), int(found["status"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return "", 0
