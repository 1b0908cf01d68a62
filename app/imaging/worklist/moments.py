"""Moments as workitems say them."""

from datetime import UTC, datetime, timedelta, tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def date_time(microseconds: int, zone: tzinfo) -> str:
    """A moment as a DT value, with its offset from UTC (PS3.5 6.2)."""
    moment = (_EPOCH + timedelta(microseconds=microseconds)).astimezone(zone)
    return moment.strftime("%Y%m%d%H%M%S.%f%z")[:26]
