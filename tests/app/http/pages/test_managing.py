"""The pages of administration: users, grants, jobs, alerts and the audit, by forms of their own session."""

import pytest

from app.wiring import Wiring
from graph.clock import now
from graph.jobs.records import Wanted
from graph.scope import AccessScope
from tests.app.http.pages.conftest import Browser, Person, Shown


@pytest.fixture
def manager(browser: Browser, person: Person) -> Browser:
    browser.sign_in(person("administrator"))
    return browser


def test_a_user_is_added_changed_granted_and_signed_out(
    manager: Browser, other: Browser, person: Person, shown: Shown
) -> None:
    name = f"new-{person('clinician')}"
    manager.open("/manage/users")
    manager.press("/manage/users", name=name, role="teleradiologist")
    assert f"<h2>{name}</h2>" in manager.page.text

    manager.press(f"/manage/users/{name}/grants", kind="patient", value=shown.patient, until="2099-01-31")
    assert shown.patient in manager.page.text
    manager.press(f"/manage/users/{name}/take-back")
    assert shown.patient not in manager.page.text.partition("<main")[2]
    manager.press(f"/manage/users/{name}", role="auditor", disabled="on")
    assert 'name="disabled" checked' in manager.page.text

    guest = person("clinician")
    other.sign_in(guest)
    manager.open(f"/manage/users/{guest}")
    manager.press(f"/manage/users/{guest}/sign-out")
    assert other.client.get("/fhir/Patient").status_code == 401


def test_what_is_wrong_is_told_where_it_was_sent(manager: Browser, person: Person) -> None:
    manager.open("/manage/users")
    refused = manager.press("/manage/users", name="no name", role="clinician")
    assert (refused.status_code, 'role="alert"' in refused.text) == (400, True)

    guest = person("clinician")
    manager.open(f"/manage/users/{guest}")
    refused = manager.press(f"/manage/users/{guest}/grants", kind="study", value="no UID")
    assert (refused.status_code, 'role="alert"' in refused.text) == (400, True)


def test_a_refusal_is_told_in_the_language_of_the_page_beside_its_field(manager: Browser) -> None:
    manager.client.set_cookie("hilum-view", "ko")
    manager.open("/manage/users")

    refused = manager.press("/manage/users", name="no name", role="clinician")

    wrong = refused.text.partition('id="wrong-name"')[2].partition("</p>")[0]
    assert "이름은 영문자나 숫자로 시작하며" in wrong
    assert 'lang="en"' not in wrong
    assert ('aria-describedby="wrong-name"' in refused.text, 'value="no name"' in refused.text) == (
        True,
        True,
    )


def test_nobody_changes_their_own_account(browser: Browser, person: Person) -> None:
    name = person("administrator")
    browser.sign_in(name)
    browser.open(f"/manage/users/{name}")
    refused = browser.press(f"/manage/users/{name}", role="superuser")

    assert refused.status_code == 403
    assert "somebody else who manages changes it" in refused.text


def test_a_form_without_the_token_of_the_session_does_nothing(manager: Browser) -> None:
    refused = manager.client.post(
        "/manage/users",
        data={"name": "mallory", "role": "superuser"},
        headers={"Origin": "http://127.0.0.1:8042"},
    )

    assert (refused.status_code, refused.mimetype) == (403, "text/html")
    assert "mallory" not in manager.client.get("/manage/users").text


def test_a_job_is_cancelled(gateway: Wiring, scope: AccessScope, manager: Browser) -> None:
    job = f"job-{now()}"
    gateway.jobs.ask(scope, Wanted(job, "planted"))
    manager.open("/manage/jobs")
    manager.press(f"/manage/jobs/{job}/cancel")

    assert "cancelled" in manager.page.text


def test_who_saw_a_patient_is_found(gateway: Wiring, browser: Browser, person: Person, shown: Shown) -> None:
    reader = person("clinician")
    browser.sign_in(reader)
    browser.client.get(f"/patients/{shown.patient}")
    gateway.recorder.close()
    gateway.audit_mover.move()
    browser.sign_in(person("auditor"))

    found = browser.client.get("/manage/audit", query_string={"patient": shown.patient}).text
    by_name = browser.client.get("/manage/audit", query_string={"who": reader, "since": "2020-01-01"}).text
    wrong = browser.client.get("/manage/audit", query_string={"since": "yesterday"})

    assert reader in found.partition("<table")[2]
    assert reader in by_name.partition("<table")[2]
    assert wrong.status_code == 400


FIRST = {"administrator": "/manage/users", "auditor": "/manage/audit", "service": "/manage/jobs"}


@pytest.mark.parametrize("role", FIRST)
def test_administration_begins_with_the_first_page_of_a_role(
    browser: Browser, person: Person, role: str
) -> None:
    browser.sign_in(person(role))

    assert browser.client.get("/manage").location == f"http://127.0.0.1:8042{FIRST[role]}"


def test_who_manages_nothing_is_told_so(browser: Browser, person: Person) -> None:
    browser.sign_in(person("clinician"))

    refused = browser.client.get("/manage")

    assert (refused.status_code, "Your role does not allow this page" in refused.text) == (403, True)
    assert "/manage" not in browser.client.get("/home").text


ELSEWHERE = {
    "no token": ({}, "http://127.0.0.1:8042", "이 세션의 양식이 아닙니다"),
    "another token": ({"csrf": "x"}, "http://127.0.0.1:8042", "이 세션의 양식이 아닙니다"),
    "another site": ({}, "https://evil.example", "Hilum의 페이지가 보낸 양식이 아닙니다"),
}


@pytest.mark.parametrize(("form", "origin", "said"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_form_from_elsewhere_is_refused_for_that_and_not_for_a_role(
    browser: Browser, person: Person, form: dict[str, str], origin: str, said: str
) -> None:
    browser.sign_in(person("administrator"))
    browser.client.set_cookie("hilum-view", "ko")

    refused = browser.client.post("/manage/roles", data=form, headers={"Origin": origin})

    assert (refused.status_code, said in refused.text) == (403, True)
    assert "역할" not in refused.text.partition("<main")[2]
