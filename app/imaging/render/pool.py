"""The renderers themselves: processes that decode, each with a limit of memory and of time.

They are forked from one that has imported every codec, so that a new one is there in milliseconds, and share
its listening socket: who is free takes the next task. A task over its time is ended by the kernel's alarm
clock, which no codec can miss; one over its memory fails or dies. Whoever dies is replaced.
"""

import os
import resource
import select
import signal
import socket
import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import SpooledTemporaryFile
from threading import Event
from typing import BinaryIO, cast

from app.imaging.render.doing import perform, refusal
from app.imaging.render.photographs import develop
from app.imaging.render.source import ReadHeader, opened, read_header
from app.imaging.render.tasks import Develop, Draw, Task
from app.imaging.render.wire import INLINE, Cut, receive, send_frame, send_pieces, send_refusal
from graph.local.sockets import is_ours, listen

_TICK = 0.05  # seconds between two looks who died
_IDLE = 1_000  # ms between two looks whether the parent is there
_REQUEST_SECONDS = 5.0  # to send a task
_HEADERS = 16  # instances whose header a renderer remembers
_FRESH = 2_000  # tasks after which a renderer is replaced by a new one


@dataclass(frozen=True, slots=True)
class TaskLimits:
    """What one task may take: seconds, and bytes of memory of its process."""

    seconds: int
    memory: int


class RenderPool:
    """Keeps `count` renderers at an address; `scratch` is a folder for what they write."""

    def __init__(self, address: Path, scratch: Path, limits: TaskLimits, count: int) -> None:
        self._address = address
        self._scratch = scratch
        self._limits = limits
        self._count = count
        self._children: set[int] = set()

    def run(self, stop: Event) -> None:
        """Serve until `stop` is set; then end every renderer."""
        self._scratch.mkdir(parents=True, exist_ok=True)
        with listen(self._address) as listener:
            try:
                while not stop.is_set():
                    self._replace(listener)
                    stop.wait(_TICK)
            finally:
                self._end()

    def _replace(self, listener: socket.socket) -> None:
        for child in tuple(self._children):
            if _has_ended(child):
                self._children.discard(child)
        while len(self._children) < self._count:
            self._children.add(_forked(lambda: _Renderer(listener, self._scratch, self._limits).serve()))

    def _end(self) -> None:
        for child in self._children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        for child in self._children:
            with suppress(ChildProcessError):
                os.waitpid(child, 0)


def _has_ended(child: int) -> bool:
    try:
        return os.waitpid(child, os.WNOHANG)[0] == child
    except ChildProcessError:
        return True


def _forked(work: Callable[[], None]) -> int:
    """Start a process of our own code; it never returns into the caller's."""
    if child := os.fork():
        return child
    try:
        work()
    finally:
        os._exit(0)


class _Renderer:
    """One process: takes a task, does it, answers, and takes the next."""

    def __init__(self, listener: socket.socket, scratch: Path, limits: TaskLimits) -> None:
        self._listener = listener
        self._scratch = scratch
        self._limits = limits
        self._parent = os.getppid()
        self._headers: OrderedDict[str, ReadHeader] = OrderedDict()

    def serve(self) -> None:
        """Do tasks until the parent is gone, or memory has been used for long enough."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        # Not the address space: a file is mapped whole, however large it is.
        resource.setrlimit(resource.RLIMIT_DATA, (self._limits.memory, self._limits.memory))
        warnings.simplefilter("ignore")  # readers warn of what instances say: no log holds that
        self._listener.setblocking(False)
        asked = select.poll()  # select() takes no descriptor beyond 1,023
        asked.register(self._listener, select.POLLIN)
        done = 0
        while done < _FRESH and os.getppid() == self._parent:
            if asked.poll(_IDLE):
                done += self._take()

    def _take(self) -> bool:
        """Take a connection, unless another renderer was quicker."""
        try:
            connection, _ = self._listener.accept()
        except BlockingIOError:
            return False
        with connection:
            connection.settimeout(_REQUEST_SECONDS)
            if is_ours(connection):
                with suppress(OSError, Cut):  # a client that left asks no more
                    self._answer(connection)
        return True

    def _answer(self, connection: socket.socket) -> None:
        message = receive(connection)
        connection.settimeout(None)
        number = 0

        def note(frame: int) -> None:
            nonlocal number
            number = frame
            send_frame(connection, frame)

        signal.setitimer(signal.ITIMER_REAL, self._limits.seconds)
        try:
            with ExitStack() as stack:
                files = [stack.enter_context(os.fdopen(each, "rb")) for each in message.descriptors]
                target = stack.enter_context(self._target())
                note(0)
                lengths = self._done(message.content, files, target, note)
                send_pieces(connection, lengths, target)
        except Exception as error:  # parsers of hostile data fail in more ways than a list can name
            send_refusal(connection, refusal(error, number))
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _target(self) -> BinaryIO:
        """What an answer is written to: memory, and a file without a name where it is long."""
        return cast(BinaryIO, SpooledTemporaryFile[bytes](INLINE, mode="w+b", dir=str(self._scratch)))

    def _done(
        self, task: Task | Develop, files: Sequence[BinaryIO], target: BinaryIO, note: Callable[[int], None]
    ) -> Sequence[int]:
        file, *others = files
        if isinstance(task, Develop):
            return develop(file, task.media_type, target, note)
        presentation = None
        if isinstance(task, Draw) and task.presentation:
            presentation = read_header(others[0], task.presentation.transfer_syntax_uid, self._scratch)
        subject = task.subject
        known = self._headers.get(subject.blob_id)
        with opened(file, subject.transfer_syntax_uid, subject.table, self._scratch, known) as source:
            self._remember(subject.blob_id, source.header)
            return perform(task, source, presentation, target, note)

    def _remember(self, blob_id: str, header: ReadHeader) -> None:
        self._headers[blob_id] = header
        self._headers.move_to_end(blob_id)
        if len(self._headers) > _HEADERS:
            self._headers.popitem(last=False)
