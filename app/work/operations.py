"""The use case that shows and cancels what takes longer than a request, for any interface."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph.jobs.jobs import JobStore, JobWindow
from graph.jobs.records import Job
from graph.scope import AccessScope

__all__ = ["JobPage", "JobWindow", "Operations"]


@dataclass(frozen=True, slots=True)
class JobPage:
    """Jobs, the last that was asked for first; `following` is the place of the next page, None at the end."""

    jobs: Sequence[Job]
    following: tuple[int, str] | None


class Operations:
    """Shows and cancels the jobs of a caller's tenant."""

    def __init__(self, jobs: JobStore) -> None:
        self._jobs = jobs

    def page(self, scope: AccessScope, window: JobWindow) -> JobPage:
        """Return the jobs of a window."""
        found = self._jobs.page(scope, replace(window, limit=window.limit + 1))
        shown = found[: window.limit]
        more = len(found) > window.limit
        return JobPage(shown, (shown[-1].asked_at, shown[-1].id) if more else None)

    def find(self, scope: AccessScope, job_id: str) -> Job:
        """Return the job of that id; raises `NotFound`."""
        return self._jobs.find(scope, job_id)

    def cancel(self, scope: AccessScope, job_id: str) -> Job:
        """Cancel a job, at once where it waits, else at its next step; return it as it is then.

        Raises `NotFound`, and `Conflict` where it ended otherwise.
        """
        return self._jobs.cancel(scope, job_id)
