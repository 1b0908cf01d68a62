"""Services get tokens for their secrets, and say with RFC 6749's words when they do not."""

import time
from base64 import b64encode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.admission import Admission
from app.http.authorization.routes import blueprint
from app.http.kit.problems import Dialect
from app.http.kit.toolkit import install_toolkit, refuse_unguarded
from app.security.authenticator import Authenticator
from app.security.client_secrets import hash_secret
from app.security.demo import DEMO_ROLES, DemoUsers, demo_name
from app.security.guesses import FREE_TRIES
from app.security.roles import SHIPPED, permissions_of
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.authorization import authorization_uses
from graph.accounts.accounts import AccountStore
from tests.app.http.kit.conftest import KeepingRecorder

SECRET = "correct horse battery staple"
HASH = hash_secret(SECRET)
BASE = "http://127.0.0.1:8042"
NOW = time.time_ns() // 1000


@pytest.fixture
def accounts(services: Wiring, tenant: str) -> AccountStore:
    services.accounts.add(system_scope(tenant), "archive", "service", HASH, NOW)
    return services.accounts


@pytest.fixture
def authenticator(services: Wiring) -> Authenticator:
    return services.authenticator


@pytest.fixture
def recorder() -> KeepingRecorder:
    return KeepingRecorder()


@pytest.fixture
def client(
    accounts: AccountStore, services: Wiring, authenticator: Authenticator, recorder: KeepingRecorder
) -> FlaskClient:
    app = Flask("authorization", static_folder=None)
    app.register_blueprint(blueprint(authorization_uses(services)))
    install_toolkit(
        app,
        base_url=BASE,
        admission=Admission(authenticator, recorder),
        dialects={"/auth": Dialect.PROBLEM},
    )
    refuse_unguarded(app)
    return app.test_client()


