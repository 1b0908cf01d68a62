"""The job that makes a checkpoint of the audit, tells it to the log, and keeps it beside the archive."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog

from app.audit.checkpoints import KEPT, Checkpoint, Checkpoints
from app.work.kinds import Retry
from app.work.running import Running
from graph.errors import Invalid, NotFound

_log = structlog.get_logger("hilum.audit")


class CheckpointJob:
    """The job; `clock` gives s since the epoch. Where nothing was archived since the last, none is made."""

    name = "audit-checkpoint"
    retry = Retry()

    def __init__(self, checkpoints: Checkpoints, folder: Path, clock: Callable[[], float]) -> None:
        self._checkpoints = checkpoints
        self._path = folder / KEPT
        self._clock = clock

    def run(self, job: Running) -> Mapping[str, Any]:
        """Make one; the summary is the place of the archive that it knows."""
        try:
            made = self._checkpoints.make(int(self._clock()))
        except NotFound:
            return {}
        if self._is_known(made):
            return {"place": made.place}
        with self._path.open("a", encoding="ascii") as file:
            file.write(f"{made.text}\n")
        _log.info("audit checkpoint", place=made.place, roll=made.roll, hash=made.hash, signed=made.text)
        return {"place": made.place}

    def _is_known(self, made: Checkpoint) -> bool:
        last = self._path.read_text("ascii").split()[-1:] if self._path.exists() else []
        try:
            return any(self._checkpoints.read(each).place == made.place for each in last)
        except Invalid:  # signed with a key that was replaced
            return False
