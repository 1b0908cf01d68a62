"""The one error that a bad file raises."""

from app.imaging.store.failure_reasons import FailureReason, comment_on
from graph.errors import HilumError


class Refused(HilumError):
    """A file that is not stored; the message is its Error Comment and never holds a value of the file.

    The UIDs are empty where the file did not get as far as telling valid ones.
    """

    def __init__(
        self, message: str, *, tag: int | None = None, reason: int = FailureReason.VALIDATION
    ) -> None:
        text = message if tag is None else comment_on(tag, message)
        super().__init__(text, failure_reason=int(reason))
        self.sop_class_uid = ""
        self.sop_uid = ""