def basic(name: str, secret: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{name}:{secret}'.encode()).decode()}"}


GRANT = {"grant_type": "client_credentials"}


@pytest.mark.parametrize("way", ["basic", "post"])
def test_a_service_gets_a_token_for_its_secret(
    client: FlaskClient, authenticator: Authenticator, recorder: KeepingRecorder, way: str
) -> None:
    form = GRANT if way == "basic" else {**GRANT, "client_id": "archive", "client_secret": SECRET}
    headers = basic("archive", SECRET) if way == "basic" else {}
    answer = client.post("/auth/token", data=form, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json is not None
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 3600)
    scope = authenticator(f"Bearer {answer.json['access_token']}")
    assert (scope.subject, scope.permissions) == ("archive", permissions_of(SHIPPED["service"]))
    assert [entry.status for entry in recorder.entries] == [200]


def test_a_token_can_be_asked_for_less(client: FlaskClient, authenticator: Authenticator) -> None:
    form = {**GRANT, "scope": "imaging.store administration.manage"}
    answer = client.post("/auth/token", data=form, headers=basic("archive", SECRET)).get_json()
    assert answer["scope"] == "imaging.store"
    assert authenticator(f"Bearer {answer['access_token']}").permissions == {"imaging.store"}


WRONG = {
    "a wrong secret": (GRANT, basic("archive", "wrong"), 401, "invalid_client"),
    "an unknown name": (GRANT, basic("nobody", SECRET), 401, "invalid_client"),
    "no secret": (GRANT, {}, 401, "invalid_client"),
    "an empty secret": (GRANT, basic("archive", ""), 401, "invalid_client"),
    "rubbish for a secret": (GRANT, {"Authorization": "Basic %%%"}, 401, "invalid_client"),
    "a wrong secret in the form": (
        {**GRANT, "client_id": "archive", "client_secret": "no"},
        {},
        401,
        "invalid_client",
    ),
    "a name alone": ({**GRANT, "client_id": "archive"}, {}, 401, "invalid_client"),
    "another grant": ({"grant_type": "password"}, basic("archive", SECRET), 400, "unsupported_grant_type"),
    "no grant": ({}, basic("archive", SECRET), 400, "unsupported_grant_type"),
    "a scope beyond the role": (
        {**GRANT, "scope": "administration.manage"},
        basic("archive", SECRET),
        400,
        "invalid_scope",
    ),
}


@pytest.mark.parametrize(("form", "headers", "status", "error"), WRONG.values(), ids=WRONG)
def test_a_refusal_has_the_words_of_the_standard(
    client: FlaskClient, form: dict[str, str], headers: dict[str, str], status: int, error: str
) -> None:
    answer = client.post("/auth/token", data=form, headers=headers)
    assert (answer.status_code, answer.get_json()["error"]) == (status, error)
    assert ("WWW-Authenticate" in answer.headers) is (status == 401)


def test_a_refusal_is_audited(client: FlaskClient, recorder: KeepingRecorder) -> None:
    client.post("/auth/token", data=GRANT, headers=basic("archive", "wrong"))
    assert [entry.status for entry in recorder.entries] == [401]


def test_names_cannot_be_guessed_from_the_answers(client: FlaskClient) -> None:
    wrong = client.post("/auth/token", data=GRANT, headers=basic("archive", "wrong"))
    unknown = client.post("/auth/token", data=GRANT, headers=basic("nobody", "wrong"))
    assert wrong.data == unknown.data


def test_a_disabled_service_gets_none(client: FlaskClient, accounts: AccountStore, tenant: str) -> None:
    accounts.switch(system_scope(tenant), "archive", disabled=True)
    answer = client.post("/auth/token", data=GRANT, headers=basic("archive", SECRET))
    assert answer.status_code == 401


def test_a_secret_in_the_address_is_not_read(client: FlaskClient) -> None:
    answer = client.post(f"/auth/token?client_id=archive&client_secret={SECRET}", data=GRANT)
    assert answer.status_code == 401


def test_an_endless_form_is_too_large(client: FlaskClient) -> None:
    answer = client.post("/auth/token", data={**GRANT, "x": "y" * 100_000}, headers=basic("archive", SECRET))
    assert answer.status_code == 413


def test_the_metadata_tells_where_everything_is(client: FlaskClient) -> None:
    found = client.get("/.well-known/oauth-authorization-server").get_json()
    assert found["issuer"] == BASE
    assert found["token_endpoint"] == f"{BASE}/auth/token"
    assert found["jwks_uri"] == f"{BASE}/auth/jwks"
    assert found["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]


def test_a_smart_app_finds_everything_and_so_does_one_that_reads_pictures(client: FlaskClient) -> None:
    found = client.get("/fhir/.well-known/smart-configuration").get_json()

    assert found["authorization_endpoint"] == f"{BASE}/auth/authorize"
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert {"launch-ehr", "launch-standalone", "permission-v2", "sso-openid-connect"} <= set(
        found["capabilities"]
    )
    (imaging,) = found["associated_endpoints"]
    assert imaging["url"] == f"{BASE}/fhir"
    assert "smart-imaging-access" in imaging["capabilities"]
    assert "system/ImagingStudy.rs" in found["scopes_supported"]


def test_discovery_is_open_to_scripts_of_any_page(client: FlaskClient) -> None:
    for path in ("/fhir/.well-known/smart-configuration", "/.well-known/openid-configuration", "/auth/jwks"):
        answer = client.get(path, headers={"Origin": "https://anywhere.example"})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_keys_are_public_ones(client: FlaskClient, services: Wiring) -> None:
    of_tokens, of_id_tokens = client.get("/auth/jwks").get_json()["keys"]
    assert (of_tokens["kid"], of_tokens["alg"]) == (services.key.identifier, "ES256")
    assert (of_id_tokens["kid"], of_id_tokens["alg"]) == (services.id_token_key.identifier, "RS256")
    assert not {"d", "p", "q"} & {*of_tokens, *of_id_tokens}


def test_the_demo_has_a_working_token_per_role(
    accounts: AccountStore, services: Wiring, authenticator: Authenticator, tenant: str
) -> None:
    tokens = DemoUsers(accounts, services.issuer, tenant, on=True).tokens(NOW)
    assert list(tokens) == list(DEMO_ROLES)
    for role, token in tokens.items():
        scope = authenticator(f"Bearer {token}")
        assert (scope.subject, scope.role) == (demo_name(role), role)


def _named(more: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in more.items()}


def wrong(client: FlaskClient, name: str = "archive", **more: str) -> int:
    return client.post(
        "/auth/token", data=GRANT, headers={**basic(name, "a guess"), **_named(more)}
    ).status_code


def test_guesses_of_a_secret_have_to_wait_and_are_told_how_long(client: FlaskClient) -> None:
    assert [wrong(client) for _ in range(FREE_TRIES)] == [401] * FREE_TRIES

    answer = client.post("/auth/token", data=GRANT, headers=basic("archive", SECRET))

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_an_address_that_a_client_makes_up_is_not_counted(client: FlaskClient) -> None:
    for number in range(FREE_TRIES):
        wrong(client, X_Forwarded_For=f"203.0.113.{number}")

    headers = {**basic("archive", SECRET), "X-Forwarded-For": "198.51.100.7"}
    assert client.post("/auth/token", data=GRANT, headers=headers).status_code == 429


def test_another_address_is_not_shut_out(client: FlaskClient) -> None:
    for _ in range(FREE_TRIES + 3):
        wrong(client)

    elsewhere = {"REMOTE_ADDR": "192.0.2.1"}
    answer = client.post("/auth/token", data=GRANT, headers=basic("archive", SECRET), environ_base=elsewhere)
    assert answer.status_code == 200


@pytest.mark.parametrize(("secret", "status"), [(SECRET, 200), ("a guess", 401)])
def test_the_audit_says_who_asked_for_a_token(
    client: FlaskClient, recorder: KeepingRecorder, secret: str, status: int
) -> None:
    client.post("/auth/token", data=GRANT, headers=basic("archive", secret))

    (entry,) = recorder.entries
    assert (entry.client, entry.status) == ("archive", status)
