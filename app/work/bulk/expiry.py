"""The job that removes the files of bulk jobs some time after they were written."""

from collections.abc import Mapping
from typing import Any

from app.work.bulk.files import BulkFiles
from app.work.kinds import Retry
from app.work.running import Running


class BulkExpiry:
    """Removes files of exports and imports that are older than `seconds`."""

    name = "bulk-expiry"
    retry = Retry()

    def __init__(self, files: BulkFiles, seconds: float) -> None:
        self._files = files
        self._seconds = seconds

    def run(self, job: Running) -> Mapping[str, Any]:
        """Remove them, a job's a step."""
        for job_id in self._files.older(self._seconds):
            self._files.remove(job_id)
            job.step(None, job.progress.done + 1, note="exports and imports removed")
        return {"removed": job.progress.done}
