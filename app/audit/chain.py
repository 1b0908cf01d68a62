"""How lines follow one another: the hash of each is made of the one before, its text and a secret key.

Who may write the files but does not have the key can neither change a line nor make one (RFC 2104); what is
missing at an end, a seal of the archive tells (`app/audit/seals.py`).
"""

import hmac
from hashlib import sha256
from typing import Any

import orjson

START = "0" * 64
HASH = 64  # characters of a hash, which stands at the beginning of its line


def chained(key: bytes, previous: str, text: bytes) -> str:
    """The hash of a line: of the hash before it and its text, under the key."""
    return hmac.digest(key, previous.encode("ascii") + text, "sha256").hex()


def chained_plainly(previous: str, text: bytes) -> str:
    """The hash of a line as earlier releases made it, which anybody can make."""
    return sha256(previous.encode("ascii") + text).hexdigest()


def line_of(hash_: str, text: bytes) -> bytes:
    """A line of the chain, without its end."""
    return b"%s %s" % (hash_.encode("ascii"), text)


def parted(line: bytes) -> tuple[bytes, bytes]:
    """The hash and the text of a line, not believed yet."""
    return line[:HASH], line[HASH + 1 :]


def parsed(text: bytes) -> dict[str, Any] | None:
    """The JSON object of a text; None where it is none."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None
