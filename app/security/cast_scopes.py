"""Scopes of FHIRcast, and the topic of a person (FHIRcast 3.0.0, 2.1 and 2.2).

`fhircast/ImagingStudy-open.read`: which event, and whether it is received or sent. Names of events are read
without regard to case. A token of an app names them; who asks without one may all.
"""

import hmac
import re
from collections.abc import Collection, Iterable
from uuid import UUID

from graph.scope import AccessScope

CAST_EVENTS = (
    *("Patient-open", "Patient-close", "ImagingStudy-open", "ImagingStudy-close"),
    *("DiagnosticReport-open", "DiagnosticReport-close", "DiagnosticReport-update"),
    *("DiagnosticReport-select", "syncerror", "heartbeat"),
)
"""The events that there are here, as they are written."""
CAST_SCOPES = ("fhircast/*.*", "fhircast/*.read", "fhircast/*.write")
READ, WRITE = "read", "write"
_PREFIX = "fhircast/"
_WORD = re.compile(r"fhircast/([A-Za-z*][A-Za-z*-]*)\.(read|write|\*)")
_KNOWN = {each.lower(): each for each in CAST_EVENTS}


def cast_event(name: str) -> str | None:
    """The event of a name in any case; None for one that there is not here."""
    return _KNOWN.get(name.lower())


def is_cast_scope(word: str) -> bool:
    """Whether a word of a scope is one of FHIRcast for events that there are here."""
    return bool(_deeds(word))


def casts_of(words: Iterable[str]) -> frozenset[str]:
    """What the words of a scope let an app do, as `ImagingStudy-open.read`."""
    return frozenset(deed for word in words for deed in _deeds(word))


def cast_words(asked: Iterable[str], registered: Collection[str]) -> tuple[str, ...]:
    """The FHIRcast words of an asked scope all of which an app was registered for."""
    allowed = casts_of(registered)
    return tuple(each for each in asked if is_cast_scope(each) and _deeds(each) <= allowed)


def may_cast(scope: AccessScope, event: str, deed: str) -> bool:
    """Whether a caller may receive (`read`) or send (`write`) an event."""
    return scope.casts is None or f"{event}.{deed}" in scope.casts


def events_named(name: str) -> tuple[str, ...]:
    """The events that a name of a subscription stands for: itself, or all that a wild card matches."""
    parts = [re.escape(each) for each in name.lower().split("*")]
    pattern = re.compile(".*".join(parts))
    return tuple(event for lower, event in _KNOWN.items() if pattern.fullmatch(lower))


def _deeds(word: str) -> frozenset[str]:
    found = _WORD.fullmatch(word) if word.startswith(_PREFIX) else None
    if found is None:
        return frozenset()
    deeds = (READ, WRITE) if found[2] == "*" else (found[2],)
    return frozenset(f"{event}.{deed}" for event in events_named(found[1]) for deed in deeds)


class CastTopics:
    """Names the topic of each person: the same for all their sessions, and nobody else can guess it."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def of(self, tenant: str, subject: str) -> str:
        """The topic of an account."""
        named = f"{tenant}\x00{subject}".encode("utf-8", "surrogatepass")
        return str(UUID(bytes=hmac.digest(self._secret, named, "sha256")[:16], version=4))

    def is_of(self, scope: AccessScope, topic: str) -> bool:
        """Whether a topic is the caller's; compared in constant time."""
        own = self.of(scope.tenant, scope.subject)
        return hmac.compare_digest(own.encode(), topic.encode("utf-8", "surrogatepass"))
