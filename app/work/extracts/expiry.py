"""The job that removes the files of extracts some time after they were written."""

from collections.abc import Mapping
from typing import Any

from app.work.extracts.files import ExtractFiles
from app.work.kinds import Retry
from app.work.running import Running


class ExtractExpiry:
    """Removes files of extracts that are older than `seconds`; what was put into a folder stays there."""

    name = "extract-expiry"
    retry = Retry()

    def __init__(self, files: ExtractFiles, seconds: float) -> None:
        self._files = files
        self._seconds = seconds

    def run(self, job: Running) -> Mapping[str, Any]:
        """Remove them, an extract a step."""
        for job_id in self._files.older(self._seconds):
            self._files.remove(job_id)
            job.step(None, job.progress.done + 1, note="extracts removed")
        return {"removed": job.progress.done}
