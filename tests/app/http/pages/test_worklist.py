"""The page of the worklist: what is to be read in its order, and what a reader does about it, by forms."""

import re
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.wiring import Wiring
from graph.accounts.accounts import AccountTerms, Granted
from graph.clock import now
from graph.scope import AccessScope
from tests.app.conftest import signing_in
from tests.app.http.authorization.apps import OWN_PAGE
from tests.app.http.pages.conftest import Browser, Shown, planted_in
from tests.app.http.sessions.conftest import signed_up
from tests.factories.workitems import code, dataset, new_uid, workitem

NUMBER = "READ-1"
Ask = Callable[..., str]


@pytest.fixture(scope="module")
def read(gateway: Wiring, site: Flask) -> Shown:
    """A patient with a study."""
    return planted_in(gateway, site, NUMBER)


@pytest.fixture(scope="module")
def ask(site: Flask, gateway: Wiring, read: Shown) -> Ask:
    """Asks for the study to be read; returns the UID of the workitem."""
    client, headers = (
        site.test_client(),
        signing_in(gateway)("superuser", Content_Type="application/dicom+json"),
    )

    def make(**attributes: Any) -> str:
        uid = new_uid()
        told = {
            "PatientID": NUMBER,
            "StudyInstanceUID": read.study,
            "ScheduledProcedureStepPriority": "MEDIUM",
        }
        answer = client.post(
            f"/dicom-web/workitems?{uid}", json=[workitem(**{**told, **attributes})], headers=headers
        )
        assert answer.status_code == 201, answer.text
        return uid

    return make


@pytest.fixture
def dataset_of(site: Flask, gateway: Wiring) -> Callable[[str], dict[str, Any]]:
    """The data set of a workitem."""
    client, headers = site.test_client(), signing_in(gateway)("superuser", Accept="application/dicom+json")

    def get(uid: str) -> dict[str, Any]:
        found: dict[str, Any] = client.get(f"/dicom-web/workitems/{uid}", headers=headers).get_json()
        return found

    return get


@pytest.fixture(scope="module")
def readers(gateway: Wiring, scope: AccessScope, read: Shown) -> tuple[str, str]:
    """Two teleradiologists to whom the patient was granted."""
    for name in ("noh", "jang"):
        signed_up(gateway, name, "teleradiologist")
        gateway.accounts.put(scope, name, AccountTerms("teleradiologist"), now())
        gateway.accounts.grant(scope, name, Granted(read.patient), now())
    return "noh", "jang"


@pytest.fixture
def noh(browser: Browser, readers: tuple[str, str]) -> Browser:
    browser.sign_in("noh")
    return browser


@pytest.fixture
def jang(other: Browser, readers: tuple[str, str]) -> Browser:
    other.sign_in("jang")
    return other


def rows(page: str) -> list[str]:
    """The UIDs of the rows of a page, in their order."""
    return re.findall(r'class="row" href="[^"]*/worklist/([0-9.]+)"', page)


def pressed(who: Browser, path: str) -> TestResponse:
    """What the form of the page that leads to a path is answered, not where that leads."""
    assert f'action="http://127.0.0.1:8042{path}"' in who.page.text
    return posted(who, path)


def posted(who: Browser, path: str) -> TestResponse:
    """What is answered to a form with the token of the page."""
    return who.client.post(path, data={"csrf": who.form_token}, headers=OWN_PAGE)


def state(found: dict[str, Any]) -> str:
    return str(found["00741000"]["Value"][0])


def test_it_lists_what_is_to_be_read_the_urgent_first_and_says_why(noh: Browser, ask: Ask) -> None:
    later = ask(ScheduledProcedureStepStartDateTime="20261120100000+0000")
    urgent = ask(ScheduledProcedureStepPriority="HIGH")
    longest = ask(ScheduledProcedureStepStartDateTime="20261119100000+0000")
    page = noh.open("/worklist")

    assert page.status_code == 200
    found = rows(page.text)
    assert [each for each in found if each in (later, urgent, longest)] == [urgent, longest, later]
    assert "Urgent comes first" in page.text
    assert "CT chest" in page.text
    assert "Seoyeon Kim" in page.text or "김서연" in page.text
    assert 'Earlier studies</dt><dd class="number">0</dd>' in page.text
    assert ">final<" in page.text


def test_it_is_read_as_json_too_in_the_same_order(
    noh: Browser, site: Flask, gateway: Wiring, ask: Ask
) -> None:
    urgent = ask(ScheduledProcedureStepPriority="HIGH")
    token = gateway.issuer.issue(
        "noh", gateway.sites.own.tenant, now=now() // 1_000_000, token_id="t", lifetime=60
    )
    client, headers = site.test_client(), {"Authorization": f"Bearer {token}"}
    found = client.get("/worklist/lines", headers=headers).get_json()["lines"]

    assert [each["workitem"] for each in found] == rows(noh.open("/worklist").text)
    (line,) = [each for each in found if each["workitem"] == urgent]
    assert line["why"][0] == {"what": "priority HIGH", "at": None}
    assert line["report"] == "final"
    wrong = client.get("/worklist/lines?show=all", headers=headers)
    assert (wrong.status_code, wrong.mimetype) == (400, "application/problem+json")


