"""Periods of the language from times as they are said: with the day of the question, or an event's name."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.cohorts.plain_words.grammar.times import TimeSaid

_MONTHS, _WEEK = 12, 7


def window(said: TimeSaid, day: date) -> dict[str, Any]:
    """The period of a window, as of a day."""
    if said.calendar:
        return calendar(said.calendar, day)
    return {
        name: _year(value, day) if isinstance(value, str) else value for name, value in said.period.items()
    }


def _year(text: str, day: date) -> str:
    """A date whose year is that of the question, or the one before."""
    for name, back in (("thisyear", 0), ("lastyear", 1), ("yearbefore", 2)):
        if text.startswith(f"?{name}?"):
            return f"{day.year - back}{text[len(name) + 2 :]}"
    if text.startswith("????"):
        return f"{day.year - (text[5:7] > f'{day.month:02}')}{text[4:]}"
    return text


def calendar(name: str, day: date) -> dict[str, Any]:
    """A unit of the calendar: `thisyear`, `lastmonth`, `yesterday`."""
    match name:
        case "thisyear" | "lastyear" | "yearbefore":
            year = str(day.year - ("thisyear", "lastyear", "yearbefore").index(name))
            return {"start": year, "end": year}
        case "thismonth" | "lastmonth":
            count = day.year * _MONTHS + day.month - 1 - (name == "lastmonth")
            month = f"{count // _MONTHS}-{count % _MONTHS + 1:02}"
            return {"start": month, "end": month}
        case "thisweek" | "lastweek":
            monday = day - timedelta(days=day.weekday() + (_WEEK if name == "lastweek" else 0))
            return {"start": monday.isoformat(), "end": (monday + timedelta(days=_WEEK - 1)).isoformat()}
    found = (day - timedelta(days=name == "yesterday")).isoformat()
    return {"start": found, "end": found}


def is_future(period: Mapping[str, Any], day: date) -> bool:
    """Whether a period begins after the day of the question."""
    start = period.get("start")
    return isinstance(start, str) and start > day.isoformat()[: len(start)]


def is_empty(period: Mapping[str, Any]) -> bool:
    """Whether a period ends before it begins."""
    start, end = period.get("start"), period.get("end")
    if not isinstance(start, str) or not isinstance(end, str):
        return False
    size = min(len(start), len(end))
    return start[:size] > end[:size]
