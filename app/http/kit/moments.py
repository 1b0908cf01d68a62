"""Dates and moments as people read them, in the language of the request."""

import re
from datetime import UTC, date, datetime

from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta

from app.http.kit.languages import locale

_PARTIAL = re.compile(r"(\d{4})(?:-?(\d\d)(?:-?(\d\d))?)?")


def shown_date(text: str | None) -> str:
    """A date of FHIR or DICOM, whole or in part, as it is read; as it is where it is none; empty for None."""
    found = _PARTIAL.match(text or "")
    if found is None:
        return text or ""
    year, month, day = (int(each) if each else 0 for each in found.groups())
    try:
        whole = date(year, month or 1, day or 1)
    except ValueError:
        return text or ""
    if day:
        return format_date(whole, "medium", locale())
    return format_skeleton("yMMM" if month else "y", whole, locale=locale())


def shown_at(microseconds: int) -> str:
    """A moment in µs since the epoch, in UTC."""
    moment = datetime.fromtimestamp(microseconds / 1_000_000, UTC)
    return f"{format_datetime(moment, 'medium', locale=locale())} UTC"


def age_in_years(born: str | None, on: date | None = None) -> int | None:
    """How old somebody is on a day, or today; None where the day of birth is not known, or after it."""
    found = _PARTIAL.match(born or "")
    if found is None or not found[3]:
        return None
    year, month, day = (int(each) for each in found.groups())
    on = on or datetime.now(UTC).date()
    age = on.year - year - ((on.month, on.day) < (month, day))
    return age if age >= 0 else None


def shown_span(then: datetime, now: datetime) -> str:
    """How long ago, or how soon, something is: as `3 days ago`."""
    return format_timedelta(then - now, add_direction=True, locale=locale())
