"""Passwords of people: argon2id (RFC 9106), with the parameters of OWASP's password storage cheat sheet.

Hashing is slow on purpose, so it is done two at a time in a process, and who waits too long is sent away.
"""

from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from graph.errors import Invalid, Throttled

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256  # characters; NIST SP 800-63B 3.1.1.2 asks for 8 at least
_PATIENCE = 3.0
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_two_at_a_time = Semaphore(2)
_NOBODYS = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """Return the salted hash of a password, with its own parameters.

    Raises `Invalid` for one that is too short or too long, `Throttled` where too many are computed at a time.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters", location="password"
        )
    with _Turn():
        return _hasher.hash(password)


def is_password_of(kept: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed; without a hash it takes as long to say no.

    Raises `Throttled` when others are ahead for too long.
    """
    if len(password) > LONGEST_PASSWORD:
        return False
    with _Turn():
        try:
            return _hasher.verify(_NOBODYS if kept is None else kept, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


class _Turn:
    """One of the two places."""

    def __enter__(self) -> None:
        if not _two_at_a_time.acquire(timeout=_PATIENCE):
            raise Throttled("too many sign-ins at a time", retry_after=5)

    def __exit__(self, *_: object) -> None:
        _two_at_a_time.release()