def test_whoever_may_not_see_the_patient_sees_no_trace_of_it(
    browser: Browser, gateway: Wiring, ask: Ask
) -> None:
    uid = ask()
    browser.sign_in(signed_up(gateway, "stranger", "teleradiologist"))

    assert rows(browser.open("/worklist").text) == []
    assert browser.open(f"/worklist/{uid}").status_code == 404
    assert browser.open(f"/worklist/{new_uid()}").status_code == 404


def test_claim_and_open_leads_to_the_viewer_and_nobody_sees_the_key(
    noh: Browser, jang: Browser, ask: Ask, read: Shown, dataset_of: Callable[[str], dict[str, Any]]
) -> None:
    uid = ask()
    page = noh.open(f"/worklist/{uid}")
    assert "Claim and open" in page.text
    answer = pressed(noh, f"/worklist/{uid}/open")

    assert answer.status_code == 303
    assert answer.location.endswith(f"/viewer?StudyInstanceUIDs={read.study}")
    found = dataset_of(uid)
    assert state(found) == "IN PROGRESS"
    assert "00081195" not in found
    assert "claimed by you" in noh.open(f"/worklist/{uid}").text
    assert "Only look" in jang.open(f"/worklist/{uid}").text
    assert uid in rows(jang.open("/worklist?show=others").text)


def test_of_two_who_claim_at_once_one_has_it_and_the_other_is_told_kindly(
    noh: Browser, jang: Browser, ask: Ask
) -> None:
    uid = ask()
    answers: dict[str, Any] = {}
    ready = Barrier(2)
    for who in (noh, jang):
        who.open(f"/worklist/{uid}")

    def claim(name: str, who: Browser) -> None:
        ready.wait()
        answers[name] = pressed(who, f"/worklist/{uid}/claim")

    both = [Thread(target=claim, args=each) for each in (("noh", noh), ("jang", jang))]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(each.status_code for each in answers.values()) == [303, 409]
    (refused,) = [each for each in answers.values() if each.status_code == 409]
    assert "has claimed it just before you" in refused.text


def test_done_says_what_was_done_by_whom_and_when(
    noh: Browser, ask: Ask, dataset_of: Callable[[str], dict[str, Any]]
) -> None:
    uid = ask()
    noh.open(f"/worklist/{uid}")
    pressed(noh, f"/worklist/{uid}/claim")
    noh.open(f"/worklist/{uid}")
    answer = pressed(noh, f"/worklist/{uid}/done")

    assert (answer.status_code, answer.location) == (303, "http://127.0.0.1:8042/worklist?did=done")
    found = dataset_of(uid)
    assert state(found) == "COMPLETED"
    (performed,) = found["00741216"]["Value"]
    assert performed["00404050"]["Value"] <= performed["00404051"]["Value"]
    assert "noh" in str(performed["00404035"])
    assert uid in rows(noh.open("/worklist?show=done").text)


def test_what_was_claimed_is_given_back_as_another_workitem_in_its_place(
    noh: Browser, jang: Browser, ask: Ask, dataset_of: Callable[[str], dict[str, Any]]
) -> None:
    uid = ask(
        ScheduledProcedureStepPriority="HIGH", ScheduledProcedureStepStartDateTime="20261101000000+0000"
    )
    noh.open(f"/worklist/{uid}")
    pressed(noh, f"/worklist/{uid}/claim")
    noh.open(f"/worklist/{uid}")
    assert pressed(noh, f"/worklist/{uid}/give-back").status_code == 303

    ended = dataset_of(uid)
    assert state(ended) == "CANCELED"
    assert "110528" in str(ended["00741002"])
    again = rows(jang.open("/worklist?show=nobodys").text)[0]  # it has waited longest still
    found = dataset_of(again)
    assert state(found) == "SCHEDULED"
    (replaced,) = found["00741224"]["Value"]
    assert replaced["00081155"]["Value"] == [uid]
    assert "Value" not in found["00741216"]
    jang.open(f"/worklist/{again}")
    assert pressed(jang, f"/worklist/{again}/claim").status_code == 303


def test_what_is_only_assigned_is_given_back_as_it_is(
    noh: Browser, ask: Ask, dataset_of: Callable[[str], dict[str, Any]], site: Flask, gateway: Wiring
) -> None:
    fhir = signing_in(gateway)("superuser", Content_Type="application/fhir+json")
    person = {"resourceType": "Practitioner", "id": "noh", "name": [{"family": "Noh", "given": ["Gyeol"]}]}
    assert site.test_client().put("/fhir/Practitioner/noh", json=person, headers=fhir).status_code in (
        200,
        201,
    )
    uid = ask(ScheduledHumanPerformersSequence={"HumanPerformerCodeSequence": (code("noh"),)})
    assert "assigned to you" in noh.open(f"/worklist/{uid}").text
    assert pressed(noh, f"/worklist/{uid}/give-back").status_code == 303

    found = dataset_of(uid)
    assert state(found) == "SCHEDULED"
    assert "00404034" not in found
    assert uid in rows(noh.open("/worklist?show=nobodys").text)


