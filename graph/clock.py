"""Instants as the graph keeps them: microseconds since the epoch in UTC, and their FHIR text."""

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> int:
    """The present; passed in as data wherever a decision depends on it."""
    return time.time_ns() // 1_000


def instant(microseconds: int) -> str:
    """The FHIR `instant` of a moment, to the microsecond."""
    moment = _EPOCH + timedelta(microseconds=microseconds)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
