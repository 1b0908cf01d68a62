"""Dates, periods and timings as intervals of microseconds (FHIR R4 search.html#date)."""

from collections.abc import Mapping
from typing import Any

from fhir_profiles.dates import interval, period, timing
from fhir_profiles.index.asked import Asked, AskedSpan, Asking, Prefix, UnreadableValue, prefixed
from fhir_profiles.index.kept import Converter, KeptRows

_ABOUT = 86_400_000_000  # `ap`: a day either side; the standard leaves it to the server


def _date(rows: KeptRows, param: str, value: Any, _: str) -> None:
    if isinstance(value, str) and (found := interval(value, rows.zone)):
        rows.span(param, *found)


def _period(rows: KeptRows, param: str, value: Any, _: str) -> None:
    if found := period(value, rows.zone):
        rows.span(param, *found)


def _timing(rows: KeptRows, param: str, value: Any, _: str) -> None:
    if found := timing(value, rows.zone):
        rows.span(param, *found)


KEPT: Mapping[str, Converter] = {
    **dict.fromkeys(("date", "dateTime", "instant"), _date),
    "Period": _period,
    "Timing": _timing,
}


def asked(asking: Asking, text: str) -> Asked:
    """Read `[prefix]YYYY[-MM[-DD[Thh:mm[:ss][offset]]]]`.

    Raises `UnreadableValue`.
    """
    prefix, value = prefixed(text)
    found = interval(value.replace(" ", "+"), asking.zone)  # a plus that a client left unescaped
    if found is None:
        raise UnreadableValue("not a date: YYYY[-MM[-DD[Thh:mm[:ss][offset]]]]")
    low, high = found
    if prefix is Prefix.AP:
        low, high = low - _ABOUT, high + _ABOUT
    return AskedSpan(asking.name, prefix, low, high)
