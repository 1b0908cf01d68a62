"""What a token is worth, and the end of it: introspection (RFC 7662) and revocation (RFC 7009)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749.errors import (  # type: ignore[import-untyped]
    UnsupportedTokenTypeError,
)
from authlib.oauth2.rfc7009 import RevocationEndpoint  # type: ignore[import-untyped]
from authlib.oauth2.rfc7662 import IntrospectionEndpoint  # type: ignore[import-untyped]

from app.security.authorization.handles import LONGEST_HANDLE, digest_of
from app.security.authorization.oauth_clients import AUTHENTICATION_METHODS, OAuthClient
from app.security.authorization.registry import PUBLIC
from app.security.authorization.signing_in import SignIn
from app.security.scopes import system_scope
from app.security.tokens import InvalidToken, LocalVerifier, claims_unverified
from graph.authorization.authorizations import REFRESH, AuthorizationStore
from graph.clock import now
from graph.errors import HilumError

_MICROSECONDS = 1_000_000
_TOLD = ("scope", "client_id", "sub", "exp", "iat", "iss", "aud", "jti", "patient")
_CONFIDENTIAL = tuple(each for each in AUTHENTICATION_METHODS if each != PUBLIC)


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token of ours that is good: what it says, and the id of the authorization that it came from."""

    claims: Mapping[str, Any]
    authorization: str | None

    def check_client(self, client: OAuthClient) -> bool:
        """Whether it was issued to that client."""
        return bool(self.claims["client_id"] == client.name)

    def is_expired(self) -> bool:
        """False: an expired one is not known."""
        return False

    def is_revoked(self) -> bool:
        """False: what was revoked is not known."""
        return False


@dataclass(frozen=True, slots=True)
class KnownTokens:
    """Looks tokens up."""

    kept: AuthorizationStore
    verifier: LocalVerifier
    sign_in: SignIn
    tenant: str

    def find(self, text: str) -> KnownToken | None:
        """The token of a text; None where it is none, not ours, not good any more, or its account is not."""
        found = self._access(text) if "." in text else self._refresh(text)
        try:
            if found:
                roles = tuple(str(found.claims.get("roles") or "").split())
                self.sign_in.scope(str(found.claims["sub"]), roles)
        except HilumError:
            return None
        return found

    def _access(self, text: str) -> KnownToken | None:
        moment = now()
        try:
            principal = self.verifier.verify(text, moment // _MICROSECONDS)
        except InvalidToken:
            return None
        name = principal.grant.authorization if principal.grant else None
        if principal.tenant != self.tenant or (name and not self._is_open(name, moment)):
            return None
        return KnownToken(claims_unverified(text), name)

    def _is_open(self, name: str, moment: int) -> bool:
        return self.kept.find(system_scope(self.tenant), name, moment) is not None

    def _refresh(self, text: str) -> KnownToken | None:
        if len(text) > LONGEST_HANDLE:
            return None
        moment = now()
        held = self.kept.held(system_scope(self.tenant), REFRESH, digest_of(text))
        if held is None or held.kept.get("usedAt") is not None or held.kept["until"] < moment:
            return None
        found = held.authorization
        if not self._is_open(found.authorization_id, moment):
            return None
        claims = {
            "client_id": found.client,
            "sub": found.subject,
            "scope": found.scope,
            "roles": found.roles,
            "exp": held.kept["until"] // _MICROSECONDS,
        }
        return KnownToken(claims, found.authorization_id)

    def end(self, token: KnownToken) -> None:
        """End the authorization that a token came from, and so all its tokens.

        Raises `UnsupportedTokenTypeError` for one that came from none: an account's own, which its account
        is disabled for.
        """
        if token.authorization is None:
            raise UnsupportedTokenTypeError
        self.kept.end(system_scope(self.tenant), token.authorization, now())


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    """Tells what a token is worth: accounts of services any, other clients their own."""

    CLIENT_AUTH_METHODS = _CONFIDENTIAL
    tokens: KnownTokens

    def query_token(self, token_string: str, token_type_hint: str | None) -> KnownToken | None:
        """The token; the hint is not needed."""
        return self.tokens.find(token_string)

    def check_permission(self, token: KnownToken, client: OAuthClient, request: Any) -> bool:
        """Whether a client may know of it."""
        return client.account is not None or token.check_client(client)

    def introspect_token(self, token: KnownToken) -> dict[str, Any]:
        """What the token says (RFC 7662 2.2), with the context of SMART App Launch 2.2."""
        told = {name: token.claims[name] for name in _TOLD if name in token.claims}
        who = self.tokens.sign_in.fhir_user(str(token.claims["sub"]))
        if who:
            told["fhirUser"] = f"{self.tokens.verifier.issuer}/fhir/{who}"
        return {"active": True, "token_type": "Bearer", "username": token.claims["sub"], **told}


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """Ends what a token came from; one that is not known has ended already (RFC 7009 2.2)."""

    CLIENT_AUTH_METHODS = AUTHENTICATION_METHODS
    tokens: KnownTokens

    def query_token(self, token_string: str, token_type_hint: str | None) -> KnownToken | None:
        """The token; the hint is not needed."""
        return self.tokens.find(token_string)

    def revoke_token(self, token: KnownToken, request: Any) -> None:
        """End it."""
        self.tokens.end(token)


def working_with(endpoint: type, tokens: KnownTokens) -> type:
    """An endpoint with what it works with, as authlib registers it."""
    return type(endpoint.__name__, (endpoint,), {"tokens": tokens})
