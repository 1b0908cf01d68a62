"""Jobs that remove the files of jobs some time after they were written."""

from collections.abc import Mapping
from typing import Any, ClassVar

from app.work.job_folders import JobFolders
from app.work.kinds import Retry
from app.work.running import Running


class FolderExpiry:
    """Removes folders in which nothing was written for `seconds`; `note` says what is removed."""

    note: ClassVar[str]
    retry = Retry()

    def __init__(self, files: JobFolders, seconds: float) -> None:
        self._files = files
        self._seconds = seconds

    def run(self, job: Running) -> Mapping[str, Any]:
        """Remove them, a job's a step."""
        for job_id in self._files.older(self._seconds):
            self._files.remove(job_id)
            job.step(None, job.progress.done + 1, note=self.note)
        return {"removed": job.progress.done}
