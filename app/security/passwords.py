"""Passwords of people: argon2id (RFC 9106), with the parameters of OWASP's password storage cheat sheet.

Hashing is slow on purpose, so it is done two at a time in a process, and who waits too long is sent away.
What a password is made of is nobody's business (NIST SP 800-63B 3.1.1.2): it is refused where it is short, or
where `zxcvbn` finds it in fewer than a hundred million guesses, by its lists of common passwords, names and
words, by keyboard walks, dates, sequences and repeats, and by what an attacker knows of the account.
"""

from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn  # type: ignore[import-untyped]

from graph.errors import Invalid, Throttled

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256  # characters; NIST SP 800-63B 3.1.1.2 asks for 8 at least
_PATIENCE = 3.0
_UNLIKELY = 3  # zxcvbn's score of 10^8 guesses and more
_LOOKED_AT = 72  # characters, beyond which looking takes long
_OURS = ("hilum",)
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_two_at_a_time = Semaphore(2)
_NOBODYS = _hasher.hash("nobody has this password")


def hash_password(password: str, *known: str) -> str:
    """Return the salted hash of a password, with its own parameters.

    `known` is what an attacker knows: the name of the account. Raises `Invalid` for one that is too short,
    too long or soon guessed, `Throttled` where too many are computed at a time.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            "a password has %(least)s to %(most)s characters",
            location="password",
            least=SHORTEST_PASSWORD,
            most=LONGEST_PASSWORD,
        )
    if zxcvbn(password[:_LOOKED_AT], [*_OURS, *known])["score"] < _UNLIKELY:
        raise Invalid("this password is one of the first that somebody would try", location="password")
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
