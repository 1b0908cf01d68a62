"""The lanes of a worker: jobs, one for each follower, and the audit files of the home."""

import os
import socket
from collections.abc import Sequence
from threading import Event

from app.audit.mover import AuditMover
from app.work.doing import JobDoer
from app.work.following import Follower, Following
from app.work.recurring import Calendar
from app.work.waking import Topic
from app.work.worker import Lane

JOBS_AT_ONCE = 2  # so that a long one does not hold up the chores


def job_lanes(doer: JobDoer, calendar: Calendar) -> Sequence[Lane]:
    """Lanes that do the jobs that are due, the recurring ones among them."""

    def lane(name: str) -> Lane:
        def work(stop: Event) -> float:
            next_period = calendar.ask_due()
            next_due = doer.do_due(worker_name(name), stop)
            return next_period if next_due is None else min(next_period, next_due)

        return Lane(name, (Topic.JOBS,), work)

    return [lane(f"jobs-{number}") for number in range(1, JOBS_AT_ONCE + 1)]


def follower_lane(following: Following, follower: Follower, gathering: float) -> Lane:
    """A lane that brings one follower up to date, `gathering` seconds after a commit."""

    def work(stop: Event) -> None:
        following.catch_up(follower, worker_name(follower.name), stop)

    return Lane(follower.name, (Topic.CHANGES,), work, gathering)


def audit_lane(mover: AuditMover) -> Lane:
    """A lane that moves closed audit files into the graph; the lock of a file keeps other workers off it."""

    def work(_stop: Event) -> None:
        mover.move()

    return Lane("audit", (Topic.AUDIT,), work)


def worker_name(lane: str) -> str:
    """Who holds a claim: the machine, the process and the lane."""
    return f"{socket.gethostname()}:{os.getpid()}:{lane}"
