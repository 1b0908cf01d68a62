"""What a job is, as its readers and its workers see it. Moments are microseconds since the epoch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson

from graph.errors import Conflict
from graph.session import Row

SECOND = 1_000_000


class JobState(StrEnum):
    """Where a job is in its life; the last three are terminal."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether nothing will happen any more."""
        return self not in (JobState.QUEUED, JobState.RUNNING)


class JobFailure(StrEnum):
    """Why a job failed, where no category of `graph/errors.py` says it."""

    UNKNOWN_KIND = "unknown-kind"
    ABANDONED = "abandoned"  # each of its workers died, or was silent for longer than its lease
    UNFORESEEN = "unforeseen"


class Superseded(Conflict):
    """A worker's write came too late: another has claimed the job or the follower since, or it has ended."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: `done` of `total` (None where nobody knows), and a note without patient data."""

    done: int = 0
    total: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job to ask for. The same `id` twice is one job; `delay` is in seconds."""

    id: str
    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    delay: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as its tenant sees it. `result` may hold `links`: paths where what it made can be had."""

    id: str
    kind: str
    parameters: Mapping[str, Any]
    state: JobState
    progress: Progress
    attempts: int
    due: int | None
    asked_by: str
    asked_at: int
    changed_at: int
    started_at: int | None
    finished_at: int | None
    cancel_wanted: bool
    result: Mapping[str, Any]
    error: str | None
    message: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold of a job. `fence` grows with each claim, and what an older claim writes is refused.

    `attempts` counts the claims that began a try, this one too; `cursor` is where the last step left off,
    None before the first; `cancel_wanted` is the wish of somebody who asked for the end of a job that ran.
    """

    id: str
    kind: str
    parameters: Mapping[str, Any]
    cursor: Any
    progress: Progress
    attempts: int
    fence: int
    cancel_wanted: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended: its terminal state, a summary of what it did, or the category of its failure."""

    state: JobState
    result: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    message: str | None = None


def dumped(value: Any) -> str:
    """A value as the JSON text of a property."""
    return orjson.dumps(value).decode()


def job_of(row: Row) -> Job:
    """The job of its properties."""
    return Job(
        id=row["id"],
        kind=row["kind"],
        parameters=orjson.loads(row["parameters"]),
        state=JobState(row["state"]),
        progress=_progress(row),
        attempts=row["attempts"],
        due=row.get("dueAt"),
        asked_by=row["askedBy"],
        asked_at=row["askedAt"],
        changed_at=row["changedAt"],
        started_at=row.get("startedAt"),
        finished_at=row.get("finishedAt"),
        cancel_wanted=row["cancelWanted"],
        result=orjson.loads(row["result"]) if "result" in row else {},
        error=row.get("error"),
        message=row.get("message"),
    )


def claim_of(row: Row) -> Claim:
    """The claim of the properties that it has just written."""
    return Claim(
        row["id"],
        row["kind"],
        orjson.loads(row["parameters"]),
        orjson.loads(row["cursor"]) if "cursor" in row else None,
        _progress(row),
        row["attempts"],
        row["fence"],
        row["cancelWanted"],
    )


def _progress(row: Row) -> Progress:
    return Progress(row["done"], row.get("total"), row["note"])
