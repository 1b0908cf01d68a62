"""Secrets that open something once: codes, refresh tokens, launches. Kept are their digests only.

They have 256 random bits, so a plain digest gives nothing to guess at.
"""

import secrets
from hashlib import sha256

LONGEST_HANDLE = 512


def new_handle() -> str:
    """A handle that nobody has."""
    return secrets.token_urlsafe(32)


def digest_of(handle: str) -> str:
    """What is kept of a handle."""
    return sha256(handle.encode("utf-8", "surrogatepass")).hexdigest()
