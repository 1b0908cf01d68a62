"""A job in the words of an operation: those of the cloud's DICOM service, and a link to each result."""

from collections.abc import Iterator
from typing import Any

from graph.clock import instant
from graph.jobs.records import Job, JobState

LINKS = "links"
STATUS = {
    JobState.QUEUED: "notStarted",
    JobState.RUNNING: "running",
    JobState.SUCCEEDED: "succeeded",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "canceled",
}
_WHOLE = 100


def operation(job: Job, base_url: str) -> dict[str, Any]:
    """The operation of a job; `resources` are absolute links to what it made."""
    shown: dict[str, Any] = {
        "operationId": job.id,
        "type": job.kind,
        "createdTime": instant(job.asked_at),
        "lastUpdatedTime": instant(job.changed_at),
        "status": STATUS[job.state],
        "progress": {"done": job.progress.done, "total": job.progress.total, "note": job.progress.note},
        "createdBy": job.asked_by,
        "cancelRequested": job.cancel_wanted,
        "resources": [base_url + path for path in job.result.get(LINKS, ())],
        "results": {name: value for name, value in job.result.items() if name != LINKS},
    }
    percent = percent_complete(job)
    return shown | dict(_known({"percentComplete": percent, "error": _error(job)}))


def percent_complete(job: Job) -> int | None:
    """How much of it is done; None where nobody knows."""
    if job.state is JobState.SUCCEEDED:
        return _WHOLE
    total = job.progress.total
    return min(_WHOLE * job.progress.done // total, _WHOLE) if total else None


def _error(job: Job) -> dict[str, Any] | None:
    """Why it failed, or why the last try did."""
    return {"code": job.error, **dict(_known({"message": job.message}))} if job.error else None


def _known(values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in values.items() if value is not None)
