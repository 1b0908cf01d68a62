"""Follows what is written of the record, for whose charts may tell now how a read turned out.

As with other followers a batch may be handed over twice, when a worker dies between the handling and the
cursor; none is left out.
"""

from contextlib import suppress
from threading import Event

from app.feedback.noticing import FOLLOWED, LessonNotices
from app.work.announcing import FeedbackAnnouncements
from app.work.lanes import worker_name
from app.work.waking import Topic
from app.work.worker import Lane
from graph.clock import now
from graph.errors import HilumError
from graph.jobs.followers import FollowerStore, Hold
from graph.resources.newest import NewestStore
from graph.scope import AccessScope

NAME = "outcomes"
GATHERING = 0.5  # seconds after a commit, so that several are one look
_LEASE = 60.0
_AT_ONCE = 50  # versions of one type, whose charts are looked through between two moves of the cursor


class OutcomeFollowing:
    """Looks through charts as they change."""

    def __init__(
        self,
        followers: FollowerStore,
        newest: NewestStore,
        notices: LessonNotices,
        scope: AccessScope,
        announcements: FeedbackAnnouncements,
    ) -> None:
        self._followers = followers
        self._newest = newest
        self._notices = notices
        self._scope = scope
        self._announcements = announcements

    def catch_up(self, worker: str, stop: Event) -> None:
        """Look through all charts that changed, unless another worker is at it.

        Raises `Superseded` where another worker has taken over.
        """
        scope = self._scope
        if not self._newest.after(scope, FOLLOWED, self._followers.position(scope, NAME), 1):
            return
        hold = self._followers.claim(scope, NAME, worker, _LEASE)
        if hold is None:
            return
        try:
            self._follow(hold, stop)
        finally:
            with suppress(HilumError):  # whose hold it is no longer has nothing to release
                self._followers.release(scope, hold)

    def _follow(self, hold: Hold, stop: Event) -> None:
        while not stop.is_set():
            written = self._newest.after(self._scope, FOLLOWED, hold.position, _AT_ONCE)
            if not written:
                return
            patients = dict.fromkeys(patient for each in written for patient in each.patients)
            if patients:
                told = self._notices.notice(self._scope, list(patients), now())
                self._announcements.announce(self._scope, told)
            hold = self._followers.advance(self._scope, hold, written[-1].sequence, _LEASE)


def outcome_lane(following: OutcomeFollowing) -> Lane:
    """A lane that keeps readers told."""

    def work(stop: Event) -> None:
        following.catch_up(worker_name(NAME), stop)

    return Lane(NAME, (Topic.CHANGES,), work, GATHERING)
