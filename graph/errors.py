"""The categories of failure, raised by the layer that knows and mapped once (`app/http/kit/problems.py`).

A message is written for the client: what was wrong and where, never a stack, a path or a patient's data.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from graph.wording import Phrase


class Category(StrEnum):
    """What kind of failure it is; the HTTP status of each stands in `app/admission/outcomes.py`."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not-found"
    NOT_ALLOWED = "not-allowed"
    NOT_ACCEPTABLE = "not-acceptable"
    TIMEOUT = "timeout"
    CONFLICT = "conflict"
    GONE = "gone"
    PRECONDITION = "precondition"
    TOO_LARGE = "too-large"
    UNSUPPORTED = "unsupported"
    RANGE = "range"
    UNPROCESSABLE = "unprocessable"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"
    STORAGE_FULL = "storage-full"


class HilumError(Exception):
    """A failure that a client is told of.

    `location` names the place in the client's own words: a parameter, a header, a DICOM tag or a FHIRPath.
    `code` is the FHIR issue type (valueset-issue-type) where the category's own is too coarse;
    `failure_reason` is the DICOM reason of PS3.18 table 10.5.3-2; `retry_after` is in seconds. Further
    `values` stand in the message by their names, `%(most)s`: a page says it in its own language with them.
    """

    category = Category.INVALID

    def __init__(
        self,
        message: str,
        *,
        location: str | None = None,
        code: str | None = None,
        failure_reason: int | None = None,
        retry_after: int | None = None,
        **values: Any,
    ) -> None:
        self.wording = Phrase(message, values)
        self.message = str(self.wording)
        super().__init__(self.message)
        self.location = location
        self.code = code
        self.failure_reason = failure_reason
        self.retry_after = retry_after


class Invalid(HilumError):
    """The request cannot be understood."""


class Unauthenticated(HilumError):
    """Nobody, or nobody we can verify."""

    category = Category.UNAUTHENTICATED


class Forbidden(HilumError):
    """The caller lacks the capability; never used for a row that is not the caller's (that is `NotFound`)."""

    category = Category.FORBIDDEN


class NotFound(HilumError):
    """Absent, or not the caller's to see."""

    category = Category.NOT_FOUND


class NotAllowed(HilumError):
    """The method does not exist on this resource."""

    category = Category.NOT_ALLOWED


class NotAcceptable(HilumError):
    """No representation fits the Accept header; `offered` are the media types that there are."""

    category = Category.NOT_ACCEPTABLE

    def __init__(
        self,
        message: str,
        *,
        location: str | None = None,
        code: str | None = None,
        offered: Iterable[str] = (),
    ) -> None:
        super().__init__(message, location=location, code=code)
        self.offered = tuple(dict.fromkeys(offered))


class TimedOut(HilumError):
    """The client sent too slowly."""

    category = Category.TIMEOUT


class Conflict(HilumError):
    """The state of the resource forbids it."""

    category = Category.CONFLICT


class Gone(HilumError):
    """It was here and was deleted."""

    category = Category.GONE


class PreconditionFailed(HilumError):
    """If-Match, If-None-Match or a conditional criterion did not hold."""

    category = Category.PRECONDITION


class TooLarge(HilumError):
    """Beyond a limit of size, number or depth."""

    category = Category.TOO_LARGE


class Unsupported(HilumError):
    """The media type or encoding of the body is not read here.

    `accepted` are the media types that are, or with `codings` the content codings (RFC 9110 15.5.16).
    """

    category = Category.UNSUPPORTED

    def __init__(
        self,
        message: str,
        *,
        location: str | None = None,
        accepted: Sequence[str] = (),
        codings: Sequence[str] = (),
    ) -> None:
        super().__init__(message, location=location)
        told = {"Accept": accepted, "Accept-Encoding": codings}
        self.accepts: Mapping[str, str] = {name: ", ".join(each) for name, each in told.items() if each}


class RangeUnsatisfiable(HilumError):
    """No byte of the range exists."""

    category = Category.RANGE


class Unprocessable(HilumError):
    """Well formed, but against the rules of the resource."""

    category = Category.UNPROCESSABLE


class Throttled(HilumError):
    """Too many requests."""

    category = Category.THROTTLED


class Unavailable(HilumError):
    """A part that the answer needs is not there now; try again after `retry_after` seconds."""

    category = Category.UNAVAILABLE


class OverTime(HilumError):
    """The answer takes longer than a question may; asked for less, it is quicker."""

    category = Category.UNAVAILABLE


class StorageFull(HilumError):
    """The disk floor is reached; nothing was stored."""

    category = Category.STORAGE_FULL


class ScopeMissing(TypeError):
    """A store or a query was called without an `AccessScope`: a bug of ours, never a client's."""
