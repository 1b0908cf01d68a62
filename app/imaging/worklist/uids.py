"""UIDs of workitems and of their claims, which clients choose (PS3.5 chapter 9 and annex A).

References to what others made are read as files have them, leading zeros too; a UID that is made here anew
keeps the rules.
"""

import re

from graph.errors import Invalid

LONGEST_UID = 64
_LOOSE = re.compile(r"[0-9]+(?:\.[0-9]+)*", re.ASCII)
_STRICT = re.compile(r"[012](?:\.(?:0|[1-9][0-9]*))+", re.ASCII)
_OF_DICOM = "1.2.840.10008."


def is_uid(text: str) -> bool:
    """Whether a text is a UID; leading zeros are passed over, as files have them."""
    return len(text) <= LONGEST_UID and _LOOSE.fullmatch(text) is not None


def check_chosen_uid(uid: str, location: str) -> None:
    """Check a UID that a client chose for something new.

    Raises `Invalid` for what breaks PS3.5 9.1, and for one of the standard's own, as those of the worklist.
    """
    if len(uid) > LONGEST_UID or not _STRICT.fullmatch(uid):
        raise Invalid(
            "a UID is at least two numbers between dots, without leading zeros, the first of them 0, 1 or 2, "
            f"{LONGEST_UID} characters at most",
            location=location,
        )
    if uid.startswith(_OF_DICOM):
        raise Invalid(f"UIDs that begin with {_OF_DICOM} are of the standard itself", location=location)
