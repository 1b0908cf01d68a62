"""Patients and studies are found by whatever somebody knows of them, and shown with what belongs to them."""

from collections.abc import Callable

import pytest
from flask import Flask

from app.wiring import Wiring
from tests.app.conftest import signing_in
from tests.app.http.pages.conftest import Browser, Person, Shown
from tests.factories.dicom import ct_instance, uid

Signed = Callable[[str], Browser]


@pytest.fixture
def signed(browser: Browser, person: Person) -> Signed:
    """A browser where somebody of a role is signed in."""

    def sign_in(role: str) -> Browser:
        browser.sign_in(person(role))
        return browser

    return sign_in


@pytest.mark.parametrize(
    "text",
    [
        *("Kim", "seoyeon kim", "Kim, Seoyeon", "김서연", "김 서연", "서연"),
        *("SEEN-7", "1964-10-20", "19641020", "1964. 10. 20.", "1964년 10월 20일"),
    ],
)
def test_a_patient_is_found_by_name_number_and_birth_date(signed: Signed, shown: Shown, text: str) -> None:
    page = signed("clinician").client.get("/search", query_string={"q": text}).text

    assert f"/patients/{shown.patient}" in page
    assert f"/studies/{shown.study}" in page


@pytest.mark.parametrize("text", ["ACC-SEEN-7", "SEEN-7", "kim^seoyeon"])
def test_who_sees_pictures_alone_finds_the_study(signed: Signed, shown: Shown, text: str) -> None:
    page = signed("dicom-data-reader").client.get("/search", query_string={"q": text}).text

    assert f"/studies/{shown.study}" in page
    assert "/patients/" not in page


@pytest.mark.parametrize("text", ["Lee", "김서윤", "1964-10-21", "1964-13-45", "*", "\\,|$", "a" * 500, "%"])
def test_nobody_else_is_found_and_nothing_fails(signed: Signed, shown: Shown, text: str) -> None:
    answer = signed("clinician").client.get("/search", query_string={"q": text})

    assert answer.status_code == 200
    assert f"/patients/{shown.patient}" not in answer.text


def test_a_script_gets_the_results_alone(signed: Signed, shown: Shown) -> None:
    browser = signed("clinician")
    part = browser.client.get("/search?q=Kim", headers={"HX-Request": "true"}).text

    assert f"/patients/{shown.patient}" in part
    assert "<html" not in part
    browser.client.delete_cookie("hilum-8042")
    asked = browser.client.get("/search?q=Kim", headers={"HX-Request": "true"})
    assert (asked.status_code, asked.headers["HX-Refresh"]) == (204, "true")


def test_the_page_of_a_patient_has_their_names_studies_and_reports(signed: Signed, shown: Shown) -> None:
    page = signed("clinician").client.get(f"/patients/{shown.patient}").text

    for text in ("Seoyeon Kim", "김서연", "SEEN-7", "20 Oct 1964", "CT chest", "No new nodule."):
        assert text in page


@pytest.mark.parametrize(("language", "first"), [("en", "Seoyeon Kim"), ("ko", "김서연")])
def test_pages_name_somebody_in_one_way(signed: Signed, shown: Shown, language: str, first: str) -> None:
    client = signed("clinician").client
    client.set_cookie("hilum-view", language)

    for path in (
        f"/patients/{shown.patient}",
        f"/patients/{shown.patient}/overview",
        f"/studies/{shown.study}",
    ):
        name = client.get(path).text.partition('class="name"')[2].partition("<span")[0]
        assert first in name, path


def test_the_page_of_a_study_has_its_series_report_and_who_may_see_it(signed: Signed, shown: Shown) -> None:
    page = signed("clinician").client.get(f"/studies/{shown.study}").text

    for text in (
        "CT chest",
        shown.accession,
        "/series/",
        "/thumbnail",
        "No new nodule.",
        "소견: 정상.",
        "Who may see it",
    ):
        assert text in page
    assert f"/viewer?StudyInstanceUIDs={shown.study}" in page
    assert f"/dicom-web/studies/{shown.study}?accept=application/zip" in page


