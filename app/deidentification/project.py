"""What a project puts for patients, UIDs and dates: always the same within it, and unlinkable between two.

Everything follows from one key, derived for each project from a secret that never leaves the gateway. Nothing
has to be remembered, so that a job that begins again and an export a year later say the same.
"""

import hmac
from base64 import b32encode
from dataclasses import dataclass
from unicodedata import normalize
from uuid import UUID

MOST_DAYS = 3_650
LONGEST_NAME = 64  # characters of a project's
_BYTES = 10  # of a pseudonym: 80 bits in 16 characters
_UUID_BYTES = 16


@dataclass(frozen=True, slots=True)
class ProjectSubject:
    """A patient in a project: the pseudonym, and by how many days dates are moved (never 0).

    `known` are words, in lower case, that stand for the patient elsewhere: what holds one is not kept.
    """

    pseudonym: str
    days: int
    known: frozenset[str] = frozenset()


class Project:
    """The keyed names of one project of a tenant; `secret` is that of the gateway.

    Projects whose names differ only in case or in spaces around them are one.
    """

    def __init__(self, secret: bytes, tenant: str, name: str) -> None:
        self.name = normalize("NFC", name).strip()
        self._key = hmac.digest(secret, f"{tenant}\0{self.name.casefold()}".encode(), "sha256")

    def subject(self, patient: str, known: frozenset[str] = frozenset()) -> ProjectSubject:
        """The subject that a patient is, by the reference to the Patient resource."""
        days = 1 + int.from_bytes(self._digest("days", patient), "big") % MOST_DAYS
        return ProjectSubject(self.pseudonym("Patient", patient), -days, known)

    def pseudonym(self, kind: str, name: str) -> str:
        """What stands for something of a kind: sixteen letters and digits."""
        return b32encode(self._digest(kind, name)[:_BYTES]).decode("ascii")

    def uid(self, uid: str) -> str:
        """The UID that stands for one (PS3.5 B.2)."""
        return f"2.25.{UUID(bytes=self._digest('uid', uid)[:_UUID_BYTES], version=4).int}"

    def _digest(self, kind: str, name: str) -> bytes:
        return hmac.digest(self._key, f"{kind}\0{name}".encode(), "sha256")
