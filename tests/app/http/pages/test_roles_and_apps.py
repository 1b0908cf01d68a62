"""Roles and apps are made, changed and removed by the forms of `/manage`, by the rules of the API."""

import re

import pytest

from app.security.authorization.registry import ClientWanted
from app.wiring import Wiring
from graph.clock import now
from graph.scope import AccessScope
from tests.app.http.pages.conftest import Browser, Person

SECRET = re.compile(r'<code class="secret"[^>]*>([^<]+)</code>')
HOME = "https://app.example/callback"


@pytest.fixture
def manager(browser: Browser, person: Person) -> Browser:
    browser.sign_in(person("administrator"))
    return browser


@pytest.fixture
def app_id(gateway: Wiring, scope: AccessScope) -> str:
    """A confidential app that is registered."""
    name = f"app-{now()}"
    wanted = ClientWanted(client_id=name, method="client_secret_basic", redirect_uris=(HOME,))
    gateway.clients.add(scope, wanted, now())
    return name


def test_a_role_is_made_changed_and_removed(
    gateway: Wiring, scope: AccessScope, manager: Browser, person: Person
) -> None:
    manager.open("/manage/new-role")
    made = {
        "role": "ward-nurse",
        "purpose": "TREAT",
        "description": "A nurse",
        "writable": "Observation, Task",
    }
    manager.press("/manage/roles", **made, actions=["fhir.*"], rows=["department", "granted"])
    role = gateway.administration.role(scope, "ward-nurse")
    assert role.actions == {"fhir.*"}
    assert role.rows == {"department", "granted"}
    assert role.writable == {"Observation", "Task"}

    manager.press(
        "/manage/roles/ward-nurse", purpose="TREAT", actions=["fhir.read"], writable="*", labels="*"
    )
    role = gateway.administration.role(scope, "ward-nurse")
    assert (role.actions, role.writable, role.labels) == ({"fhir.read"}, None, None)
    assert role.rows == {"department", "granted"}

    nurse = person("ward-nurse")
    kept = manager.press("/manage/roles/ward-nurse/remove")
    assert (kept.status_code, "there are accounts in that role" in kept.text.lower()) == (409, True)
    manager.open(f"/manage/users/{nurse}")
    manager.press(f"/manage/users/{nurse}", role="auditor")
    manager.open("/manage/roles/ward-nurse")
    manager.press("/manage/roles/ward-nurse/remove")
    assert "ward-nurse" not in gateway.administration.roles(scope)


def test_what_is_wrong_with_a_role_stands_beside_its_field_and_what_was_typed_stays(manager: Browser) -> None:
    manager.open("/manage/new-role")
    refused = manager.press("/manage/roles", role="Night Shift", purpose="TREAT", actions=["fhir.read"])

    assert refused.status_code == 400
    assert 'id="wrong-role"' in refused.text
    assert 'value="Night Shift"' in refused.text
    assert 'value="fhir.read" checked' in refused.text

    again = manager.press("/manage/roles", role="clinician", purpose="TREAT", actions=["fhir.read"])
    assert (again.status_code, "a role named clinician exists" in again.text.lower()) == (409, True)

    strange = manager.press("/manage/roles", role="stranger", purpose="TREAT", rows=["none-such"])
    assert (strange.status_code, 'id="wrong-rows"' in strange.text) == (400, True)


IN_KOREAN = {
    "writable": ({"writable": "Nope"}, "리소스 유형을 적으세요."),
    "labels": ({"labels": "ZZZ"}, "민감 보안 표지의 코드를 적으세요."),
    "description": ({"description": "x" * 1_001}, "최대 길이 1000보다 깁니다."),
    "purpose": ({"purpose": "ZZZ"}, "v3-PurposeOfUse의 코드를 적으세요."),
    "rows": ({"rows": ["none-such"]}, "다음 가운데 하나여야 합니다: all, assigned"),
}


@pytest.mark.parametrize("field", IN_KOREAN)
def test_what_is_wrong_with_a_role_is_said_in_the_language_of_the_page(manager: Browser, field: str) -> None:
    sent, said = IN_KOREAN[field]
    manager.client.set_cookie("hilum-view", "ko")
    manager.open("/manage/new-role")

    refused = manager.press("/manage/roles", **{"role": "stranger", "purpose": "TREAT", **sent})

    assert (refused.status_code, f'id="wrong-{field}">{said}' in refused.text) == (400, True)


def test_nobody_changes_or_removes_their_own_role(manager: Browser) -> None:
    manager.open("/manage/roles/administrator")
    refused = manager.press("/manage/roles/administrator", purpose="TREAT", actions=["*"])

    assert refused.status_code == 403
    assert "somebody else who manages changes it" in refused.text
    assert "/manage/roles/administrator/remove" not in refused.text


