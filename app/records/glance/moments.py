"""When something of a chart was: where each type says so, as intervals of time."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from app.records.glance.words import Resource, each_in
from fhir_profiles.dates import LATEST, interval

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BEGINNINGS = (
    "effectiveDateTime",
    "effectivePeriod",
    "effectiveInstant",
    "performedDateTime",
    "performedPeriod",
    "occurrenceDateTime",
    "occurrencePeriod",
    "onsetDateTime",
    "onsetPeriod",
    "started",
    "period",
    "timingDateTime",
    "timingPeriod",
    "collectedDateTime",
    "collectedPeriod",
    "servicedDate",
    "servicedPeriod",
    "whenHandedOver",
    "whenPrepared",
    "startDate",
    "start",
    "createdDateTime",
    "authoredOn",
    "recordedDate",
    "assertedDate",
    "date",
    "dateTime",
    "issued",
    "identifiedDateTime",
    "identifiedPeriod",
    "sent",
    "received",
    "executionPeriod",
    "billablePeriod",
    "created",
    "recorded",
    "lastOccurrence",
)
"""The elements that say when something began or was, the ones that say it best first."""
_ENDS = ("abatementDateTime", "abatementPeriod", "end")
_CARRIERS = ("collection",)
"""Elements that hold the date of what they are in."""


class Lasting(NamedTuple):
    """When something was, as it is written; `at` and `until` in µs since the epoch.

    `end` is "" of a moment, and of what goes on (`until` is `LATEST` then).
    """

    start: str
    end: str
    at: int
    until: int

    @property
    def goes_on(self) -> bool:
        """Whether it has begun and no end is written."""
        return self.until == LATEST


def lasting_of(resource: Resource, zone: tzinfo) -> Lasting | None:
    """When a resource says that it was; None where it says nothing that can be read."""
    for name in _BEGINNINGS:
        if name in resource and (found := _lasting(resource[name], zone)):
            return _ended(found, resource, zone)
    carried = (each for name in _CARRIERS if name in resource for each in each_in(resource[name]))
    return next((found for each in carried if (found := lasting_of(each, zone))), None)


def _lasting(value: Any, zone: tzinfo) -> Lasting | None:
    if isinstance(value, str):
        found = interval(value, zone)
        return Lasting(value, "", found[0], found[1]) if found else None
    if isinstance(value, dict):
        start, end = str(value.get("start") or ""), str(value.get("end") or "")
        began, ended = interval(start, zone), interval(end, zone)
        if began:
            return Lasting(start, end if ended else "", began[0], ended[1] if ended else LATEST)
        if ended:
            return Lasting(end, end, *ended)
    return None


def _ended(found: Lasting, resource: Resource, zone: tzinfo) -> Lasting:
    """The same with the end that stands in an element of its own."""
    for text in _end_texts(resource):
        if ended := interval(text, zone):
            return found._replace(end=text, until=max(ended[1], found.at))
    return found


def _end_texts(resource: Resource) -> Iterator[str]:
    for name in _ENDS:
        value = resource.get(name)
        text = value.get("end") or value.get("start") if isinstance(value, dict) else value
        if isinstance(text, str):
            yield text


def day_of(microseconds: int, zone: tzinfo) -> date:
    """The day of a moment in a zone."""
    return (_EPOCH + timedelta(microseconds=microseconds)).astimezone(zone).date()
