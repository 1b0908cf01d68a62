"""Only tokens that say who, for whom, until when, under a pinned algorithm and our key, are believed."""

import base64
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from app.security.keys import SigningKey, new_signing_key
from app.security.provider import role_in
from app.security.tokens import (
    LONGEST_LIFE,
    POINTERS,
    Doubt,
    InvalidToken,
    LocalVerifier,
    ProviderVerifier,
    PublicKey,
    TokenIssuer,
    claimed_issuer,
)
from graph.errors import Unauthenticated
from tests.app.security.conftest import BASE, NOW

PROVIDER = "https://op.example"
_KEYS = (new_signing_key(),)


def claims(**changes: Any) -> dict[str, Any]:
    good = {"iss": BASE, "aud": BASE, "sub": "kim", "tenant": "t", "exp": NOW + 60, "iat": NOW}
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def signed(key: SigningKey, body: dict[str, Any], **header: Any) -> str:
    head = {"alg": "ES256", "typ": "at+jwt", "kid": key.identifier, **header}
    return jwt.encode(head, body, key.key, algorithms=["ES256"])


def unsigned(header: dict[str, Any], body: dict[str, Any], signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(body).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@pytest.fixture
def verifier(key: SigningKey) -> LocalVerifier:
    return LocalVerifier(key, BASE)


def test_an_issued_token_is_believed(issuer: TokenIssuer, verifier: LocalVerifier) -> None:
    token = issuer.issue("kim", "t", now=NOW, token_id="1", scope="fhir.read")
    assert claimed_issuer(token) == BASE
    principal = verifier.verify(token, NOW + 3599)
    assert (principal.subject, principal.tenant, principal.local) == ("kim", "t", True)
    assert principal.narrowed == {"fhir.read"}
    assert principal.expires == NOW + 3600


WRONG_CLAIMS = {
    "no expiry": {"exp": None},
    "expired": {"exp": NOW - 6},
    "an expiry in words": {"exp": "tomorrow"},
    "an endless life": {"exp": NOW + LONGEST_LIFE + 60},
    "an infinite life": {"exp": float("inf")},
    "not yet valid": {"nbf": NOW + 60},
    "no issuer": {"iss": None},
    "another issuer": {"iss": "https://evil.example"},
    "no audience": {"aud": None},
    "another audience": {"aud": "someone-else"},
    "audiences without us": {"aud": ["a", "b"]},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is no text": {"sub": {"a": 1}},
    "a huge subject": {"sub": "x" * 256},
    "no tenant": {"tenant": None},
    "a tenant that is no text": {"tenant": 7},
}


@pytest.mark.parametrize("changes", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_wrong_claims_are_not_believed(
    changes: dict[str, Any], key: SigningKey, verifier: LocalVerifier
) -> None:
    with pytest.raises(Unauthenticated):
        verifier.verify(signed(key, claims(**changes)), NOW)


WRONG_HEADERS = {
    "no kid": {"kid": None},
    "another kid": {"kid": "../../etc/passwd"},
    "an ID token": {"typ": "JWT"},
    "keys elsewhere": {"jku": "https://evil.example/jwks"},
    "a certificate elsewhere": {"x5u": "https://evil.example/cert"},
    "a key inside": {"jwk": new_signing_key().public()},
}


@pytest.mark.parametrize("header", WRONG_HEADERS.values(), ids=WRONG_HEADERS)
def test_wrong_headers_are_not_believed(
    header: dict[str, Any], key: SigningKey, verifier: LocalVerifier
) -> None:
    with pytest.raises(Unauthenticated):
        verifier.verify(
            signed(key, claims(), **header) if None not in header.values() else _without_kid(key), NOW
        )


DOUBTS: dict[Doubt, tuple[dict[str, Any], dict[str, Any]]] = {  # changes of the header, changes of the claims
    Doubt.KEYS_INSIDE: ({"jku": "https://evil.example/jwks"}, {}),
    Doubt.KEY: ({"kid": "another"}, {}),
    Doubt.TYPE: ({"typ": "JWT"}, {}),
    Doubt.EXPIRED: ({}, {"exp": NOW - 60}),
    Doubt.EARLY: ({}, {"nbf": NOW + 60}),
    Doubt.ISSUER: ({}, {"iss": "https://evil.example"}),
    Doubt.AUDIENCE: ({}, {"aud": "someone-else"}),
    Doubt.CLAIMS: ({}, {"sub": None}),
    Doubt.LONG_LIVED: ({}, {"exp": NOW + LONGEST_LIFE + 60}),
}


@pytest.mark.parametrize("doubt", DOUBTS)
def test_why_a_token_is_not_believed_is_said(doubt: Doubt, key: SigningKey, verifier: LocalVerifier) -> None:
    header, changes = DOUBTS[doubt]
    with pytest.raises(InvalidToken) as refused:
        verifier.verify(signed(key, claims(**changes), **header), NOW)

    assert refused.value.doubt == doubt
    assert refused.value.challenge.endswith(f'error="invalid_token", error_description="{doubt}"')


def test_a_signature_of_another_key_is_told_from_no_token_at_all(
    key: SigningKey, verifier: LocalVerifier
) -> None:
    forged = signed(new_signing_key(), claims(), kid=key.identifier)
    for token, doubt in ((forged, Doubt.SIGNATURE), ("a.b", Doubt.MALFORMED), ("", Doubt.MALFORMED)):
        with pytest.raises(InvalidToken) as refused:
            verifier.verify(token, NOW)
        assert refused.value.doubt == doubt


def test_every_reason_fits_its_header(key: SigningKey) -> None:
    for doubt in Doubt:  # RFC 6750 3: printable ASCII without quotation mark and backslash
        assert doubt.isascii() and doubt.isprintable() and not set(doubt) & set('"\\')


MEMBERS = st.dictionaries(
    st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=8).filter(
        lambda name: name not in {"alg", "typ", "kid", *POINTERS, "x5t", "cty"}
    ),
    st.one_of(st.text(max_size=60), st.integers(), st.booleans(), st.none(), st.lists(st.integers())),
    max_size=12,
)


@given(MEMBERS)
def test_members_of_a_header_that_are_nobodys_are_ignored(members: dict[str, Any]) -> None:
    """RFC 7515 4: providers add `nonce`, `ver`, `cat` and what they like."""
    key = _KEYS[0]
    head = {**members, "alg": "ES256", "typ": "at+jwt", "kid": key.identifier}
    content = unsigned(head, claims()).rpartition(".")[0]
    signature = key.key.private_key.sign(content.encode(), ECDSA(SHA256()))
    r, s = decode_dss_signature(signature)
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    token = f"{content}.{base64.urlsafe_b64encode(raw).rstrip(b'=').decode()}"

    assert LocalVerifier(key, BASE).verify(token, NOW).subject == "kim"


def _without_kid(key: SigningKey) -> str:
    return jwt.encode({"alg": "ES256", "typ": "at+jwt"}, claims(), key.key, algorithms=["ES256"])


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "HS256", "RS256", "ES384", ""])
def test_another_algorithm_is_not_believed(algorithm: str, key: SigningKey, verifier: LocalVerifier) -> None:
    header = {"alg": algorithm, "typ": "at+jwt", "kid": key.identifier}
    with pytest.raises(Unauthenticated):
        verifier.verify(unsigned(header, claims()), NOW)


