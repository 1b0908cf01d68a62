"""The job that makes the DICOM objects of signed reports, and the lane that asks for it.

What is to be made stands in the graph since the commit of the signature, so a wake that is lost, or a process
that ends between the two, delays it and no more. A job that failed for good is asked for anew every hour.
"""

import time
from collections.abc import Mapping
from hashlib import sha256
from threading import Event
from typing import Any

from app.records.reporting.filing import ReportFiling
from app.work.kinds import Retry
from app.work.queue import JobQueue
from app.work.running import Running
from app.work.waking import Topic
from app.work.worker import Lane
from graph.errors import HilumError
from graph.jobs.records import Wanted
from graph.scope import AccessScope

LOOK_SECONDS = 60.0  # between two looks that nobody woke
_GATHERING = 0.5  # seconds after a commit
_HOUR = 3_600


class ReportFilingJob:
    """The job: each report that is due has its objects made, one a step."""

    name = "report-objects"
    retry = Retry()

    def __init__(self, filing: ReportFiling) -> None:
        self._filing = filing

    def run(self, job: Running) -> Mapping[str, Any]:
        """Make what is due; where it was stopped, what is there already stays.

        A report that cannot be filed holds up no other. Raises what kept the last such one.
        """
        made, failed = 0, None
        for report_id, _ in self._filing.due(job.scope):
            try:
                made += self._filing.file(job.scope, report_id)
            except HilumError as error:
                failed = error
            job.step(None, made, note="objects made")
        if failed is not None:
            raise failed
        return {"made": made}


def report_lane(filing: ReportFiling, queue: JobQueue, scope: AccessScope) -> Lane:
    """A lane that asks for the job where reports are due: one job for the same versions of the same ones."""

    def work(_stop: Event) -> float:
        if due := filing.due(scope):
            named = " ".join(f"{report_id}/{version}" for report_id, version in due)
            digest = sha256(f"{named} {time.time() // _HOUR}".encode()).hexdigest()[:32]
            queue.ask(scope, Wanted(f"{ReportFilingJob.name}-{digest}", ReportFilingJob.name))
        return LOOK_SECONDS

    return Lane(ReportFilingJob.name, (Topic.CHANGES,), work, _GATHERING)
