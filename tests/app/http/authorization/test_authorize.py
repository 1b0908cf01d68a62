"""Somebody signs in, chooses a patient and agrees; the app gets what was agreed to, and nothing else."""

import time
from typing import Any
from urllib.parse import urlencode

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from app.audit.reading import read_spool
from app.security.authenticator import RIGHTS_SECONDS
from app.security.guesses import FREE_TRIES
from app.security.tokens import claims_unverified
from graph.accounts.accounts import Granted
from tests.app.http.authorization.apps import (
    BASE,
    FHIR,
    OWN_PAGE,
    PASSWORD,
    REDIRECT,
    App,
    Form,
    bearing,
    told,
)
from tests.app.http.authorization.conftest import Chart, Ward


def ids(bundle: Any) -> set[str]:
    return {each["resource"]["id"] for each in bundle.get_json().get("entry", [])}


def test_an_app_reads_the_chosen_patient_over_fhir_and_dicomweb_and_nobody_else(
    ward: Ward, kim: Chart, lee: Chart
) -> None:
    tokens = ward.app().tokens(ward.person(), kim.patient)
    headers = bearing(tokens)

    assert (tokens["patient"], tokens["need_patient_banner"]) == (kim.patient, True)
    assert tokens["scope"] == "launch/patient patient/*.rs"
    for chart, status in ((kim, 200), (lee, 404)):
        for path in (
            f"/fhir/Patient/{chart.patient}",
            f"/fhir/Observation/{chart.observation}",
            f"/dicom-web/studies/{chart.study}/metadata",
            f"/dicom-web/studies/{chart.study}",
        ):
            accept = {"Accept": "*/*"}
            assert ward.client.get(path, headers=headers | accept).status_code == status, path
    assert ids(ward.client.get("/fhir/Patient", headers=headers)) == {kim.patient}
    studies = ward.client.get("/dicom-web/studies", headers=headers).get_json()
    assert [each["0020000D"]["Value"] for each in studies] == [[kim.study]]
    pictured = ward.client.get(f"/fhir/ImagingStudy?patient={kim.patient}", headers=headers)
    assert len(ids(pictured)) == 1


def test_who_asks_for_another_patient_than_the_app_was_opened_for_is_refused(
    ward: Ward, kim: Chart, lee: Chart
) -> None:
    headers = bearing(ward.app().tokens(ward.person(), kim.patient))

    def status(path: str) -> int:
        return ward.client.get(f"/fhir/{path}", headers=headers).status_code

    for chart, found in ((kim, 200), (lee, 403)):
        for path in (
            f"ImagingStudy?patient={chart.patient}",
            f"ImagingStudy?patient=Patient/{chart.patient}",
            f"ImagingStudy?subject=Patient/{chart.patient}",
            f"Observation?subject:Patient={chart.patient}",
            f"Observation?patient={FHIR}/Patient/{chart.patient}",
            f"Patient/{chart.patient}/Observation",
        ):
            assert status(path) == found, path
    assert status(f"ImagingStudy?patient={kim.patient},{lee.patient}") == 403
    assert status("Observation?patient=nobody") == 403  # whether there is such a patient or not


def test_consent_is_asked_for_in_the_language_of_the_browser(ward: Ward, kim: Chart) -> None:
    app = ward.app()
    app.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ko-KR,ko"
    page = app.send(app.ask(), name=ward.person(), password=PASSWORD)
    assert "어느 환자인가요?" in page.text
    page = app.send(page, patient=kim.patient)

    assert "이 앱이 할 수 있는 일" in page.text
    assert "앱을 여는 대상 환자 한 명의 기록 전체와 영상: 읽기, 검색" in page.text


def test_the_audit_says_who_signed_in_and_whose_record_was_shown(ward: Ward, kim: Chart) -> None:
    app, name = ward.app(), ward.person()
    page = app.send(app.ask(), name=name, password=PASSWORD)
    page = app.send(page, patient=kim.patient)

    lines = list(read_spool(ward.wiring.audit_folder, ward.wiring.audit_key))
    request = page.headers["X-Request-Id"]
    (begun,) = [each for each in lines if each.get("requestId") == request]
    rest = [each for each in lines if each["id"] == begun["id"]]
    assert name in str(rest)
    assert f"Patient/{kim.patient}" in str(rest)


