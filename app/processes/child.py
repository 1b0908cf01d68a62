"""One supervised child: what a supervisor asks of it, and a child that is a command."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Protocol

from graph.local.process import ProcessRecord, end, marked, spawn

LEFTOVER_GRACE = 2.0  # seconds; who has lost its leader has nobody to answer for


class Child(Protocol):
    """A process that the supervisor starts, watches and stops (`LocalNeo4j` is one too)."""

    @property
    def name(self) -> str:
        """What it is called in messages and in the state file."""

    @property
    def process(self) -> ProcessRecord | None:
        """The last process that was started."""

    def start(self) -> None:
        """Start it, ending first what an earlier supervisor left; returns at once."""

    def running(self) -> bool:
        """Whether its process lives."""

    def stop(self) -> None:
        """Ask it to end, wait for it, and kill what is left."""


@dataclass(slots=True)
class Command:
    """A child that is a command with our environment plus `environment`; `grace` is in seconds.

    What is None in `environment` the child does not get.
    """

    name: str
    argv: tuple[str, ...]
    home: Path
    grace: float
    environment: Mapping[str, str | None] = field(default_factory=dict)
    log: Path | None = None
    scratch: Path | None = None  # a folder that it finds empty at each start
    process: ProcessRecord | None = None

    @property
    def mark(self) -> str:
        """The name of this child on this machine; one per home folder."""
        return f"{self.name}:{self.home}"

    def start(self) -> None:
        """End what is left under this name (its own dead leader's workers, too), then start the command."""
        self._end_marked(LEFTOVER_GRACE)
        if self.log:
            self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.scratch:
            rmtree(self.scratch, ignore_errors=True)
            self.scratch.mkdir(parents=True)
        wanted = {**os.environ, **self.environment}
        self.process = spawn(
            self.argv,
            mark=self.mark,
            environment={name: value for name, value in wanted.items() if value is not None},
            folder=Path.cwd(),
            log=self.log,
        )

    def running(self) -> bool:
        """Whether the command's own process lives."""
        return self.process is not None and self.process.alive

    def stop(self) -> None:
        """End every process of the command within its grace."""
        self._end_marked(self.grace)
        self.process = None

    def _end_marked(self, grace: float) -> None:
        for left in marked(self.mark):
            end(left, grace)
