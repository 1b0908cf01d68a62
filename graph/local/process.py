"""Processes that may outlive the one that started them: start in a session of their own, know again, end.

A process is known by its number *and* the moment it started, because numbers are used again. Every child
leads a session of its own, so that Ctrl-C in the terminal reaches only the supervisor (which stops them
in order), and so that what a killed child left behind can be found by the session's number.
"""

import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import psutil

POLL_SECONDS = 0.02
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
MARK = "SUPERVISED_AS"


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """The leader of a session: its number and the mark of the moment it started."""

    pid: int
    started: str

    @property
    def alive(self) -> bool:
        """Whether exactly this process still runs."""
        return started_mark(self.pid) == self.started

    @property
    def members(self) -> tuple[int, ...]:
        """Every process of its session; empty when the number is now another process's."""
        mark = started_mark(self.pid)
        if mark is not None and mark != self.started:
            return ()
        return tuple(
            pid for pid in psutil.pids() if _session(pid) == self.pid and started_mark(pid) is not None
        )


def started_mark(pid: int) -> str | None:
    """A text that is the same as long as `pid` is the same living process; None when there is none."""
    return _mark_on_linux(pid) if BOOT_ID.exists() else _mark_elsewhere(pid)


def _mark_on_linux(pid: int) -> str | None:
    """The boot and the clock tick of the start (proc(5)), which setting the clock does not change."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, ticks = fields[0], fields[19]
    return None if state in "ZX" else f"{BOOT_ID.read_text(encoding='utf-8').strip()}:{ticks}"


def _mark_elsewhere(pid: int) -> str | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.1f}"
    except psutil.NoSuchProcess:
        return None


def spawn(
    argv: Sequence[str], *, mark: str, environment: Mapping[str, str], folder: Path, log: Path | None
) -> ProcessRecord:
    """Start a command in a session of its own; output goes to the end of `log`, or where ours goes.

    `mark` names the child on this machine: `marked` finds it again when its record was never written. Neither
    it nor this process leaves a core file from then on, which would hold whatever was in memory.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with ExitStack() as files:
        output = files.enter_context(log.open("ab")) if log else None
        process = subprocess.Popen(  # noqa: S603 - argv is ours
            list(argv),
            env={**environment, MARK: mark},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            start_new_session=True,
        )
    record = ProcessRecord(process.pid, started_mark(process.pid) or "")
    Thread(target=process.wait, name=f"reap-{process.pid}", daemon=True).start()
    return record


def marked(mark: str) -> frozenset[ProcessRecord]:
    """The sessions where a child with this mark lives, recorded or not: a kill may come before the record."""
    sessions = {_session(process.pid) for process in psutil.process_iter() if _has_mark(process, mark)}
    return frozenset(ProcessRecord(pid, started_mark(pid) or "") for pid in sessions if pid is not None)


def _has_mark(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get(MARK) == mark
    except (psutil.Error, OSError):
        return False


def end(record: ProcessRecord, grace: float) -> None:
    """End a process and its whole session: ask, wait up to `grace` seconds, then kill what is left."""
    if record.alive:
        send(record.pid, signal.SIGTERM)
    else:
        for pid in record.members:
            send(pid, signal.SIGTERM)
    if not wait_until(lambda: not record.members, grace):
        for pid in record.members:
            send(pid, signal.SIGKILL)
        wait_until(lambda: not record.members, grace)


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may just have ended."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until `condition` holds; gives whether it did within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return None
