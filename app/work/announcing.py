"""Tells readers at the address of their subscription that something came: how much waits, and where.

Each message is a job, so that it survives whoever began it and is tried again; it goes out at least once.
"""

import time
from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import orjson

from app.feedback.keeping import FeedbackRecord
from app.feedback.packets import OPEN
from app.feedback.subscribing import FeedbackSubscriptions, signature
from app.outgoing import outgoing
from app.work.kinds import Retry
from app.work.queue import JobQueue
from app.work.running import Running
from graph.errors import Unavailable
from graph.jobs.records import Wanted
from graph.scope import AccessScope

ANNOUNCEMENT = "feedback-announcement"
_READER = "reader"


class FeedbackAnnouncements:
    """Asks for an announcement to each reader who wants one."""

    def __init__(self, queue: JobQueue, subscriptions: FeedbackSubscriptions) -> None:
        self._queue = queue
        self._subscriptions = subscriptions

    def announce(self, scope: AccessScope, readers: Collection[str]) -> None:
        """Queue one to each of the readers, as `Practitioner/<id>`, who has a subscription."""
        for reader in sorted(readers):
            if self._subscriptions.of(scope, reader) is not None:
                wanted = Wanted(f"{ANNOUNCEMENT}-{uuid4().hex}", ANNOUNCEMENT, {_READER: reader})
                self._queue.ask(scope, wanted)


class AnnouncementJob:
    """The job that tells one reader; `inbox` is where their packets are."""

    name = ANNOUNCEMENT
    retry = Retry(attempts=8, first=1.0, longest=900.0, step_seconds=60.0)

    def __init__(self, subscriptions: FeedbackSubscriptions, kept: FeedbackRecord, inbox: str) -> None:
        self._subscriptions = subscriptions
        self._kept = kept
        self._inbox = inbox

    def run(self, job: Running) -> Mapping[str, Any]:
        """Send it; a subscription that was ended meanwhile is told nothing.

        Raises `Unavailable` where the address does not take it, and `Invalid` where it leads too far now.
        """
        reader = str(job.parameters[_READER])
        to = self._subscriptions.of(job.scope, reader)
        if to is None:
            return {"sent": False}
        waiting = sum(each.reader == reader for each in self._kept.each(job.scope, OPEN))
        body = orjson.dumps({"event": "feedback", "open": waiting, "inbox": self._inbox})
        moment = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "Hilum-Timestamp": moment,
            "Hilum-Signature": f"v1={signature(to.secret, moment, body)}",
        }
        with outgoing(to.endpoint, self._subscriptions.reach, body=body, headers=headers) as answer:
            if not HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
                raise Unavailable("the address of a subscription answers otherwise")
        return {"sent": True}
