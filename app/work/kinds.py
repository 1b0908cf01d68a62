"""What a kind of job is: its name, how it is run, and how often a failure is tried again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from app.work.running import Running
from graph.errors import Category

TRANSIENT = frozenset(
    {Category.UNAVAILABLE, Category.STORAGE_FULL, Category.THROTTLED, Category.TIMEOUT}
)  # another failure with a category is a decision: trying again would change nothing


@dataclass(frozen=True, slots=True)
class Retry:
    """Up to `attempts` tries; the pause doubles from `first` to `longest`. All times are in seconds.

    A single step that takes longer than `step_seconds` loses its lease: somebody else tries.
    """

    attempts: int = 6
    first: float = 2.0
    longest: float = 600.0
    step_seconds: float = 900.0

    def pause(self, attempts: int, chance: float) -> float:
        """Seconds before the next try after `attempts` of them; `chance` in [0, 1) spreads them apart."""
        doubled: float = self.first * 2 ** min(attempts - 1, 30)
        return min(doubled, self.longest) * (0.5 + chance / 2)


class JobKind(Protocol):
    """How jobs of one kind are run, by any worker and perhaps more than once."""

    @property
    def name(self) -> str:
        """What stands in `Job.kind`."""

    @property
    def retry(self) -> Retry:
        """How often it is tried."""

    def run(self, job: Running) -> Mapping[str, Any]:
        """Do it in steps, from `job.cursor` on, and return a summary without patient data.

        After each step call `job.step`: what was done before may be done again, what follows was not.
        """