def test_the_public_key_as_a_shared_secret_is_not_believed(key: SigningKey, verifier: LocalVerifier) -> None:
    header = {"alg": "HS256", "typ": "at+jwt", "kid": key.identifier}
    content = unsigned(header, claims()).rpartition(".")[0]
    signature = hmac.digest(key.key.as_pem(private=False), content.encode(), "sha256")
    with pytest.raises(Unauthenticated):
        verifier.verify(f"{content}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}", NOW)


def test_another_key_under_our_name_is_not_believed(key: SigningKey, verifier: LocalVerifier) -> None:
    with pytest.raises(Unauthenticated):
        verifier.verify(signed(new_signing_key(), claims(), kid=key.identifier), NOW)


def test_no_edit_survives(issuer: TokenIssuer, verifier: LocalVerifier) -> None:
    token = issuer.issue("kim", "t", now=NOW, token_id="1")
    head, body, signature = token.split(".")
    richer = unsigned({}, claims(sub="root")).split(".")[1]
    for edited in (f"{head}.{richer}.{signature}", f"{head}.{body}.", f"{head}.{body}", f"{token}.x", ""):
        with pytest.raises(Unauthenticated):
            verifier.verify(edited, NOW)


@given(st.text(max_size=300))
def test_rubbish_is_not_believed(token: str) -> None:
    with pytest.raises(Unauthenticated):
        LocalVerifier(_KEY, BASE).verify(token, NOW)


