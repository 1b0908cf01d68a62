"""The timeline and the values as they are drawn: within the drawing, nothing left out, and each a way on."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.http.glance.drawing import MOST_DRAWN, WIDTH, asked_window, bars, drawn, sparkline, whole_window
from tests.factories.charts import chart_of, named, study, value

DAYS = st.lists(st.dates(date(1990, 1, 1), date(2026, 11, 1)), min_size=1, max_size=30)


@given(DAYS, st.floats(-1, 1), st.floats(0.1, 3))
def test_what_is_drawn_lies_within_the_drawing_in_every_window(
    days: list[date], by: float, wider: float
) -> None:
    chart = chart_of(*(study(f"s{at}", each.isoformat()) for at, each in enumerate(days)))
    whole = whole_window(chart)

    for window in (whole, whole.moved(by, wider)):
        marks = [mark for lane in drawn(chart, window).lanes for mark in lane.marks]
        assert all(0 <= mark.x <= WIDTH for mark in marks)
        assert all(0 <= x <= WIDTH for x, _ in drawn(chart, window).ticks)
    assert drawn(chart, whole).count == len(days)


def test_many_marks_are_drawn_together_and_each_bar_leads_closer() -> None:
    first = date(2000, 1, 1)
    many = range(MOST_DRAWN + 100)
    chart = chart_of(*(value(f"v{at}", (first + timedelta(days=at)).isoformat(), "1-1", 1) for at in many))
    whole = drawn(chart, whole_window(chart))
    (lane,) = whole.lanes

    assert not whole.single
    assert sum(mark.count for mark in lane.marks) == len(many)
    closer = lane.marks[0].window
    assert closer is not None
    assert drawn(chart, closer).single


def test_a_window_is_asked_for_by_days_and_a_bad_one_is_the_whole() -> None:
    chart = chart_of(study("a", "2020-01-01"), study("b", "2026-01-01"))
    window = asked_window(chart, "2025-12-01", "2026-02-01")

    assert window.asked == {"from": "2025-12-01", "to": "2026-02-01"}
    assert drawn(chart, window).count == 1
    for wrong in (("x", None), ("2026-01-02", "2026-01-01"), (None, "none")):
        assert asked_window(chart, *wrong) == whole_window(chart)


def test_a_window_far_off_is_still_named() -> None:
    chart = chart_of(study("a", "0001-01-01"), named("Observation", "o", effectiveDateTime="9999-12-31"))
    wide = whole_window(chart).moved(0, 2)

    assert wide.asked == {"from": "0001-01-01", "to": "9999-12-31"}
    assert drawn(chart, wide).count == 2


def test_values_are_a_line_from_the_first_to_the_last() -> None:
    points = sparkline([["2026-01-01", 1, "a"], ["2026-01-02", 3, "b"], ["2026-01-03", 2, "c"]])

    assert points == "3.0,25.0 60.0,3.0 117.0,14.0"
    assert sparkline([["2026-01-01", 1, "a"]]) == "60.0,14.0"
    assert sparkline([[None, 1, "a"]]) == ""


def test_a_drug_without_an_end_is_drawn_to_the_end() -> None:
    window = asked_window(chart_of(), "2026-01-01", "2026-01-10")

    ((x, width),) = bars([{"start": "2026-01-06", "end": None}], window)

    assert (x, x + width) == (500.0, WIDTH)