def test_a_type_that_was_not_agreed_to_is_closed(ward: Ward, kim: Chart) -> None:
    app = ward.app("launch/patient patient/Observation.rs patient/Encounter.r")
    headers = bearing(app.tokens(ward.person(), kim.patient))

    assert ward.client.get(f"/fhir/Observation/{kim.observation}", headers=headers).status_code == 200
    assert ward.client.get(f"/fhir/Encounter/{kim.encounter}", headers=headers).status_code == 200
    assert ward.client.get(f"/fhir/Patient/{kim.patient}", headers=headers).status_code == 403
    assert ward.client.get("/fhir/Encounter", headers=headers).status_code == 403
    assert ward.client.get("/dicom-web/studies", headers=headers).status_code == 403
    written = ward.client.put(f"/fhir/Observation/{kim.observation}", json={}, headers=headers)
    assert written.status_code == 403


def test_the_consent_screen_says_in_words_what_is_asked_and_takes_less(ward: Ward, kim: Chart) -> None:
    app = ward.app("launch/patient patient/Observation.rs patient/Patient.r offline_access")
    page = app.send(app.ask(), name=ward.person(), password=PASSWORD)
    page = app.send(page, patient=kim.patient)

    assert "read and search measurements and laboratory results of the one patient" in page.text
    assert "go on when you are not there" in page.text
    assert kim.family in page.text

    tokens = app.exchange(told(app.send(page, decision="agree", kept="patient/Patient.r"))["code"]).get_json()
    assert tokens["scope"] == "launch/patient offline_access patient/Patient.r"


def test_a_person_sees_in_an_app_what_they_see_without_it(ward: Ward, kim: Chart, lee: Chart) -> None:
    reader = ward.person("teleradiologist", Granted(patient=kim.patient))
    app = ward.app("user/*.cruds")
    page = app.send(app.ask(), name=reader, password=PASSWORD)
    tokens = app.exchange(told(app.send(page, decision="agree"))["code"]).get_json()

    assert tokens["scope"] == "user/*.rs user/DiagnosticReport.cud"
    assert "patient" not in tokens
    assert ids(ward.client.get("/fhir/Patient", headers=bearing(tokens))) == {kim.patient}


def test_a_patient_is_not_asked_who_it_is_about(ward: Ward, kim: Chart) -> None:
    person = ward.person(fhir_user=f"Patient/{kim.patient}")

    tokens = ward.app("openid fhirUser launch/patient patient/*.rs").tokens(person)

    assert tokens["patient"] == kim.patient


def test_the_picker_finds_by_name_and_number_and_shows_no_patient_of_others(
    ward: Ward, kim: Chart, lee: Chart
) -> None:
    reader, app = ward.person("teleradiologist", Granted(patient=kim.patient)), ward.app()
    page = app.send(app.ask(), name=reader, password=PASSWORD)

    for text in (kim.family, kim.family.upper(), "", kim.family[:6]):
        found = app.client.post(
            Form(page.text).action.removeprefix(BASE),
            data={"csrf": dict(Form(page.text).fields)["csrf"], "find": text},
            headers=OWN_PAGE,
        )
        assert kim.patient in found.text
        assert lee.family not in found.text
    assert "Which patient?" in app.send(page, patient=lee.patient).text


def test_a_launch_of_an_ehr_brings_patient_and_encounter(ward: Ward, kim: Chart) -> None:
    name, launched = ward.person(), {"patient": kim.patient, "encounter": kim.encounter}
    made = ward.client.post("/auth/launch", json={"user": name, **launched}, headers=ward.headers)
    assert made.status_code == 201
    assert made.get_json()["iss"] == FHIR

    app = ward.app("launch launch/encounter patient/*.rs", launch=made.get_json()["launch"])
    tokens = app.tokens(name)

    assert {name: tokens[name] for name in launched} == launched


def test_an_app_that_asks_for_both_launches_at_once_gets_the_one_that_it_came_by(
    ward: Ward, kim: Chart
) -> None:
    app = ward.app("launch launch/patient launch/encounter online_access patient/*.rs")

    tokens = app.tokens(ward.person(), kim.patient)

    assert tokens["scope"] == "launch/patient online_access patient/*.rs"
    assert app.refresh(tokens["refresh_token"]).status_code == 200