def test_what_is_assigned_anew_has_its_owner_anew(
    noh: Browser, ask: Ask, site: Flask, gateway: Wiring
) -> None:
    fhir = signing_in(gateway)("superuser", Content_Type="application/fhir+json")
    client = site.test_client()
    named = ("noh", "a-reader-whose-id-is-longer-than-a-code-value")
    for each in named:
        person = {"resourceType": "Practitioner", "id": each, "name": [{"family": each}]}
        assert client.put(f"/fhir/Practitioner/{each}", json=person, headers=fhir).status_code in (200, 201)
    short = {"HumanPerformerCodeSequence": (code(named[0]),)}
    long = {"HumanPerformerCodeSequence": ({"LongCodeValue": named[1], **_of_scheme()},)}
    uid = ask(ScheduledHumanPerformersSequence=long)
    assert uid in rows(noh.open("/worklist?show=others").text)
    dicom = signing_in(gateway)("superuser", Content_Type="application/dicom+json")
    anew = dataset(ScheduledHumanPerformersSequence=short)
    assert client.post(f"/dicom-web/workitems/{uid}", json=[anew], headers=dicom).status_code == 200

    assert uid in rows(noh.open("/worklist?show=mine").text)
    task = client.get(f"/fhir/Task?identifier=urn:oid:{uid}", headers=fhir).get_json()["entry"][0]["resource"]
    assert task["owner"] == {"reference": "Practitioner/noh"}


def _of_scheme() -> dict[str, str]:
    return {name: each for name, each in code("x").items() if name != "CodeValue"}


def test_what_somebody_else_has_or_has_ended_is_refused_kindly(
    noh: Browser, jang: Browser, ask: Ask, site: Flask, gateway: Wiring
) -> None:
    uid = ask()
    noh.open(f"/worklist/{uid}")
    pressed(noh, f"/worklist/{uid}/claim")
    jang.open(f"/worklist/{uid}")
    assert posted(jang, f"/worklist/{uid}/done").status_code == 400
    assert posted(jang, f"/worklist/{uid}/give-back").status_code == 400
    posted(noh, f"/worklist/{uid}/done")
    late = posted(jang, f"/worklist/{uid}/claim")
    assert late.status_code == 409
    assert "It has ended meanwhile" in late.text
    assert posted(jang, f"/worklist/{new_uid()}/claim").status_code == 404
    assert posted(jang, "/worklist/abc/claim").status_code == 400


def test_a_claim_of_another_application_is_finished_there(
    noh: Browser, ask: Ask, site: Flask, gateway: Wiring
) -> None:
    uid = ask()
    body = dataset(ProcedureStepState="IN PROGRESS", TransactionUID=new_uid())
    token = gateway.issuer.issue(
        "noh", gateway.sites.own.tenant, now=now() // 1_000_000, token_id="t", lifetime=60
    )
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/dicom+json"}
    answer = site.test_client().put(f"/dicom-web/workitems/{uid}/state", json=[body], headers=headers)
    assert answer.status_code == 200, answer.text
    noh.open(f"/worklist/{uid}")
    refused = pressed(noh, f"/worklist/{uid}/done")

    assert refused.status_code == 400
    assert "finish it, or give it back, there" in refused.text


def test_a_study_that_nobody_asked_for_is_taken_up_once(
    noh: Browser, jang: Browser, gateway: Wiring, site: Flask, scope: AccessScope
) -> None:
    other = planted_in(gateway, site, "READ-2")
    fhir = signing_in(gateway)("superuser", Content_Type="application/fhir+json")
    client = site.test_client()
    found = client.get(f"/fhir/DiagnosticReport?subject=Patient/{other.patient}", headers=fhir).get_json()
    report = found["entry"][0]["resource"]
    assert client.delete(f"/fhir/DiagnosticReport/{report['id']}", headers=fhir).status_code in (200, 204)
    for name in ("noh", "jang"):
        gateway.accounts.grant(scope, name, Granted(other.patient), now())
    page = noh.open("/worklist?show=unasked")
    assert f"/worklist/studies/{other.study}/open" in page.text
    jang.open("/worklist?show=unasked")
    answer = pressed(noh, f"/worklist/studies/{other.study}/open")

    assert answer.status_code == 303
    assert answer.location.endswith(f"/viewer?StudyInstanceUIDs={other.study}")
    late = pressed(jang, f"/worklist/studies/{other.study}/open")
    assert late.status_code == 409
    assert "just before you" in late.text
    assert f"studies/{other.study}/open" not in noh.open("/worklist?show=unasked").text
    assert "claimed by you" in noh.open("/worklist?show=mine").text


def test_the_home_page_leads_to_it_with_counts(noh: Browser, ask: Ask) -> None:
    uid = ask(ScheduledProcedureStepPriority="HIGH")
    page = noh.open("/home")

    assert re.search(r"<dt>to read</dt><dd>[1-9]", page.text)
    assert uid in rows(page.text) or "urgent" in page.text
    assert 'href="http://127.0.0.1:8042/worklist"' in page.text
