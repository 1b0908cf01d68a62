"""Failure and warning reasons of a store (PS3.18 tables 10.5.3-2 and I.2-2, PS3.4 B.2.3).

The numbers are those of the DICOM service that clients know; one table, so that a new reason is one row.
"""

from enum import IntEnum


class FailureReason(IntEnum):
    """Failure Reason (0008,1197) of an instance that was not stored."""

    PROCESSING = 272  # 0110: something of ours went wrong
    OUT_OF_RESOURCES = 42752  # A700
    VALIDATION = 43264  # A900: the data set breaks a rule, or cannot be read
    WRONG_STUDY = 43265  # A901: not the study of the request's path
    EXISTS = 45070  # B00E: other bytes of these UIDs are stored already


class WarningReason(IntEnum):
    """Warning Reason (0008,1196) of an instance that was stored."""

    VALIDATION = 1  # attributes that break a rule are left out of the metadata and the search
    REPEATED = 45070  # B00E: these very bytes are stored already, so that a client may send again


COMMENTS = {
    FailureReason.PROCESSING: "The instance could not be processed.",
    FailureReason.OUT_OF_RESOURCES: "The storage cannot take the instance now.",
    FailureReason.VALIDATION: "The data set is not valid.",
    FailureReason.WRONG_STUDY: "The instance belongs to another study than the request names.",
    FailureReason.EXISTS: "An instance of these UIDs exists already.",
}

REPETITION = "These very bytes are stored already; nothing changes."


def comment_on(tag: int, message: str) -> str:
    """An Error Comment (0000,0902) in the form that clients of the service parse."""
    return f"DICOM100: ({tag >> 16:04x},{tag & 0xFFFF:04x}) - {message}"
