"""The UIDs of a request (PS3.5 chapter 9.1): digits and dots, at most 64 characters."""

import re

from graph.errors import Invalid

_UID = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_LONGEST = 64


def check_uids(**named: str | None) -> None:
    """Raise `Invalid` for a UID that cannot be one; the message names the place and not the value."""
    for name, uid in named.items():
        if uid is not None and not (len(uid) <= _LONGEST and _UID.fullmatch(uid)):
            raise Invalid(f"{name}: this is not a UID", location=name)
