"""What the window of feedback calls."""

from dataclasses import dataclass

from app.feedback.answering import FeedbackAnswers
from app.feedback.figures import FeedbackFigures
from app.feedback.inbox import FeedbackInbox
from app.feedback.sending import FeedbackMessages
from app.feedback.subscribing import FeedbackSubscriptions
from app.paging import PageTokens
from app.records.people import PatientFinder


@dataclass(frozen=True, slots=True)
class FeedbackUses:
    """The use cases that the window calls, and what its pages need beside them; `base` is the address."""

    inbox: FeedbackInbox
    answers: FeedbackAnswers
    messages: FeedbackMessages
    figures: FeedbackFigures
    subscriptions: FeedbackSubscriptions
    people: PatientFinder
    tokens: PageTokens
    base: str
