"""Services and confidential apps prove themselves by a secret or by a signature, and only as registered."""

import time
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from app.security.authorization.issuing import SERVICE_SECONDS
from app.security.client_secrets import hash_secret
from app.security.standing import Standing, standing_of
from graph.clock import now
from graph.errors import Forbidden
from tests.app.http.authorization.apps import BASE, App, bearing
from tests.app.http.authorization.conftest import Chart, Ward

TOKEN = f"{BASE}/auth/token"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
EC = ECKey.generate_key("P-384", {"kid": "ec"}, private=True)
RSA = RSAKey.generate_key(2048, {"kid": "rsa"}, private=True)
SECRET = "correct horse battery staple"
OTHER = ECKey.generate_key("P-384", {"kid": "ec"}, private=True)
JWKS = {"keys": [EC.as_dict(private=False), RSA.as_dict(private=False)]}


def assertion(client: str, key: Any = EC, algorithm: str = "ES384", **changed: Any) -> str:
    moment = int(time.time())
    claims = {
        "iss": client,
        "sub": client,
        "aud": TOKEN,
        "iat": moment,
        "exp": moment + 200,
        "jti": uuid4().hex,
        **changed,
    }
    header = {"alg": algorithm, "kid": key.kid}
    return jwt.encode(
        header, {name: value for name, value in claims.items() if value is not None}, key, [algorithm]
    )


def asked(ward: Ward, signed: str, scope: str | None = "system/*.rs") -> Any:
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION,
        "client_assertion": signed,
        **({"scope": scope} if scope else {}),
    }
    return ward.client.post("/auth/token", data=form)


@pytest.fixture(scope="module")
def service(ward: Ward) -> str:
    """The id of a service whose account sees every row."""
    account = ward.person("service")
    made = ward.register(redirect_uris=(), method="private_key_jwt", jwks=JWKS, account=account)
    return made.client.client_id


@pytest.mark.parametrize(("key", "algorithm"), [(EC, "ES384"), (RSA, "RS384")])
def test_a_service_that_signs_reads_pictures_and_record_with_one_token(
    ward: Ward, service: str, kim: Chart, key: Any, algorithm: str
) -> None:
    answer = asked(ward, assertion(service, key, algorithm))

    assert answer.status_code == 200, answer.text
    tokens = answer.get_json()
    assert (tokens["scope"], tokens["expires_in"]) == ("system/*.rs", 300)
    assert "refresh_token" not in tokens
    for path in (f"/fhir/Patient/{kim.patient}", f"/dicom-web/studies/{kim.study}/metadata"):
        assert ward.client.get(path, headers=bearing(tokens)).status_code == 200
    started = ward.client.get("/fhir/$export", headers={**bearing(tokens), "Prefer": "respond-async"})
    assert started.status_code == 202


def test_a_service_may_ask_for_less_and_gets_no_more_than_it_was_registered_for(
    ward: Ward, service: str, kim: Chart
) -> None:
    tokens = asked(ward, assertion(service), "system/ImagingStudy.rs").get_json()
    assert tokens["scope"] == "system/ImagingStudy.rs"
    assert ward.client.get(f"/fhir/Patient/{kim.patient}", headers=bearing(tokens)).status_code == 403
    study = ward.client.get(f"/dicom-web/studies/{kim.study}/metadata", headers=bearing(tokens))
    assert study.status_code == 200

    assert asked(ward, assertion(service), "system/*.cruds").get_json()["scope"] == "system/*.rs"
    for scope in (
        "system/*.c",
        'system/"é\\.rs',
        "patient/*.rs",
        "user/*.rs system/*.rs",
        "openid",
        "fhir.write",
    ):
        assert asked(ward, assertion(service), scope).get_json()["error"] == "invalid_scope", scope


WRONG: dict[str, dict[str, Any]] = {
    "another key": {"key": OTHER},
    "another issuer": {"iss": "somebody"},
    "another audience": {"aud": BASE},
    "expired": {"exp": int(time.time()) - 100},
    "too far from its end": {"exp": int(time.time()) + 3600},
    "without an end": {"exp": None},
    "without an id": {"jti": None},
    "not valid yet": {"nbf": int(time.time()) + 100_000},
    "an algorithm of less": {"key": RSA, "algorithm": "RS256"},
}


@pytest.mark.parametrize("changed", WRONG.values(), ids=WRONG)
def test_an_assertion_that_does_not_hold_proves_nothing(
    ward: Ward, service: str, changed: dict[str, Any]
) -> None:
    answer = asked(ward, assertion(service, **changed))

    assert answer.status_code in (400, 401)
    assert answer.get_json()["error"] == "invalid_client"


@pytest.mark.parametrize(
    "text", ["", "x", "a.b.c", "é.b.c", "x" * 20_000], ids=["", "x", "dots", "é", "long"]
)
def test_what_is_no_assertion_proves_nothing(ward: Ward, text: str) -> None:
    assert asked(ward, text).status_code in (400, 401, 413)


