"""Dates in a question: days, months, quarters, halves and years, as people and systems write them."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from typing import NamedTuple

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_ENDS_HERE = r"(?![\w])"


class DateFound(NamedTuple):
    """The first and the last day, month or year (ISO 8601) of what is written, and where it ends.

    Of a month without its year, the year is `????`.
    """

    first: str
    last: str
    end: int


_Parts = dict[str, str | None]


def _full(parts: _Parts) -> tuple[str, str] | None:
    year, month, day = parts["year"], parts.get("month") or _month_of(parts.get("name")), parts.get("day")
    with suppress(ValueError):
        if day and month and year:
            found = date(int(year), int(month), int(day)).isoformat()
            return found, found
        if month and year and 1 <= int(month) <= len(_MONTHS):
            return f"{year}-{int(month):02}", f"{year}-{int(month):02}"
        if year and not month:
            return year, year
    return None


def _quarter(parts: _Parts) -> tuple[str, str] | None:
    number = _ORDINALS.get(str(parts["part"])) or int(str(parts["part"]))
    return f"{parts['year']}-{number * 3 - 2:02}", f"{parts['year']}-{number * 3:02}"


def _half(parts: _Parts) -> tuple[str, str] | None:
    first = parts["part"] in ("first", "1st", "상반기")
    return (
        (f"{parts['year']}-01", f"{parts['year']}-06")
        if first
        else (f"{parts['year']}-07", f"{parts['year']}-12")
    )


def _yearless(parts: _Parts) -> tuple[str, str] | None:
    month = parts.get("month") or _month_of(parts.get("name"))
    if month is None or not 1 <= int(month) <= len(_MONTHS):
        return None
    day = f"-{int(str(parts['day'])):02}" if parts.get("day") else ""
    return f"????-{int(month):02}{day}", f"????-{int(month):02}{day}"


def _month_of(name: str | None) -> str | None:
    return None if name is None else str(_MONTHS.index(name[:3]) + 1)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[_Parts], tuple[str, str] | None]], ...] = tuple(
    (re.compile(pattern + _ENDS_HERE if latin else pattern), read)
    for pattern, latin, read in (
        (rf"{_YEAR}-(?P<month>\d\d)-(?P<day>\d\d)", True, _full),
        (rf"{_YEAR}[./](?P<month>\d\d?)[./](?P<day>\d\d?)\.?", True, _full),
        (rf"{_YEAR}-(?P<month>\d\d)", True, _full),
        (rf"{_YEAR}[./](?P<month>\d\d?)", True, _full),
        (rf"(?P<month>\d\d?)/(?P<day>\d\d?)/{_YEAR}", True, _full),
        (rf"{_YEAR}\s?년도?\s?(?P<part>[1-4])\s?(?:사)?분기", False, _quarter),
        (rf"{_YEAR}\s?년도?\s?(?P<part>상반기|하반기)", False, _half),
        (rf"{_YEAR}\s?년\s?(?P<month>\d\d?)\s?월\s?(?P<day>\d\d?)\s?일", False, _full),
        (rf"{_YEAR}\s?년\s?(?P<month>\d\d?)\s?월(?!령)", False, _full),
        (rf"{_YEAR}\s?년(?:도|생)?(?!대(?![가-힣]{2})|대의|대에)(?:\s?한\s?해)?", False, _full),
        (rf"{_MONTH}\s+{_DAY}(?:,\s*|\s+){_YEAR}", True, _full),
        (rf"{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}", True, _full),
        (rf"{_MONTH},?\s+(?:of\s+)?{_YEAR}", True, _full),
        (rf"q(?P<part>[1-4])\s?(?:of\s+)?{_YEAR}", True, _quarter),
        (rf"{_YEAR}\s?q(?P<part>[1-4])", True, _quarter),
        (
            rf"(?:the\s+)?(?P<part>first|second|third|fourth|1st|2nd|3rd|4th)\s+quarter\s+(?:of\s+)?{_YEAR}",
            True,
            _quarter,
        ),
        (rf"(?:the\s+)?(?P<part>first|second|1st|2nd)\s+half\s+(?:of\s+)?{_YEAR}", True, _half),
        (r"(?P<month>1?\d)\s?월\s?(?P<day>[0-3]?\d)\s?일", False, _yearless),
        (r"(?P<month>1?\d)\s?월(?![가-힣]*령)(?!간)", False, _yearless),
        (rf"{_MONTH.replace('|may|', '|').replace('mar(?:ch)?', 'march')}(?:\s+{_DAY})?", True, _yearless),
    )
)


def date_at(text: str, start: int) -> DateFound | None:
    """The date that begins at a place of a folded text, which is no bare year; None where none does."""
    if start and (text[start - 1].isdigit() or (text[start - 1].isascii() and text[start - 1].isalpha())):
        return None
    return max(_found(text, start), key=lambda each: each.end, default=None)


def _found(text: str, start: int) -> Iterator[DateFound]:
    for pattern, read in _FORMS:
        match = pattern.match(text, start)
        days = read(match.groupdict()) if match else None
        if match and days:
            yield DateFound(*days, match.end())
