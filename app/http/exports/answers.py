"""An export as it is told over HTTP."""

from collections.abc import Iterator
from typing import Any

from app.work.extracts.wishes import DestinationType, ExtractWish
from graph.clock import instant
from graph.jobs.records import SECOND, Job, JobState

_WHOLE = 100


def export(job: Job, base_url: str, kept: int) -> dict[str, Any]:
    """What was asked for and how far it is; files are `kept` for so many seconds."""
    wish = ExtractWish.of(job.parameters)
    return {
        "id": job.id,
        "status": job.state,
        "project": wish.project,
        "what": wish.what,
        "tables": wish.tables,
        "deidentified": wish.deidentify,
        "options": sorted(wish.options),
        "destination": {"type": wish.destination} | ({"path": wish.path} if wish.path else {}),
        "createdTime": instant(job.asked_at),
        "lastUpdatedTime": instant(job.changed_at),
        "progress": {"done": job.progress.done, "total": job.progress.total, "note": job.progress.note},
        "cancelRequested": job.cancel_wanted,
        **dict(_later(job, wish, f"{base_url}/exports/{job.id}", kept)),
    }


def _later(job: Job, wish: ExtractWish, base: str, kept: int) -> Iterator[tuple[str, Any]]:
    """What is there to tell once it is under way, failed, or is done."""
    percent = _percent(job)
    if percent is not None:
        yield "percentComplete", percent
    if job.error:
        yield "error", {"code": job.error} | ({"message": job.message} if job.message else {})
    if job.state is JobState.SUCCEEDED:
        yield "counts", job.result
        yield "errors", f"{base}/errors"
        yield "files", f"{base}/files"
        if wish.destination is not DestinationType.FOLDER:
            yield "expires", instant((job.finished_at or job.changed_at) + kept * SECOND)


def _percent(job: Job) -> int | None:
    if job.state is JobState.SUCCEEDED:
        return _WHOLE
    total = job.progress.total
    return min(_WHOLE * job.progress.done // total, _WHOLE) if total else None


def file(listed: dict[str, Any], base: str, *, fetched: bool) -> dict[str, Any]:
    """A file of an export, with its address where it waits to be fetched."""
    return {**listed, **({"url": f"{base}/{listed['path']}"} if fetched else {})}
