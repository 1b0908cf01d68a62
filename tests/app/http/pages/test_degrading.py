"""A part of a page that fails by itself says so, with a way to try again, and the other parts are shown."""

from typing import Any, NoReturn

import pytest

from app.records.people import PatientFinder
from app.records.studies import StudyDesk
from graph.errors import Conflict, OverTime, TooLarge
from tests.app.http.pages.conftest import Browser, Person, Shown

PARTS = ("series_of", "reports", "of_patient")


@pytest.fixture
def clinician(browser: Browser, person: Person) -> Browser:
    browser.sign_in(person("clinician"))
    return browser


def failing(error: Exception) -> Any:
    def fail(*_: object) -> NoReturn:
        raise error

    return fail


@pytest.mark.parametrize("part", PARTS)
def test_a_study_is_shown_without_the_part_that_fails(
    clinician: Browser, shown: Shown, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    monkeypatch.setattr(StudyDesk, part, failing(OverTime("it took too long")))

    page = clinician.client.get(f"/studies/{shown.study}")

    main = page.text.partition("<main")[2]
    assert page.status_code == 200
    assert main.count('class="failed"') == 1
    assert f'/studies/{shown.study}">Try again' in main
    assert "CT chest" in main
    assert ("No new nodule." in main) == (part != "reports")


def test_a_study_is_shown_without_its_patient(
    clinician: Browser, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PatientFinder, "one", failing(TooLarge("it would be too much")))

    page = clinician.client.get(f"/studies/{shown.study}")

    assert (page.status_code, "No new nodule." in page.text) == (200, True)


def test_a_patient_is_shown_without_the_reports(
    clinician: Browser, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StudyDesk, "reports", failing(OverTime("it took too long")))

    page = clinician.client.get(f"/patients/{shown.patient}")

    assert (page.status_code, page.text.count('class="failed"')) == (200, 1)
    assert "no report" not in page.text


def test_what_is_no_matter_of_waiting_is_not_hidden(
    clinician: Browser, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StudyDesk, "reports", failing(Conflict("it cannot be")))

    assert clinician.client.get(f"/studies/{shown.study}").status_code == 409


def test_a_page_that_fails_as_a_whole_is_tried_again(
    clinician: Browser, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StudyDesk, "one", failing(OverTime("it took too long")))

    page = clinician.client.get(f"/studies/{shown.study}")

    assert (page.status_code, f'/studies/{shown.study}">Try again' in page.text) == (503, True)