def test_a_role_of_the_release_is_changed_here_and_taken_back(
    gateway: Wiring, scope: AccessScope, manager: Browser
) -> None:
    before = gateway.administration.role(scope, "fhir-reader")
    manager.open("/manage/roles/fhir-reader")
    assert "/manage/roles/fhir-reader/remove" not in manager.page.text

    manager.press("/manage/roles/fhir-reader", purpose="TREAT", description="Changed")
    assert gateway.administration.role(scope, "fhir-reader").description == "Changed"
    manager.open("/manage/roles/fhir-reader")
    manager.press("/manage/roles/fhir-reader/remove")
    assert gateway.administration.role(scope, "fhir-reader") == before


def test_the_form_sends_back_what_it_shows(gateway: Wiring, scope: AccessScope, manager: Browser) -> None:
    before = gateway.administration.role(scope, "teleradiologist")
    manager.open("/manage/roles/teleradiologist")
    shown = {"purpose": before.purpose, "description": before.description, "writable": "DiagnosticReport"}
    manager.press("/manage/roles/teleradiologist", **shown, labels="*")

    assert gateway.administration.role(scope, "teleradiologist") == before


def test_an_app_is_registered_its_secret_shown_once_and_removed(
    gateway: Wiring, scope: AccessScope, manager: Browser
) -> None:
    name = f"viewer-{now()}"
    manager.open("/manage/new-app")
    made = manager.press(
        "/manage/apps", clientId=name, name="A viewer", method="client_secret_basic", redirectUris=HOME
    )
    found = SECRET.search(made.text)
    assert (made.status_code, found is not None) == (201, True)
    again = manager.open(f"/manage/apps/{name}")
    assert (again.status_code, SECRET.search(again.text)) == (200, None)

    manager.press(f"/manage/apps/{name}/remove")
    assert name not in {each.client_id for each in gateway.clients.listed(scope)}


def test_an_app_is_changed_and_keeps_its_secret(
    gateway: Wiring, scope: AccessScope, manager: Browser, app_id: str
) -> None:
    before = gateway.clients.find(scope, app_id)
    manager.open(f"/manage/apps/{app_id}")
    two = f"{HOME}\nhttps://other.example/"
    manager.press(f"/manage/apps/{app_id}", name="Another name", scope="launch/patient", redirectUris=two)

    after = gateway.clients.find(scope, app_id)
    assert (after.name, after.scope) == ("Another name", "launch/patient")
    assert after.redirect_uris == (HOME, "https://other.example/")
    assert (after.secret_hash, after.method) == (before.secret_hash, before.method)


WRONG = {
    "clientId": {"clientId": "a b"},
    "redirectUris": {"redirectUris": "http://app.example/"},
    "scope": {"scope": "patient/nothing.rs"},
    "jwks": {"method": "private_key_jwt", "jwks": "no JSON"},
    "jwksUri": {"method": "private_key_jwt", "jwksUri": f"https://a.example/{'x' * 2_048}"},
    "name": {"name": "x" * 201},
    "account": {
        "method": "private_key_jwt",
        "jwksUri": "https://a.example/",
        "account": "x",
        "redirectUris": "",
    },
}


@pytest.mark.parametrize("field", WRONG)
def test_what_is_wrong_with_an_app_stands_beside_its_field(manager: Browser, field: str) -> None:
    manager.open("/manage/new-app")
    sent = {"clientId": "fine", "method": "none", "redirectUris": HOME, **WRONG[field]}
    refused = manager.press("/manage/apps", **sent)

    assert (refused.status_code, f'id="wrong-{field}"' in refused.text) == (400, True)


def test_long_keys_of_an_app_are_read_and_a_long_role_is_not(manager: Browser) -> None:
    manager.open("/manage/new-app")
    keys = '{"keys": []}' + " " * (32 << 10)
    sent = {"clientId": "long-keys", "method": "private_key_jwt", "jwks": keys, "redirectUris": HOME}
    refused = manager.press("/manage/apps", **sent)
    assert (refused.status_code, 'id="wrong-jwks"' in refused.text) == (400, True)

    manager.open("/manage/new-role")
    refused = manager.press("/manage/roles", role="long", purpose="TREAT", description="x" * (16 << 10))
    assert (refused.status_code, "larger than 16384 bytes" in refused.text) == (413, True)


@pytest.mark.parametrize("path", ["roles/none-such", "apps/none-such"])
def test_what_is_not_there_is_not_changed(manager: Browser, path: str) -> None:
    manager.open("/manage/users")
    data = {"csrf": manager.form_token, "purpose": "TREAT"}
    origin = {"Origin": "http://127.0.0.1:8042"}

    for deed in ("", "/remove"):
        assert manager.client.post(f"/manage/{path}{deed}", data=data, headers=origin).status_code == 404
