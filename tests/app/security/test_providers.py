"""Several providers are believed at once, each for its own people; their groups stand for roles."""

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from app.config import Config
from app.security.providers import discovered, provider_verifiers, values_of
from app.security.tokens import InvalidToken
from app.settings import ConfigError
from app.wiring import Wiring
from app.wiring.web import web_app
from tests.browsing.oidc_provider import oidc_provider, token_of

AUDIENCE = "https://hilum.example"
KEY = RSAKey.generate_key(2048, {"kid": "k"}, private=True)
NOW = 1_700_000_000
ENTRA: dict[str, Any] = {
    "name": "entra",
    "issuer": "https://login.example/v2.0",
    "audience": AUDIENCE,
    "jwksUrl": "https://login.example/keys",
    "rolesClaim": "groups",
    "roles": {"3f2a": "clinician"},
}
KEYCLOAK = {**ENTRA, "name": "keycloak", "issuer": "https://kc.example", "rolesClaim": "realm_access.roles"}


def described(tmp_path: Path, *providers: Any) -> Config:
    file = tmp_path / "providers.json"
    file.write_text(json.dumps(providers))
    return Config.from_env({"HILUM_OIDC_PROVIDERS": str(file)})


def token(issuer: str, subject: str = "kim", **claims: Any) -> str:
    held = {"iss": issuer, "aud": AUDIENCE, "sub": subject, "iat": NOW, "exp": NOW + 600, **claims}
    return jwt.encode({"alg": "RS256", "kid": "k", "typ": "at+jwt"}, held, KEY, ["RS256"])


def test_each_reads_its_own_claim_and_its_people_are_told_apart(tmp_path: Path) -> None:
    entra, keycloak = (
        replace(each, keys=lambda kid, now: KEY)
        for each in provider_verifiers(described(tmp_path, ENTRA, KEYCLOAK))
    )

    one = entra.verify(token(ENTRA["issuer"], groups=["none", "3f2a"]), NOW)
    other = keycloak.verify(token("https://kc.example", realm_access={"roles": ["3f2a"]}), NOW)

    assert (one.subject, one.role) == ("oidc:entra:kim", "clinician")
    assert (other.subject, other.role) == ("oidc:keycloak:kim", "clinician")
    assert entra.verify(token(ENTRA["issuer"], groups=["clinician"]), NOW).role is None


def test_nobody_of_the_provider_without_a_name_is_taken_for_one_of_another(tmp_path: Path) -> None:
    own = {
        "HILUM_OIDC_ISSUER": "https://op.example",
        "HILUM_OIDC_AUDIENCE": AUDIENCE,
        "HILUM_OIDC_JWKS_URL": "https://op.example/jwks",
        "HILUM_OIDC_PROVIDERS": str(tmp_path / "providers.json"),
    }
    described(tmp_path, ENTRA)
    first = replace(provider_verifiers(Config.from_env(own))[0], keys=lambda kid, now: KEY)

    assert first.verify(token("https://op.example"), NOW).subject == "oidc:kim"
    with pytest.raises(InvalidToken):
        first.verify(token("https://op.example", "entra:kim"), NOW)


@pytest.mark.parametrize(
    "providers",
    [
        [{**ENTRA, "more": 1}],
        [{name: value for name, value in ENTRA.items() if name != "audience"}],
        [{**ENTRA, "algorithms": ["HS256"]}],
        [{**ENTRA, "jwksUrl": "http://login.example/keys"}],
        [{**ENTRA, "name": "Not A Name"}],
        [ENTRA, ENTRA],
        [ENTRA, {**KEYCLOAK, "issuer": ENTRA["issuer"]}],
        {"name": "entra"},
    ],
)
def test_a_file_that_is_wrong_is_refused_at_start(tmp_path: Path, providers: Any) -> None:
    config = (
        described(tmp_path, *providers) if isinstance(providers, list) else described(tmp_path, [providers])
    )
    with pytest.raises(ConfigError, match="HILUM_OIDC_PROVIDERS"):
        provider_verifiers(config)


def test_a_claim_is_found_by_its_name_or_by_its_way() -> None:
    claims = {"a": {"b": ["x", 7]}, "https://x.example/roles": "one two", "c": 7}

    assert values_of(claims, "a.b") == ["x"]
    assert values_of(claims, "https://x.example/roles") == ["one two", "one", "two"]
    assert values_of(claims, "c") == values_of(claims, "a.b.c") == values_of(claims, "none") == []


@pytest.fixture
def liar() -> Iterator[str]:
    """A provider that says it is another one."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"issuer": "https://other.example", "jwks_uri": "https://x/"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_provider_that_says_it_is_another_is_not_believed(liar: str) -> None:
    with pytest.raises(ValueError, match="another one"):
        discovered(liar)()


@pytest.mark.slow
def test_stock_providers_take_the_place_of_ours_by_configuration_alone(
    services: Wiring, config: Config, tmp_path: Path
) -> None:
    with oidc_provider(AUDIENCE, "staff", "radiology") as clinic, oidc_provider(AUDIENCE, "guests") as other:
        listed = [
            {
                "name": name,
                "issuer": issuer,
                "audience": AUDIENCE,
                "rolesClaim": "groups",
                "roles": {"radiology": "clinician"},
                "signIn": name == "clinic",
            }
            for name, issuer in (("clinic", clinic), ("other", other))
        ]
        file = tmp_path / "providers.json"
        file.write_text(json.dumps(listed))
        wiring = Wiring(replace(config, oidc_providers=file), services.graph)
        client = web_app(wiring).test_client()

        def status(issuer: str, path: str = "/fhir/Patient", audience: str = AUDIENCE) -> int:
            headers = {"Authorization": f"Bearer {token_of(issuer, audience)}"}
            return client.get(path, headers=headers).status_code

        assert status(clinic) == 200
        assert status(clinic, "/dicom-web/studies") in (200, 204)
        assert status(clinic, "/administration/clients") == 403
        assert status(other) == 403
        found = client.get("/fhir/.well-known/smart-configuration").get_json()
        assert (found["issuer"], found["token_endpoint"]) == (clinic, f"{clinic}/token")
        assert "smart-imaging-access" in found["capabilities"]
        assert "launch-ehr" not in found["capabilities"]
        wiring.close()
