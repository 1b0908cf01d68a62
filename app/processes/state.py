"""What the supervisor does, for others to read: `supervisor.json` in the home folder.

Readiness asks `children_down`; `hilum graph status` shows the rest.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.local.process import ProcessRecord
from graph.local.state import write_whole

STATE_FILE = "supervisor.json"


@dataclass(frozen=True, slots=True)
class ChildState:
    """A child and its process; `restarts` counts since the supervisor started."""

    name: str
    process: ProcessRecord | None
    restarts: int

    @property
    def alive(self) -> bool:
        """Whether the child runs now, whatever the supervisor last wrote."""
        return self.process is not None and self.process.alive


@dataclass(frozen=True, slots=True)
class SupervisorState:
    """The supervisor's own process and its children."""

    supervisor: ProcessRecord
    children: tuple[ChildState, ...]


def write_state(home: Path, supervisor: ProcessRecord, children: Sequence[ChildState]) -> None:
    """Replace the state file as a whole."""
    write_whole(home / STATE_FILE, json.dumps(asdict(SupervisorState(supervisor, tuple(children)))))


def read_state(home: Path) -> SupervisorState | None:
    """What the supervisor of this home folder wrote; None when there is none, or it stopped in order."""
    path = home / STATE_FILE
    if not path.exists():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    children = (
        ChildState(child["name"], _record(child["process"]), child["restarts"]) for child in kept["children"]
    )
    return SupervisorState(ProcessRecord(**kept["supervisor"]), tuple(children))


def forget_state(home: Path) -> None:
    """Remove the state file: everything was stopped."""
    (home / STATE_FILE).unlink(missing_ok=True)


def children_down(home: Path) -> tuple[str, ...]:
    """The names of supervised children that do not run now; empty when nothing is supervised here."""
    state = read_state(home)
    return tuple(child.name for child in state.children if not child.alive) if state else ()


def _record(kept: dict[str, object] | None) -> ProcessRecord | None:
    return ProcessRecord(**kept) if kept else None  # type: ignore[arg-type]
