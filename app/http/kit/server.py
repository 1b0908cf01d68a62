"""The gunicorn worker of the gateway: many patient threads, and an end to a client that stalls.

A thread belongs to a request from its first byte to the last byte of its answer, so a client that stops in
the middle would keep its thread for ever (RFC 9110 15.5.9 names the answer: 408). `PatientSocket` gives every
request a stock of patience: waiting for the client uses it up, bytes moved fill it again at the minimum rate.
When it is used up, reading raises `Stalled`, which the application maps to 408; the connection then closes.
A connection that has not sent its first byte waits in the poller and costs no thread. Why, with the figures:
docs/adr/0003-web-server.md.
"""

import errno
import os
import select
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from selectors import EVENT_READ
from typing import Any, cast

from gunicorn.http import Request
from gunicorn.http.body import Body, LengthReader
from gunicorn.http.errors import ChunkMissingTerminator, InvalidChunkExtension, InvalidChunkSize, NoMoreData
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.http.kit.refusals import check_host, check_target, refusal
from graph.errors import Invalid

_ANSWER_SECONDS = 2.0  # what is left for sending the 408 to a client that stalled
_STAY_MILLISECONDS = 5.0  # a thread waits this long for its client's next request before another takes over
_LARGEST_UNREAD = 256 << 20  # a refused body is read this far, so that the client sees the refusal
_READ_STEP = 1 << 16  # gunicorn itself reads bodies by the kilobyte, at half the speed
_MALFORMED = (ChunkMissingTerminator, InvalidChunkExtension, InvalidChunkSize, NoMoreData)
_NOT_NOW = {errno.EAGAIN, errno.ECONNABORTED, errno.EMFILE, errno.ENFILE}


@dataclass(slots=True)
class Patience:
    """What this process waits for its clients: `seconds` in all, filled up again at `rate` bytes a second."""

    seconds: float = 20.0
    rate: float = 4096.0


_patience = Patience()


def be_patient(seconds: float, rate: float) -> None:
    """Set the patience of this process, before it serves."""
    _patience.seconds, _patience.rate = seconds, rate


class Stalled(ConnectionResetError):
    """The client moved fewer bytes than the minimum rate for longer than its patience allows."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "The client stopped sending or receiving.")


class PatientSocket(socket.socket):
    """A connected socket whose blocking calls together wait no longer than the patience of one request."""

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(accepted.family, accepted.type, accepted.proto, fileno=accepted.detach())
        self._patience = _patience.seconds
        self._stalled = False
        self._holding = False
        self._held = b""
        self._request: Request | None = None

    def setblocking(self, flag: bool) -> None:
        """gunicorn makes the socket blocking once a request: the stock of patience is full again."""
        if flag:
            self._patience = _patience.seconds
            self.settimeout(_patience.seconds)
        else:
            super().setblocking(False)

    def readable(self, milliseconds: float) -> bool:
        """Whether the next request (or the end of the connection) arrives within the time."""
        poll = select.poll()
        poll.register(self, select.POLLIN)
        return bool(poll.poll(milliseconds))

    def departed(self) -> bool:
        """Whether the client has closed its end, as one does that no longer waits for its answer."""
        try:
            poll = select.poll()
            poll.register(self, select.POLLRDHUP)
            return bool(poll.poll(0))
        except (OSError, ValueError):  # it is closed already
            return True

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        """Receive bytes; empty at the end.

        Raises `Stalled` once the patience is used up, and goes on raising it.
        """
        if self._stalled:
            raise Stalled
        started = time.monotonic()
        try:
            data = super().recv(bufsize, flags)
        except TimeoutError:
            raise self._give_up() from None
        self._spend(time.monotonic() - started, len(data))
        return data

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send everything at no less than the minimum rate, or raise Stalled; a head waits for its body."""
        if self._holding:
            self._holding, self._held = False, bytes(data)
            return
        if self._held:
            data, self._held = self._held + data, b""
        view = memoryview(data)
        while view:
            started = time.monotonic()
            try:
                moved = super().send(view, flags)
            except TimeoutError:
                raise self._give_up() from None
            view = view[moved:]
            self._spend(time.monotonic() - started, moved)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send `count` bytes of a file by the kernel, under the same patience."""
        self.flush()
        wanted = os.fstat(file.fileno()).st_size - offset if count is None else count
        writable = select.poll()
        writable.register(self, select.POLLOUT)
        sent = 0
        while sent < wanted:
            started = time.monotonic()
            writable.poll(self._patience * 1000)
            try:
                moved = os.sendfile(self.fileno(), file.fileno(), offset + sent, wanted - sent)
            except BlockingIOError:
                raise self._give_up() from None
            if not moved:
                break
            sent += moved
            self._spend(time.monotonic() - started, moved)
        return sent

    def hold(self, request: Request) -> None:
        """From here to `flush`, the first thing sent is a head, and waits to share a packet with its body."""
        self._request, self._holding, self._held = request, True, b""

    def flush(self) -> None:
        """Send a head that no body followed."""
        self._holding = False
        if self._held:
            self.sendall(b"")

    def release(self) -> None:
        """Forget a head that was not sent, as after an error."""
        self._holding, self._held = False, b""

    def _spend(self, waited: float, moved: int) -> None:
        left = self._patience - waited + moved / _patience.rate
        if left <= 0:
            raise self._give_up()
        self._patience = min(left, _patience.seconds)

    def _give_up(self) -> Stalled:
        self._stalled = True
        self._patience = _ANSWER_SECONDS
        self.settimeout(_ANSWER_SECONDS)
        if self._request is not None:
            self._request.force_close()
        return Stalled()


class _DeclaredReader(LengthReader):
    """Reads a body of a declared length, and notices when it ends before."""

    def __init__(self, reader: LengthReader) -> None:
        super().__init__(reader.unreader, reader.length)
        self._missing = reader.length

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; raises `NoMoreData` where the client left bytes out (RFC 9112 8)."""
        data = super().read(size)
        self._missing -= len(data)
        if size and not data and self._missing:
            raise NoMoreData
        return data


