"""The parts of a process that tell readers how their reads turned out, each made when first asked for."""

from functools import cached_property

from app.feedback.answering import FeedbackAnswers
from app.feedback.figures import FeedbackFigures
from app.feedback.inbox import FeedbackInbox
from app.feedback.keeping import FeedbackRecord
from app.feedback.noticing import LessonNotices
from app.feedback.reported import ReportedReads
from app.feedback.sending import FeedbackMessages
from app.feedback.subscribing import FeedbackSubscriptions
from app.feedback.withdrawing import EvidenceWithdrawals
from app.outgoing import Reach
from app.wiring.process import Wiring
from app.work.announcing import AnnouncementJob, FeedbackAnnouncements
from graph.resources.kept import KeptStore


class FeedbackWiring:
    """Feedback in one process."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._scheme = wiring.config.feedback_scheme

    @cached_property
    def kept(self) -> FeedbackRecord:
        """The packets in the record."""
        wiring = self._wiring
        return FeedbackRecord(
            wiring.resources, wiring.record_search, KeptStore(wiring.graph), wiring.bundle_writer
        )

    @cached_property
    def inbox(self) -> FeedbackInbox:
        """What readers are shown."""
        return FeedbackInbox(self.kept, self._wiring.resources)

    @cached_property
    def answers(self) -> FeedbackAnswers:
        """What they answer."""
        return FeedbackAnswers(self.kept, self._wiring.resources, self._scheme)

    @cached_property
    def messages(self) -> FeedbackMessages:
        """What colleagues say."""
        announce = self.announcements.announce
        return FeedbackMessages(self.kept, self._wiring.resources, self.reads, announce, self._scheme)

    @cached_property
    def subscriptions(self) -> FeedbackSubscriptions:
        """Where readers are told."""
        wiring = self._wiring
        allowed = frozenset(wiring.config.feedback_origins)
        key = wiring.key.derive("feedback subscriptions")
        return FeedbackSubscriptions(wiring.records, wiring.record_search, key, Reach(allowed, public=True))

    @cached_property
    def announcements(self) -> FeedbackAnnouncements:
        """How they are told there."""
        return FeedbackAnnouncements(self._wiring.job_queue, self.subscriptions)

    @cached_property
    def announcement_job(self) -> AnnouncementJob:
        """The job that does it."""
        inbox = f"{self._wiring.config.base_url}/feedback"
        return AnnouncementJob(self.subscriptions, self.kept, inbox)

    @cached_property
    def figures(self) -> FeedbackFigures:
        """What is counted."""
        return FeedbackFigures(self.kept, self._wiring.record_search, self.reads)

    @cached_property
    def reads(self) -> ReportedReads:
        """Reports as reads."""
        return ReportedReads(self._wiring.resources, self._wiring.sites)

    @cached_property
    def notices(self) -> LessonNotices:
        """Who finds out how reads turned out."""
        wiring = self._wiring
        withdrawals = EvidenceWithdrawals(wiring.resources, self.kept, wiring.consents.applied)
        return LessonNotices(
            wiring.chart_reader, wiring.resources, self.kept, withdrawals, wiring.consents.applied
        )
