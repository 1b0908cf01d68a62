"""Checkpoints of the audit: the head of the archive, signed with the key of the gateway's tokens.

A checkpoint is a JWT (RFC 7519) that is kept elsewhere: by who was given it, in the log of the worker. Each
seal follows from all before it, so the hash of one place vouches for every line up to there: as long as that
place has that hash, nothing before it was removed, changed or put elsewhere, and nothing was cut off. Whoever
has every key of this machine can make another archive, but none that a checkpoint of before fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError

from app.audit.proving import AuditTrail
from app.audit.seals import ARCHIVE, PACKED, Seal, kept_head, sealed_as
from app.security.keys import ALGORITHM, SigningKey
from graph.errors import Invalid, NotFound

TYPE = "hilum-audit-checkpoint+jwt"
_CLAIMS = ("roll", "place", "hash", "segment")
_LONGEST = 8_192
KEPT = "checkpoints"
"""The file of the audit folder that holds those that the worker made, a line each."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of an archive at a moment (s since the epoch), and the signed text that says so.

    `export` is the SHA-256 of a file of events that was written with it, None where there was none.
    """

    roll: str
    place: int
    hash: str
    segment: str
    at: int
    text: str
    export: str | None = None


class Checkpoints:
    """Makes checkpoints of a trail, and holds a trail to them; `address` is that of the gateway."""

    def __init__(self, trail: AuditTrail, key: SigningKey, address: str) -> None:
        self._trail = trail
        self._key = key
        self._address = address

    def make(self, at: int, export: str | None = None) -> Checkpoint:
        """The checkpoint of the newest seal, with the digest of an `export` if there was one.

        Raises `NotFound` where nothing was archived yet.
        """
        head = kept_head(self._trail.folder, self._trail.key)
        if head is None:
            raise NotFound("nothing of the audit was archived yet: it is, soon after an access")
        claims: dict[str, Any] = {
            "iss": self._address,
            "iat": at,
            **{name: getattr(head, name) for name in _CLAIMS},
            **({"export": export} if export else {}),
        }
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": self._key.identifier}
        text = jwt.encode(header, claims, self._key.key, algorithms=[ALGORITHM])
        return Checkpoint(head.roll, head.place, head.hash, head.segment, at, text, export)

    def read(self, text: str) -> Checkpoint:
        """The checkpoint of a signed text; raises `Invalid` for what this gateway has not signed."""
        try:
            found = jwt.decode(text.strip()[:_LONGEST], self._key.key, algorithms=[ALGORITHM])
        except (JoseError, ValueError) as error:
            raise Invalid("this is no checkpoint that was signed with the key of this gateway") from error
        claims = found.claims
        if found.header.get("typ") != TYPE:
            raise Invalid("this is signed, but it is no checkpoint")
        named = {name: claims[name] for name in _CLAIMS}
        return Checkpoint(**named, at=claims["iat"], text=text.strip(), export=claims.get("export"))

    def contradictions(self, checkpoints: Sequence[Checkpoint]) -> list[str]:
        """What of the archive is not as checkpoints say it was."""
        seals = _seals(self._trail.folder, self._trail.key)
        return [said for each in checkpoints if (said := _contradiction(each, seals))]


def _seals(folder: Path, key: bytes) -> list[Seal]:
    found = (sealed_as(path, key) for path in (folder / ARCHIVE).glob(f"*{PACKED}"))
    return [each for each in found if each is not None]


def _contradiction(said: Checkpoint, seals: Sequence[Seal]) -> str | None:
    own = [each for each in seals if each.roll == said.roll]
    if not own:
        return f"the checkpoint is of an archive of {said.place} segments that is not here"
    there = [each for each in own if each.place == said.place]
    if not there:
        last = max(each.place for each in own)
        return f"the checkpoint knows place {said.place} of the archive, which goes to {last} without it"
    if all(each.hash != said.hash for each in there):
        return f"place {said.place} of the archive is not what the checkpoint says"
    return None
