"""Access tokens of the providers in use open doors; what they sign beside those does not."""

from collections.abc import Mapping
from typing import Any

import pytest

from app.security.token_kinds import is_for_access, scopes_of

# As the providers' own documentation shows them: the header's `typ`, and the claims that tell kinds apart.
ACCESS: Mapping[str, tuple[Any, dict[str, Any]]] = {
    "RFC 9068": ("at+jwt", {"client_id": "c", "scope": "fhir.read"}),
    "RFC 9068 with the whole media type": ("application/at+jwt", {}),
    "in capitals": ("AT+JWT", {}),
    "Keycloak": ("JWT", {"typ": "Bearer", "azp": "c", "scope": "openid profile"}),
    "Keycloak before 25, with a nonce": ("JWT", {"typ": "Bearer", "nonce": "n", "scope": "openid"}),
    "Keycloak, bound to a key": ("JWT", {"typ": "DPoP", "scope": "openid"}),
    "Entra ID for a user": ("JWT", {"scp": "fhir.read", "azp": "c", "ver": "2.0"}),
    "Entra ID for an application": ("JWT", {"idtyp": "app", "roles": ["service"], "ver": "2.0"}),
    "Auth0": ("JWT", {"azp": "c", "scope": "openid fhir.read", "gty": "client-credentials"}),
    "Okta": ("JWT", {"cid": "c", "scp": ["fhir.read"]}),
    "without a type": (None, {"scope": "openid"}),
}
OTHERS: Mapping[str, tuple[Any, dict[str, Any]]] = {
    "an ID token": ("JWT", {"nonce": "n"}),
    "an ID token of an implicit flow": ("JWT", {"at_hash": "h"}),
    "an ID token of a hybrid flow": (None, {"c_hash": "h"}),
    "an ID token whose scope is empty": ("JWT", {"nonce": "n", "scope": ""}),
    "an ID token of Keycloak": ("JWT", {"typ": "ID"}),
    "a refresh token of Keycloak": ("JWT", {"typ": "Refresh", "scope": "openid"}),
    "an offline token of Keycloak": ("JWT", {"typ": "Offline", "scope": "openid"}),
    "a logout token": ("logout+jwt", {"events": {}}),
    "a logout token without its type": ("JWT", {"events": {"backchannel-logout": {}}}),
    "a security event": ("secevent+jwt", {}),
    "a proof of possession": ("dpop+jwt", {}),
    "a client assertion": ("client-authentication+jwt", {}),
    "an authorization request": ("oauth-authz-req+jwt", {}),
    "an introspection answer": ("token-introspection+jwt", {"scope": "fhir.read"}),
    "a type that is no text": (7, {"scope": "fhir.read"}),
    "a typ claim that is no text": ("JWT", {"typ": ["Bearer"]}),
}


@pytest.mark.parametrize(("typ", "claims"), ACCESS.values(), ids=ACCESS)
def test_access_tokens_are_told_by_their_header_or_their_claims(typ: Any, claims: dict[str, Any]) -> None:
    assert is_for_access({"typ": typ} if typ else {}, claims)


@pytest.mark.parametrize(("typ", "claims"), OTHERS.values(), ids=OTHERS)
def test_what_is_signed_for_another_purpose_is_no_access_token(typ: Any, claims: dict[str, Any]) -> None:
    assert not is_for_access({"typ": typ} if typ else {}, claims)


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({}, None),
        ({"scope": "a b"}, {"a", "b"}),
        ({"scp": "a b"}, {"a", "b"}),
        ({"scp": ["a", "b", 7]}, {"a", "b"}),
        ({"scope": "a", "scp": "b"}, {"a"}),
        ({"scope": ""}, set()),
        ({"scope": {"a": 1}}, set()),
    ],
)
def test_scopes_are_a_text_or_a_list(claims: dict[str, Any], scopes: set[str] | None) -> None:
    assert scopes_of(claims) == scopes
