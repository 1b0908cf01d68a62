"""One timeline: everything is a mark in the order of time, in pages, and what has no time stands apart."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.records.glance.timeline import LANES, Stretch, overview, stretch_of
from fhir_profiles.dates import interval
from graph.errors import Invalid
from tests.factories.charts import chart_of, named, study, told, value
from tests.factories.fhir import Resource

DAYS = st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2030, 1, 1)))
KINDS = st.sampled_from(["Observation", "Condition", "Encounter", "Basic"])


def dated(number: int, kind: str, day: date | None) -> Resource:
    elements: dict[str, Any] = {"effectiveDateTime": day.isoformat()} if day else {}
    return named(kind, f"r{number}", **elements)


@given(st.lists(st.tuples(KINDS, DAYS), max_size=25), st.integers(1, 7))
def test_the_pages_of_both_parts_are_all_that_there_is_each_once(
    made: list[tuple[str, date | None]], count: int
) -> None:
    chart = chart_of(
        *(dated(number, *each) for number, each in enumerate(made)), referred={"Practitioner/p": {}}
    )
    found = list[str]()
    for undated in (False, True):
        after: int | None = 0
        while after is not None:
            page = stretch_of(chart, Stretch(count=count, undated=undated, after=after))
            found += told(page.marks)
            after = page.after

    assert sorted(found) == sorted([each.reference for each in chart.items] + ["Practitioner/p"])


@given(st.lists(st.tuples(KINDS, DAYS), max_size=25))
def test_marks_are_in_the_order_of_time_and_the_overview_counts_them(
    made: list[tuple[str, date | None]],
) -> None:
    chart = chart_of(*(dated(number, *each) for number, each in enumerate(made)))
    marks = stretch_of(chart, Stretch()).marks
    whole = overview(chart)

    assert [each["start"] for each in marks] == sorted(each["start"] for each in marks)
    assert sum(count for bars in whole["lanes"].values() for _, count in bars) == len(marks) == whole["total"]
    assert whole["undated"] == len(made) - len(marks)


def test_a_part_of_the_timeline_is_what_touches_it() -> None:
    visit = named("Encounter", "stay", status="finished", period={"start": "2026-01-01", "end": "2026-02-10"})
    chart = chart_of(
        visit, study("before", "2026-01-15"), study("in", "2026-02-05"), value("out", "2026-03-01", "1-1", 1)
    )
    since, until = interval("2026-02-01"), interval("2026-02-28")
    assert since is not None
    assert until is not None

    page = stretch_of(chart, Stretch(since=since[0], until=until[1]))

    assert told(page.marks) == ["Encounter/stay", "ImagingStudy/in"]


def test_lanes_are_asked_for_by_name() -> None:
    chart = chart_of(study("s", "2026-01-15"), value("v", "2026-03-01", "1-1", 1))

    assert told(stretch_of(chart, Stretch(lanes=frozenset({"imaging"}))).marks) == ["ImagingStudy/s"]
    with pytest.raises(Invalid):
        Stretch(lanes=frozenset({"imaging", "elsewhere"}))


def test_what_has_begun_and_not_ended_goes_on() -> None:
    stay = named("Encounter", "stay", status="in-progress", period={"start": "2026-01-01"})
    (mark,) = stretch_of(chart_of(stay), Stretch()).marks

    assert mark["goesOn"] is True
    assert mark["lane"] in LANES


@pytest.mark.parametrize(("days", "unit"), [(200, "day"), (2_000, "month"), (12_000, "year")])
def test_the_overview_counts_by_what_there_is_room_for(days: int, unit: str) -> None:
    first = date(1990, 1, 1)
    chart = chart_of(
        *(
            dated(each, "Observation", first + timedelta(days=each))
            for each in range(0, days, 1 if days < 300 else 5)
        )
    )

    assert overview(chart)["unit"] == unit