class WideBody(Body):
    """A request body that is read in large steps, and is as long as it was said to be."""

    def __init__(self, request: Request) -> None:
        reader = cast("Body", request.body).reader
        super().__init__(_DeclaredReader(reader) if isinstance(reader, LengthReader) else reader)
        self._request = request

    def read(self, size: int | None = None) -> bytes:
        """The next `size` bytes, or the rest; fewer only at the end.

        Raises `Invalid` where the chunks are wrong or the body ends early; the connection then ends with the
        answer, since what follows is nobody's request.
        """
        try:
            return self._read(self.getsize(size))
        except _MALFORMED as error:
            self._request.force_close()
            early = isinstance(error, NoMoreData)
            fault = "the body ended before its end" if early else "the chunks of the body are malformed"
            raise Invalid(fault, location="body") from None

    def _read(self, left: int) -> bytes:
        if self.buf.tell():  # what a readline left over
            return bytes(super().read(left))
        parts = []
        while left and (data := self.reader.read(min(left, _READ_STEP))):
            parts.append(data)
            left -= len(data)
        return b"".join(parts)


class GatewayWorker(ThreadWorker):
    """gunicorn's threaded worker with patient sockets, and without a thread for a silent connection."""

    def init_process(self) -> None:
        """Begin to serve with settings that are looked up as attributes: a request reads forty of them."""
        vars(self.cfg).update({name: setting.get() for name, setting in self.cfg.settings.items()})
        super().init_process()

    def accept(self, listener: Any) -> None:
        """Take a connection and let the poller wait for its first byte."""
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno in _NOT_NOW:
                return
            raise
        conn = TConn(self.cfg, PatientSocket(accepted), address, listener.getsockname())
        self.nr_conns += 1
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def set_accept_enabled(self, enabled: bool | None) -> None:
        """When the worker stops: refuse new connections and end idle ones, not after their keep-alive."""
        super().set_accept_enabled(enabled)
        if self.alive:
            return
        for listener in self.sockets:
            listener.close()
        for conn in (*self.keepalived_conns, *self.pending_conns):
            conn.timeout = 0.0
        self.murder_keepalived()
        self.murder_pending()

    def handle(self, conn: TConn) -> Any:
        """Serve a connection for as long as its next request follows at once, or is here already."""
        sock = cast("PatientSocket", conn.sock)
        outcome = super().handle(conn)
        while outcome is True and self.alive and (_arrived(conn) or sock.readable(_STAY_MILLISECONDS)):
            outcome = super().handle(conn)
        return outcome

    def handle_request(self, req: Request, conn: TConn) -> bool:
        """Serve one request; keep the connection only when its body has been read."""
        check_target(req)
        check_host(req)
        sock = cast("PatientSocket", conn.sock)
        sock.hold(req)
        cast("Any", conn.parser).unreader.mxchunk = _READ_STEP
        req.body = WideBody(req)
        try:
            keep = bool(super().handle_request(req, conn))
            sock.flush()
        finally:
            sock.release()
        return keep and _read_to_end(req.body)

    def handle_error(self, req: Request | None, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what is no request; gunicorn itself would repeat it, in the answer and in the log."""
        with suppress(OSError):  # whoever left needs no answer
            client.sendall(refusal(exc))


def _arrived(conn: TConn) -> bool:
    """Whether bytes of the next request came with the last ones: the poller would wait for them in vain.

    RFC 9112 9.3.2 lets a client send the next request before it has read the answer; and one that gets its
    answer before its body was read does so unknowingly.
    """
    return bool(cast("Any", conn.parser).unreader.buf.getbuffer().nbytes)


def _read_to_end(body: Any) -> bool:
    try:
        return any(not body.read(1 << 16) for _ in range(_LARGEST_UNREAD >> 16))
    except Invalid:
        return False