def test_an_assertion_counts_once(ward: Ward, service: str) -> None:
    signed = assertion(service)

    assert asked(ward, signed).status_code == 200
    assert asked(ward, signed).get_json()["error"] == "invalid_client"


def test_a_service_is_no_app_and_an_app_no_service(ward: Ward, service: str) -> None:
    page = App(ward.client.application.test_client(), service).ask()
    assert page.status_code == 400

    app = ward.register(method="private_key_jwt", jwks=JWKS).client.client_id
    assert asked(ward, assertion(app)).get_json()["error"] == "unauthorized_client"


def test_a_service_ends_with_its_account(ward: Ward) -> None:
    account = ward.person("service")
    made = ward.register(redirect_uris=(), method="private_key_jwt", jwks=JWKS, account=account)
    ward.wiring.accounts.switch(ward.scope, account, disabled=True)

    assert asked(ward, assertion(made.client.client_id)).status_code == 400


def test_what_a_service_asked_for_goes_on_after_its_token_and_ends_with_what_it_came_from(
    ward: Ward, service: str
) -> None:
    tokens = asked(ward, assertion(service)).get_json()
    scope = ward.wiring.authenticator(bearing(tokens)["Authorization"])
    kept, tenant = standing_of(scope), scope.tenant
    standing = Standing(ward.wiring.accounts, ward.wiring.authorizations)
    assert scope.authorization is not None

    later = now() + 2 * SERVICE_SECONDS * 1_000_000
    assert ward.wiring.authorizations.find(scope, scope.authorization, later) is not None
    assert standing.scope(tenant, kept) == scope

    signed = {"client_assertion_type": ASSERTION, "client_assertion": assertion(service)}
    revoked = ward.client.post("/auth/revoke", data={"token": tokens["access_token"], **signed})
    assert revoked.status_code == 200
    with pytest.raises(Forbidden):
        standing.scope(tenant, kept)


def test_a_confidential_app_gives_its_secret_or_gets_nothing(ward: Ward, kim: Chart) -> None:
    made = ward.register(method="client_secret_basic")
    app = App(ward.client.application.test_client(), made.client.client_id)
    code, other = (app.agreed(ward.person(), kim.patient)["code"] for _ in range(2))
    assert made.secret is not None

    assert app.exchange(code).get_json()["error"] == "invalid_client"
    assert app.exchange(code, client_secret="a guess").get_json()["error"] == "invalid_client"
    assert app.exchange(code, client_secret=made.secret).status_code == 200
    form = {"grant_type": "authorization_code", "code": other, "code_verifier": app.verifier}
    form |= {"redirect_uri": "https://app.example/callback"}
    basic = (app.client_id, made.secret)
    assert ward.client.post("/auth/token", data=form, auth=basic).status_code == 200


def test_an_app_with_keys_signs_and_nothing_less_will_do(ward: Ward, kim: Chart) -> None:
    made = ward.register(method="private_key_jwt", jwks=JWKS)
    app = App(ward.client.application.test_client(), made.client.client_id)
    code = app.agreed(ward.person(), kim.patient)["code"]

    assert app.exchange(code).get_json()["error"] == "invalid_client"
    signed = {"client_assertion_type": ASSERTION, "client_assertion": assertion(app.client_id)}
    assert app.exchange(code, **signed).status_code == 200


def test_a_service_is_told_what_a_token_is_worth(ward: Ward, kim: Chart) -> None:
    ward.wiring.accounts.add(
        ward.scope, name := f"imaging-{uuid4().hex[:6]}", "service", hash_secret(SECRET), 0
    )
    person = ward.person(fhir_user="Practitioner/7")
    app = ward.app("launch/patient patient/*.rs offline_access")
    tokens = app.tokens(person, kim.patient)

    def worth(token: str) -> dict[str, Any]:
        answer = ward.client.post("/auth/introspect", data={"token": token}, auth=(name, SECRET))
        assert answer.status_code == 200
        return dict(answer.get_json())

    told = worth(tokens["access_token"])
    assert told["active"] is True
    assert (told["patient"], told["client_id"], told["sub"]) == (kim.patient, app.client_id, person)
    assert (told["scope"], told["fhirUser"]) == (tokens["scope"], f"{BASE}/fhir/Practitioner/7")
    assert worth(tokens["refresh_token"])["active"] is True
    assert worth("rubbish") == worth("a.b.c") == {"active": False}

    app.refresh(tokens["refresh_token"])
    app.refresh(tokens["refresh_token"])  # which ends the family
    assert worth(tokens["access_token"]) == {"active": False}


def test_a_public_client_is_told_nothing_of_tokens(ward: Ward, kim: Chart) -> None:
    app = ward.app()
    tokens = app.tokens(ward.person(), kim.patient)

    form = {"token": tokens["access_token"], "client_id": app.client_id}
    assert ward.client.post("/auth/introspect", data=form).status_code == 401