def test_a_launch_is_for_whom_it_was_made_and_for_its_client(ward: Ward, kim: Chart) -> None:
    app = ward.app("launch patient/*.rs")
    launch = {"user": "somebody-else", "patient": kim.patient}
    made = ward.client.post("/auth/launch", json=launch, headers=ward.headers).get_json()
    app.more = {"launch": made["launch"]}
    denied = app.send(app.ask(), name=ward.person(), password=PASSWORD)
    assert told(denied)["error"] == "access_denied"

    other = {**launch, "client": ward.register().client.client_id}
    made = ward.client.post("/auth/launch", json=other, headers=ward.headers).get_json()
    assert told(app.ask(launch=made["launch"]))["error"] == "invalid_request"
    assert told(app.ask(launch="made up"))["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("body", "status"),
    [({"patient": "nobody"}, 404), ({"patient": 7}, 400), ({"more": "x"}, 400), ({"client": "none"}, 400)],
)
def test_a_launch_of_what_is_not_there_is_refused(ward: Ward, body: Any, status: int) -> None:
    assert ward.client.post("/auth/launch", json=body, headers=ward.headers).status_code == status


def test_an_encounter_of_another_patient_is_no_context(ward: Ward, kim: Chart, lee: Chart) -> None:
    body = {"patient": kim.patient, "encounter": lee.encounter}
    assert ward.client.post("/auth/launch", json=body, headers=ward.headers).status_code == 400


def test_an_id_token_says_who_signed_in_under_a_key_that_is_published(ward: Ward, kim: Chart) -> None:
    person = ward.person(fhir_user="Practitioner/7")
    app = ward.app("openid fhirUser launch/patient", nonce="of this app")

    token = app.tokens(person, kim.patient)["id_token"]

    keys = KeySet.import_key_set(ward.client.get("/auth/jwks").get_json())
    found = jwt.decode(token, keys, algorithms=["RS256"]).claims
    assert (found["iss"], found["aud"], found["sub"]) == (BASE, app.client_id, person)
    assert (found["fhirUser"], found["nonce"]) == (f"{FHIR}/Practitioner/7", "of this app")
    assert ward.client.get("/fhir/Patient", headers={"Authorization": f"Bearer {token}"}).status_code == 401


REFUSED_AT_THE_APP: dict[str, tuple[dict[str, str | None], str]] = {
    "no state": ({"state": None}, "invalid_request"),
    "no challenge": ({"code_challenge": None}, "invalid_request"),
    "a plain challenge": ({"code_challenge_method": "plain"}, "invalid_request"),
    "no method of the challenge": ({"code_challenge_method": None}, "invalid_request"),
    "a challenge that is none": ({"code_challenge": "short"}, "invalid_request"),
    "another audience": ({"aud": "https://another.example/fhir"}, "invalid_request"),
    "no audience": ({"aud": None}, "invalid_request"),
    "no scope": ({"scope": None}, "invalid_scope"),
    "a scope that is none": ({"scope": "patient/observation.rs"}, "invalid_scope"),
    "a scope in strange letters": ({"scope": 'patient/Ü".rs'}, "invalid_scope"),
    "a scope of services": ({"scope": "patient/*.rs system/*.rs"}, "invalid_scope"),
    "a launch without its scope": ({"launch": "x"}, "invalid_request"),
    "a token at once": ({"response_type": "token"}, "unsupported_response_type"),
}


@pytest.mark.parametrize(("changed", "error"), REFUSED_AT_THE_APP.values(), ids=REFUSED_AT_THE_APP)
def test_what_is_wrong_with_a_request_is_told_to_the_app(
    ward: Ward, changed: dict[str, str | None], error: str
) -> None:
    found = told(ward.app().ask(**changed))

    assert found["error"] == error
    assert found.get("state") == (None if "state" in changed else "a state")


REFUSED_HERE: dict[str, dict[str, str | None]] = {
    "an unknown app": {"client_id": "nobody"},
    "no app": {"client_id": None},
    "another address": {"redirect_uri": "https://evil.example/"},
    "an address that begins so": {"redirect_uri": f"{REDIRECT}/more"},
    "an address in strange letters": {"redirect_uri": 'https://evil.example/"ü'},
    "no address": {"redirect_uri": None},
    "a strange kind of response": {"response_type": 'ü"'},
}


@pytest.mark.parametrize("changed", REFUSED_HERE.values(), ids=REFUSED_HERE)
def test_a_request_of_nobody_we_know_is_sent_nowhere(ward: Ward, changed: dict[str, str | None]) -> None:
    answer = ward.app().ask(**changed)

    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert answer.mimetype == "text/html"


def test_a_parameter_that_is_there_twice_is_refused(ward: Ward) -> None:
    app = ward.app()
    page = app.client.get(f"/auth/authorize?{urlencode([*app.request.items(), ('aud', FHIR)])}")

    assert told(page)["error"] == "invalid_request"


def test_an_app_is_told_whose_answer_it_gets(ward: Ward, kim: Chart) -> None:
    app = ward.app()

    assert app.agreed(ward.person(), kim.patient)["iss"] == BASE
    assert told(app.ask(aud=None))["iss"] == BASE