def test_who_sees_pictures_alone_is_told_nothing_of_the_record(signed: Signed, shown: Shown) -> None:
    page = signed("dicom-data-reader").client.get(f"/studies/{shown.study}").text

    assert "Seoyeon Kim" in page  # as the files say it
    assert "No new nodule." not in page
    assert "/patients/" not in page


@pytest.mark.parametrize("path", ["/patients/none", "/studies/1.2.3", "/studies/none"])
def test_what_is_not_there_is_a_page_that_says_so(signed: Signed, path: str) -> None:
    answer = signed("clinician").client.get(path)

    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "This is not here" in answer.text


def test_who_opened_a_patient_finds_them_at_home(
    gateway: Wiring, browser: Browser, other: Browser, person: Person, shown: Shown
) -> None:
    browser.sign_in(person("clinician"))
    browser.client.get(f"/patients/{shown.patient}")
    gateway.recorder.close()
    gateway.audit_mover.move()

    home = browser.client.get("/home").text

    lately = home.partition("Patients you opened lately")[2].partition("</section>")[0]
    assert f"/patients/{shown.patient}" in lately
    other.sign_in(person("clinician"))
    nobody = other.client.get("/home").text.partition("Patients you opened lately")[2]
    assert f"/patients/{shown.patient}" not in nobody.partition("</section>")[0]


SECTIONS = {
    "clinician": (
        "Patients you opened lately",
        "Newest studies without a report",
        "Newest reports of studies",
    ),
    "dicom-data-reader": ("Newest studies",),
    "researcher": ("Count patients",),
    "administrator": ("Health", "Jobs"),
    "auditor": ("Alerts that nobody has looked at",),
}


@pytest.mark.parametrize("role", SECTIONS)
def test_home_has_what_a_role_may_do_and_nothing_else(signed: Signed, shown: Shown, role: str) -> None:
    page = signed(role).client.get("/home").text

    sections = {text for texts in SECTIONS.values() for text in texts if f">{text}</h2>" in page}
    assert sections == set(SECTIONS[role])
    if role in ("researcher", "administrator", "auditor"):
        assert "Kim" not in page
        assert shown.number not in page


def section(page: str, title: str) -> str:
    """What a page says under a heading."""
    return page.partition(f">{title}</h2>")[2].partition("</section>")[0]


def test_a_study_waits_at_home_until_somebody_has_reported(
    gateway: Wiring, site: Flask, signed: Signed, shown: Shown
) -> None:
    file = ct_instance(patient_id="WAITS", study_uid=(waiting := uid("study", "WAITS")))
    headers = signing_in(gateway)("superuser", Content_Type="application/dicom")
    assert site.test_client().post("/dicom-web/studies", data=file, headers=headers).status_code == 200

    unread = section(signed("clinician").client.get("/home").text, "Newest studies without a report")

    assert f"/studies/{waiting}" in unread
    assert f"/studies/{shown.study}" not in unread


def test_what_somebody_was_asked_to_do_is_at_their_home_and_at_no_other(
    gateway: Wiring, browser: Browser, other: Browser, person: Person, shown: Shown
) -> None:
    reader = person("clinician")
    task = {
        "resourceType": "Task",
        "status": "requested",
        "intent": "order",
        "priority": "urgent",
        "description": "Read the CT",
        "for": {"reference": f"Patient/{shown.patient}"},
        "owner": {"reference": f"Practitioner/{reader}"},
    }
    headers = signing_in(gateway)("superuser", Content_Type="application/fhir+json")
    posted = browser.app.test_client().post("/fhir/Task", json=task, headers=headers)
    assert posted.status_code == 201
    browser.sign_in(reader)
    other.sign_in(person("clinician"))

    assert "Read the CT" in section(browser.client.get("/home").text, "Assigned to you")
    assert "Read the CT" not in other.client.get("/home").text