_KEY = new_signing_key()


def test_a_megabyte_is_not_even_read(verifier: LocalVerifier) -> None:
    with pytest.raises(Unauthenticated):
        verifier.verify("a" * (1 << 20), NOW)


RSA = RSAKey.generate_key(2048, private=True)
P384 = ECKey.generate_key("P-384", private=True)


def provider(algorithms: tuple[str, ...], key: PublicKey) -> ProviderVerifier:
    keys: dict[str, PublicKey] = {"k1": key}
    return ProviderVerifier(
        PROVIDER, "hilum", algorithms, lambda kid, now: keys.get(kid), role_in("realm.roles")
    )


def theirs(algorithm: str, key: Any, kid: str = "k1", **changes: Any) -> str:
    usual = {"iss": PROVIDER, "aud": ["other", "hilum"], "realm": {"roles": ["x", "clinician"]}}
    body = claims(**usual | changes)
    return jwt.encode({"alg": algorithm, "kid": kid}, body, key, algorithms=[algorithm])


@pytest.mark.parametrize(
    ("algorithm", "key"), [("RS256", RSA), ("RS384", RSA), ("PS256", RSA), ("ES384", P384)]
)
def test_a_token_of_the_provider_is_believed(algorithm: str, key: Any) -> None:
    principal = provider((algorithm,), key).verify(theirs(algorithm, key), NOW)
    assert (principal.subject, principal.role, principal.local) == ("oidc:kim", "clinician", False)


@pytest.mark.parametrize(
    ("scopes", "required", "narrowed"),
    [
        ({}, False, None),
        ({"scope": "openid profile"}, False, None),
        ({"scope": "openid fhir.read"}, False, {"fhir.read"}),
        ({"scp": ["fhir.read", "imaging.read"]}, False, {"fhir.read", "imaging.read"}),
        ({}, True, set()),
        ({"scope": "openid profile"}, True, set()),
        ({"scp": "fhir.read"}, True, {"fhir.read"}),
    ],
)
def test_a_scope_of_the_provider_narrows_to_what_it_names_of_ours(
    scopes: dict[str, Any], required: bool, narrowed: set[str] | None
) -> None:
    verifier = replace(provider(("RS256",), RSA), scopes_required=required)
    assert verifier.verify(theirs("RS256", RSA, **scopes), NOW).narrowed == narrowed


@pytest.mark.parametrize("other", [{"nonce": "n"}, {"typ": "ID"}, {"events": {}}])
def test_what_the_provider_signs_for_another_purpose_is_not_believed(other: dict[str, Any]) -> None:
    with pytest.raises(InvalidToken) as refused:
        provider(("RS256",), RSA).verify(theirs("RS256", RSA, **other), NOW)
    assert refused.value.doubt is Doubt.TYPE


def test_the_provider_may_use_the_configured_algorithms_only() -> None:
    with pytest.raises(Unauthenticated):
        provider(("ES384",), RSA).verify(theirs("RS256", RSA), NOW)


def test_a_key_that_the_provider_does_not_have_is_not_believed() -> None:
    with pytest.raises(Unauthenticated):
        provider(("RS256",), RSA).verify(theirs("RS256", RSA, kid="k2"), NOW)


def test_an_id_token_of_the_provider_is_for_someone_else() -> None:
    with pytest.raises(Unauthenticated):
        provider(("RS256",), RSA).verify(theirs("RS256", RSA, aud="some-app"), NOW)
