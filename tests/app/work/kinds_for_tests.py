"""Kinds of jobs that do what a test wants of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.work.kinds import Retry
from app.work.running import Running

AT_ONCE = Retry(attempts=3, first=0.0)


@dataclass
class Scripted:
    """Runs a function; `runs` counts how often."""

    script: Callable[[Running], Mapping[str, Any]]
    retry: Retry = AT_ONCE
    name: str = "scripted"
    runs: int = field(default=0)

    def run(self, job: Running) -> Mapping[str, Any]:
        self.runs += 1
        return self.script(job)