def test_who_does_not_agree_gives_nothing(ward: Ward, kim: Chart) -> None:
    found = ward.app().agreed(ward.person(), kim.patient, decision="refuse")

    assert (found["error"], found["state"], found["iss"]) == ("access_denied", "a state", BASE)
    assert "code" not in found


def test_a_wrong_password_signs_nobody_in_and_has_to_wait_in_the_end(ward: Ward) -> None:
    app, name = ward.app(), ward.person()
    page = app.ask()
    tries = [app.send(page, name=name, password="a guess").status_code for _ in range(FREE_TRIES)]

    assert tries == [403] * FREE_TRIES
    last = app.send(page, name=name, password=PASSWORD)
    assert (last.status_code, last.mimetype) == (429, "text/html")
    assert int(last.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("name", ["nobody", "", "x" * 300])
def test_nobody_signs_in_under_a_name_that_is_none(ward: Ward, name: str) -> None:
    app = ward.app()
    assert app.send(app.ask(), name=name, password=PASSWORD).status_code == 403


def test_a_decision_is_taken_from_the_pages_of_the_session_alone(ward: Ward, kim: Chart) -> None:
    app, other = ward.app(), ward.app()
    page = app.send(app.send(app.ask(), name=ward.person(), password=PASSWORD), patient=kim.patient)
    stolen = dict(Form(other.send(other.ask(), name=ward.person(), password=PASSWORD).text).fields)["csrf"]
    agreed = {"patient": kim.patient, "decision": "agree", "kept": "patient/*.rs"}
    action = Form(page.text).action.removeprefix(BASE)
    own = dict(Form(page.text).fields)["csrf"]

    for headers, form_token in ((OWN_PAGE, stolen), (OWN_PAGE, ""), ({}, own), ({"Origin": "null"}, own)):
        answer = app.client.post(action, data={**agreed, "csrf": form_token}, headers=headers)
        assert (answer.status_code, answer.mimetype) == (403, "text/html")
    nobody = ward.client.application.test_client()
    assert "/auth/sign-in?" in nobody.post(action, data={**agreed, "csrf": own}).headers["Location"]


def test_who_is_signed_in_is_not_asked_again_by_the_next_app(ward: Ward, kim: Chart) -> None:
    app, name = ward.app(), ward.person()
    app.agreed(name, kim.patient)
    another = App(app.client, ward.register().client.client_id)

    assert "Which patient?" in another.ask().text
    assert "Sign in" in another.ask(prompt="login").text
    assert "Sign in" in another.ask(max_age="0").text
    assert "Which patient?" in another.ask(max_age="3600").text
    assert told(another.ask(prompt="none"))["error"] == "consent_required"
    assert "Which patient?" in another.send(another.ask(prompt="login"), name=name, password=PASSWORD).text


def test_an_app_that_wants_no_pages_is_told_that_nobody_is_signed_in(ward: Ward) -> None:
    found = told(ward.app().ask(prompt="none"))

    assert (found["error"], found["state"]) == ("login_required", "a state")


def test_a_page_lets_its_form_lead_to_the_app_and_nothing_run(ward: Ward) -> None:
    app = ward.app()
    page = app.send(app.ask(), name=ward.person(), password=PASSWORD)
    policy = page.headers["Content-Security-Policy"]

    assert "form-action 'self' https://app.example;" in policy
    assert "unsafe" not in policy


def test_an_account_that_is_disabled_meanwhile_gives_nothing(ward: Ward, kim: Chart) -> None:
    app, name = ward.app(), ward.person()
    code = app.agreed(name, kim.patient)["code"]
    ward.wiring.accounts.switch(ward.scope, name, disabled=True)

    answer = app.exchange(code)

    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_grant")


WRONG_EXCHANGES = {
    "another verifier": {"code_verifier": "v" * 43},
    "no verifier": {"code_verifier": ""},
    "another address": {"redirect_uri": "https://app.example/other"},
}


@pytest.mark.parametrize("changed", WRONG_EXCHANGES.values(), ids=WRONG_EXCHANGES)
def test_a_code_is_worth_nothing_to_who_did_not_ask_for_it(
    ward: Ward, kim: Chart, changed: dict[str, str]
) -> None:
    app = ward.app()
    code = app.agreed(ward.person(), kim.patient)["code"]

    assert app.exchange(code, **changed).status_code == 400
    assert app.exchange(code).get_json()["error"] == "invalid_grant"  # and was used up


def test_a_code_that_comes_twice_ends_the_tokens_that_it_gave(ward: Ward, kim: Chart) -> None:
    app = ward.app("launch/patient patient/*.rs offline_access")
    code = app.agreed(ward.person(), kim.patient)["code"]
    tokens = app.exchange(code).get_json()
    assert ward.client.get("/fhir/Patient", headers=bearing(tokens)).status_code == 200

    assert app.exchange(code).get_json()["error"] == "invalid_grant"

    time.sleep(RIGHTS_SECONDS)
    assert ward.client.get("/fhir/Patient", headers=bearing(tokens)).status_code == 401
    assert app.refresh(tokens["refresh_token"]).get_json()["error"] == "invalid_grant"


def test_a_refresh_token_is_replaced_and_its_predecessor_ends_the_family(ward: Ward, kim: Chart) -> None:
    app = ward.app("launch/patient patient/*.rs offline_access")
    first = app.tokens(ward.person(), kim.patient)
    second = app.refresh(first["refresh_token"]).get_json()

    assert second["refresh_token"] != first["refresh_token"]
    assert second["patient"] == kim.patient
    assert app.refresh(first["refresh_token"]).get_json()["error"] == "invalid_grant"
    assert app.refresh(second["refresh_token"]).get_json()["error"] == "invalid_grant"


def test_a_refresh_token_may_be_asked_for_less_and_not_for_more(ward: Ward, kim: Chart) -> None:
    app = ward.app("launch/patient patient/Patient.rs patient/Observation.rs offline_access")
    first = app.tokens(ward.person(), kim.patient)

    more = app.refresh(first["refresh_token"], scope="patient/*.cruds").get_json()
    less = app.refresh(first["refresh_token"], scope="patient/Patient.rs").get_json()

    assert more["error"] == "invalid_scope"
    assert less["scope"] == "patient/Patient.rs"
    assert ward.client.get("/fhir/Observation", headers=bearing(less)).status_code == 403


def test_without_offline_or_online_access_there_is_no_refresh_token(ward: Ward, kim: Chart) -> None:
    assert "refresh_token" not in ward.app().tokens(ward.person(), kim.patient)


def test_a_token_that_is_revoked_opens_nothing_and_its_family_neither(ward: Ward, kim: Chart) -> None:
    app = ward.app("launch/patient patient/*.rs offline_access")
    tokens = app.tokens(ward.person(), kim.patient)

    for _ in range(2):  # one that is not known has been revoked, too (RFC 7009 2.2)
        form = {"token": tokens["refresh_token"], "client_id": app.client_id}
        assert ward.client.post("/auth/revoke", data=form).status_code == 200

    assert ward.client.get("/fhir/Patient", headers=bearing(tokens)).status_code == 401
    assert app.refresh(tokens["refresh_token"]).get_json()["error"] == "invalid_grant"


def test_another_client_revokes_nothing(ward: Ward, kim: Chart) -> None:
    app, other = ward.app(), ward.app()
    tokens = app.tokens(ward.person(), kim.patient)

    form = {"token": tokens["access_token"], "client_id": other.client_id}
    assert ward.client.post("/auth/revoke", data=form).status_code == 400
    assert ward.client.get("/fhir/Patient", headers=bearing(tokens)).status_code == 200


def test_an_app_that_is_removed_reads_nothing_any_more(ward: Ward, kim: Chart) -> None:
    app = ward.app()
    tokens = app.tokens(ward.person(), kim.patient)

    ward.wiring.clients.remove(ward.scope, app.client_id)

    assert ward.client.get("/fhir/Patient", headers=bearing(tokens)).status_code == 401


def test_nothing_secret_stands_in_the_graph(ward: Ward, kim: Chart) -> None:
    app = ward.app("launch/patient patient/*.rs offline_access")
    code = app.agreed(ward.person(), kim.patient)["code"]
    tokens = app.exchange(code).get_json()

    rows = ward.wiring.graph.read(
        "MATCH (n) WHERE n:Handle OR n:Authorization OR n:Client OR n:User RETURN properties(n) AS kept"
    )

    kept = str([row["kept"] for row in rows])
    for secret in (code, tokens["refresh_token"], tokens["access_token"], PASSWORD, app.verifier):
        assert secret not in kept


def test_a_token_names_its_client_and_what_it_came_from(ward: Ward, kim: Chart) -> None:
    app: App = ward.app()
    claims = claims_unverified(app.tokens(ward.person(), kim.patient)["access_token"])

    assert claims["client_id"] == app.client_id
    assert claims["patient"] == kim.patient
    assert claims["authorization"]
