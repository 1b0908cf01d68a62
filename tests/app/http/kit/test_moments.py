"""Dates as people read them, whole and in part, of FHIR and of DICOM; ages to the day."""

from datetime import date

import pytest

from app.http.kit.moments import age_in_years, shown_at, shown_date

DATES = {
    "1964-10-20": "20 Oct 1964",
    "19641020": "20 Oct 1964",
    "1964-10-20T23:59:00+09:00": "20 Oct 1964",
    "1964-10": "Oct 1964",
    "1964": "1964",
    "1964-13-45": "1964-13-45",
    "someday": "someday",
    "": "",
    None: "",
}


@pytest.mark.parametrize(("text", "shown"), DATES.items())
def test_a_date_is_shown_as_far_as_it_is_known(text: str | None, shown: str) -> None:
    assert shown_date(text) == shown


def test_an_age_counts_birthdays() -> None:
    assert age_in_years("1964-10-20", date(2026, 10, 19)) == 61
    assert age_in_years("1964-10-20", date(2026, 10, 20)) == 62
    assert age_in_years("19641020", date(1964, 10, 20)) == 0
    assert age_in_years("1964", date(2026, 10, 20)) is None
    assert age_in_years("2030-01-01", date(2026, 10, 20)) is None
    assert age_in_years(None) is None


def test_a_moment_says_its_zone() -> None:
    assert shown_at(0).endswith("UTC")
