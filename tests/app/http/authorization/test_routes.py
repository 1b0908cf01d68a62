"""Services get tokens for their secrets, and say with RFC 6749's words when they do not."""

import time
from base64 import b64encode
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.admission import Admission
from app.http.authorization.routes import blueprint
from app.http.kit.problems import Dialect
from app.http.kit.toolkit import install_toolkit, refuse_unguarded
from app.security.account_tokens import AccountTokens
from app.security.authenticator import Authenticator
from app.security.client_secrets import hash_secret
from app.security.demo import DemoUsers, demo_name
from app.security.guesses import FREE_TRIES, Guesses
from app.security.keys import new_signing_key
from app.security.policy import PERMISSIONS_OF, ROLES
from app.security.scopes import system_scope
from app.security.tokens import LocalVerifier, TokenIssuer
from graph.accounts.accounts import AccountStore
from graph.session import Graph
from tests.app.http.kit.conftest import KeepingRecorder

SECRET = "correct horse battery staple"
HASH = hash_secret(SECRET)
BASE = "http://127.0.0.1:8042"
ISSUER = TokenIssuer(new_signing_key(), BASE, 3600)
NOW = time.time_ns() // 1000


@pytest.fixture
def accounts(graph: Graph, tenant: str) -> AccountStore:
    store = AccountStore(graph)
    store.add(system_scope(tenant), "archive", "service", HASH, NOW)
    return store


@pytest.fixture
def authenticator(accounts: AccountStore, tenant: str) -> Authenticator:
    return Authenticator([LocalVerifier(ISSUER.key, BASE)], accounts, tenant)


@pytest.fixture
def recorder() -> KeepingRecorder:
    return KeepingRecorder()


@pytest.fixture
def client(
    accounts: AccountStore,
    authenticator: Authenticator,
    recorder: KeepingRecorder,
    tenant: str,
    tmp_path: Path,
) -> FlaskClient:
    app = Flask("authorization", static_folder=None)
    guesses = Guesses(tmp_path / "guesses.db", time.time)
    app.register_blueprint(blueprint(tokens=AccountTokens(accounts, ISSUER, tenant), guesses=guesses))
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
    assert (scope.subject, scope.permissions) == ("archive", PERMISSIONS_OF["service"])
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
    assert found["grant_types_supported"] == ["client_credentials"]


def test_the_keys_are_public_ones(client: FlaskClient) -> None:
    (key,) = client.get("/auth/jwks").get_json()["keys"]
    assert key["kid"] == ISSUER.key.identifier
    assert "d" not in key


def test_the_demo_has_a_working_token_per_role(
    accounts: AccountStore, authenticator: Authenticator, tenant: str
) -> None:
    tokens = DemoUsers(accounts, ISSUER, tenant, on=True).tokens(NOW)
    assert list(tokens) == list(ROLES)
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
