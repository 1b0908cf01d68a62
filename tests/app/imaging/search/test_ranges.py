"""Dates and times: each by its meaning, and both together as one span, on the real graph."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.imaging.search import SearchRequest
from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.errors import Invalid
from graph.query.attributes import BY_KEYWORD, INSTANCE, STUDY
from tests.factories.elements import file_of, head, text

DAYS = {"20260101": "20260101", "2026.01.02": "20260102", "20260103": "20260103"}
TIMES = {  # as written, and to the microsecond
    "": "",
    "00": "000000000000",
    "0800": "080000000000",
    "12:00:00": "120000000000",
    "120000.5": "120000500000",
    "22:00:00.123456789": "220000123456",
    "235959": "235959000000",
}
MOMENTS = tuple(product(DAYS, TIMES))
ASKED = {
    "08": {"0800"},
    "080000.000000000": {"0800"},
    "12": {"12:00:00", "120000.5"},
    "120000": {"12:00:00", "120000.5"},
    "120000.000000": {"12:00:00"},
    "12:00:00.50": {"120000.5"},
    "220000.123456": {"22:00:00.123456789"},
    "00:00": {"00"},
    "-000000": {"00"},
    "22-": {"22:00:00.123456789", "235959"},
    "1201": set(),
}


@pytest.fixture
def wired(services: Wiring, tenant: str) -> Wiring:
    """A study of every day and time, its instance made at the same moment."""
    files = [[_file(number, *moment)] for number, moment in enumerate(MOMENTS)]
    assert all(each.stored for each in services.ingest.store(system_scope(tenant), files).outcomes)
    return services


def _file(number: int, day: str, time: str) -> bytes:
    sop = f"1.9.{number}.3"
    file = file_of(
        *(text(tag, "DA", day) for tag in (0x00080020, 0x00080023)),
        *(text(tag, "TM", time) for tag in (0x00080030, 0x00080033)),
        study_uid=text(0x0020000D, "UI", f"1.9.{number}.1"),
        series_uid=text(0x0020000E, "UI", f"1.9.{number}.2"),
        sop_uid=text(0x00080018, "UI", sop),
    )
    return file.replace(head(), head(sop_uid=sop))


def found(wired: Wiring, tenant: str, level: str, **keys: str) -> list[tuple[str, str]]:
    """The day and time of each study that is found, as they are kept."""
    asked = SearchRequest(
        level=level, keys=tuple((BY_KEYWORD[name], value) for name, value in keys.items()), limit=100
    )
    matches = wired.imaging_search.search(system_scope(tenant), asked).matches
    return sorted((match.study["StudyDate"], match.study.get("StudyTime", "")) for match in matches)


def within(day: str, time: str, first: tuple[str, str], last: tuple[str, str]) -> bool:
    """Whether a moment lies between two minutes, both included; `""` is an open end."""
    date, at = DAYS[day], TIMES[time]
    if not at:  # known to lie within where the whole day does
        return (not first[0] or date > first[0]) and (not last[0] or date < last[0])
    begun = not first[0] or (date, at) >= (first[0], first[1] + "00000000")
    return begun and (not last[0] or (date, at) <= (last[0], last[1] + "59999999"))


_MINUTES = ("0000", "0759", "0800", "1200", "2200", "2359")
_ENDS = st.tuples(st.sampled_from(sorted(DAYS.values())), st.sampled_from(_MINUTES))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ends=st.tuples(_ENDS, _ENDS).map(sorted), open_end=st.sampled_from((None, 0, 1)))
def test_a_range_of_dates_and_one_of_times_are_one_span(
    wired: Wiring, tenant: str, ends: list[tuple[str, str]], open_end: int | None
) -> None:
    first, last = (("", "") if at == open_end else end for at, end in enumerate(ends))
    date, time = f"{first[0]}-{last[0]}", f"{first[1]}-{last[1]}"
    expected = sorted(moment for moment in MOMENTS if within(*moment, first, last))

    assert found(wired, tenant, STUDY, StudyDate=date, StudyTime=time) == expected
    assert found(wired, tenant, INSTANCE, StudyDate=date, StudyTime=time) == expected
    assert found(wired, tenant, INSTANCE, ContentTime=time, ContentDate=date) == expected


@pytest.mark.parametrize(("asked", "times"), ASKED.items())
def test_a_time_is_found_by_its_meaning(wired: Wiring, tenant: str, asked: str, times: set[str]) -> None:
    hits = found(wired, tenant, STUDY, StudyTime=asked)

    assert hits == sorted(product(DAYS, times))


def test_a_date_is_found_in_both_forms_and_shown_as_it_was_written(wired: Wiring, tenant: str) -> None:
    for asked in ("20260102", "2026.01.02", "2026.01.02-20260102"):
        assert {day for day, _ in found(wired, tenant, STUDY, StudyDate=asked)} == {"2026.01.02"}


def test_a_day_and_a_range_of_times_are_asked_apart(wired: Wiring, tenant: str) -> None:
    hits = found(wired, tenant, STUDY, StudyDate="20260101", StudyTime="1200-")

    assert {time for _, time in hits} == {"12:00:00", "120000.5", "22:00:00.123456789", "235959"}


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"StudyDate": "20260102-20260101", "StudyTime": "08-10"}, "StudyDate"),
        ({"StudyDate": "20260101-20260101", "StudyTime": "22-02"}, "StudyTime"),
        ({"StudyDate": "20260101", "StudyTime": "22-02"}, "StudyTime"),
        ({"StudyTime": "25"}, "StudyTime"),
    ],
)
def test_a_span_that_ends_before_it_begins_is_told(
    wired: Wiring, tenant: str, keys: dict[str, str], told: str
) -> None:
    with pytest.raises(Invalid) as refused:
        found(wired, tenant, STUDY, **keys)

    assert refused.value.location == told
