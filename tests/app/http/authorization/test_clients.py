"""Administrators register apps and services over HTTP and by command; what is unsafe is told and refused."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.security.authorization.origins import SECONDS, AppOrigins
from app.security.authorization.registry import is_redirect_uri
from app.wiring import Wiring
from graph.authorization.clients import ClientStore
from tests.app.conftest import AsRole
from tests.app.http.authorization.test_services import EC, JWKS

PATH = "/administration/clients"
Post = Callable[..., Any]
APP = {"clientId": "app", "redirectUris": ["https://app.example/callback"]}


@pytest.fixture
def post(client: FlaskClient, as_role: AsRole) -> Post:
    return lambda body, role="administrator": client.post(PATH, json=body, headers=as_role(role))


def test_a_client_is_registered_listed_and_removed(post: Post, client: FlaskClient, as_role: AsRole) -> None:
    made = post({**APP, "name": "An app", "method": "client_secret_basic"})
    assert made.status_code == 201
    assert len(made.get_json()["secret"]) > 40

    headers = as_role("administrator")
    (shown,) = client.get(PATH, headers=headers).get_json()["clients"]
    assert (shown["clientId"], shown["name"], shown["hasSecret"]) == ("app", "An app", True)
    assert "secret" not in shown
    assert client.delete(f"{PATH}/app", headers=headers).status_code == 204
    assert client.delete(f"{PATH}/app", headers=headers).status_code == 404


def test_a_client_is_changed_but_not_how_it_proves_itself(
    post: Post, client: FlaskClient, as_role: AsRole
) -> None:
    headers = as_role("administrator")
    terms = {"name": "Renamed", "redirectUris": ["https://other.example/"], "scope": "launch/patient"}
    assert client.put(f"{PATH}/app", json=terms, headers=headers).status_code == 404
    post({**APP, "method": "client_secret_basic"})

    changed = client.put(f"{PATH}/app", json=terms, headers=headers)
    refused = client.put(f"{PATH}/app", json={**terms, "method": "none"}, headers=headers)
    unsafe = client.put(f"{PATH}/app", json={"redirectUris": ["http://x.example/"]}, headers=headers)

    (shown,) = client.get(PATH, headers=headers).get_json()["clients"]
    assert (changed.status_code, refused.status_code, unsafe.status_code) == (200, 400, 400)
    assert {name: shown[name] for name in terms} == terms
    assert (shown["method"], shown["hasSecret"]) == ("client_secret_basic", True)


def test_who_does_not_administer_registers_nothing(post: Post) -> None:
    assert post(APP, "clinician").status_code == 403


def test_an_id_is_taken_once_and_never_from_an_account(post: Post, services: Wiring) -> None:
    assert [post(APP).status_code for _ in range(2)] == [201, 409]
    services.demo.token("service", 1)
    assert post({**APP, "clientId": "demo-service"}).status_code == 409


PRIVATE = {"keys": [EC.as_dict(private=True)]}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no address": ({"redirectUris": []}, "redirectUris"),
    "an address without TLS": ({"redirectUris": ["http://app.example/"]}, "redirectUris"),
    "a script": ({"redirectUris": ["javascript:alert(1)"]}, "redirectUris"),
    "a fragment": ({"redirectUris": ["https://app.example/#x"]}, "redirectUris"),
    "another method": ({"method": "tls_client_auth"}, "method"),
    "keys without signing": ({"jwks": JWKS}, "jwks"),
    "signing without keys": ({"method": "private_key_jwt"}, "jwks"),
    "a private key": ({"method": "private_key_jwt", "jwks": PRIVATE}, "jwks"),
    "keys that are none": ({"method": "private_key_jwt", "jwks": {"keys": "x"}}, "jwks"),
    "keys inside the network": ({"method": "private_key_jwt", "jwksUri": "http://127.0.0.1/x"}, "jwksUri"),
    "a scope that is none": ({"scope": "patient/nothing.rs"}, "scope"),
    "a scope of services": ({"scope": "system/*.rs"}, "scope"),
    "an account for an app": ({"account": "demo-service"}, "account"),
    "an unknown field": ({"more": 1}, "more"),
    "a name with what is not seen": ({"name": "A\0n app"}, "name"),
    "a name that turns its writing around": ({"name": "\u202eppa nA"}, "name"),
    "a name of two lines": ({"name": "An\napp"}, "name"),
    "a name too long": ({"name": "x" * 201}, "name"),
    "an address too long": ({"jwksUri": f"https://a.example/{'x' * 2_048}"}, "jwksUri"),
    "a strange id": ({"clientId": "a b"}, "clientId"),
}


@pytest.mark.parametrize(("changed", "where"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_place(post: Post, changed: dict[str, Any], where: str) -> None:
    answer = post({**APP, **changed})

    assert answer.status_code == 400
    assert answer.get_json()["location"] == [where]


@pytest.mark.parametrize(
    ("uri", "may"),
    [
        ("https://app.example/callback?x=1", True),
        ("http://127.0.0.1:3000/", True),
        ("http://localhost/x", True),
        ("org.example.app:/callback", True),
        ("app:/callback", False),
        ("data:text/html,x", False),
        ("https://user@app.example/", False),
        ("https://*.example/", False),
        ("https://app.example/ü", False),
        ("https:///x", False),
        ("/callback", False),
        ("https://app.example:x/", False),
    ],
)
def test_a_browser_is_sent_to_safe_addresses_only(uri: str, may: bool) -> None:
    assert is_redirect_uri(uri) is may


def test_scripts_of_a_registered_app_may_read_and_no_others(post: Post, client: FlaskClient) -> None:
    assert post(APP).status_code == 201

    def allowed(origin: str) -> str | None:
        return client.get("/fhir/metadata", headers={"Origin": origin}).headers.get(
            "Access-Control-Allow-Origin"
        )

    assert allowed("https://app.example") == "https://app.example"
    assert allowed("https://evil.example") is None
    assert allowed("null") is None


def test_origins_are_looked_up_again_after_some_seconds(services: Wiring, post: Post, tenant: str) -> None:
    moment = [0.0]
    origins = AppOrigins(ClientStore(services.graph), tenant, lambda: moment[0])
    assert origins() == frozenset()
    assert post(APP).status_code == 201
    assert origins() == frozenset()

    moment[0] = SECONDS

    assert origins() == {"https://app.example"}
