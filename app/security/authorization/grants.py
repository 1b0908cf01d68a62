"""The grants of the token endpoint (RFC 6749 4.1, 4.4, 6), on authlib, over what the graph keeps."""

from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749.errors import (  # type: ignore[import-untyped]
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
)
from authlib.oauth2.rfc6749.grants import (  # type: ignore[import-untyped]
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    RefreshTokenGrant,
)
from authlib.oauth2.rfc7636 import CodeChallenge  # type: ignore[import-untyped]

from app.security.account_tokens import AccountTokens
from app.security.authorization.granting import Context, granted, wanted
from app.security.authorization.handles import LONGEST_HANDLE, digest_of
from app.security.authorization.issuing import Agreement, Issuing
from app.security.authorization.oauth_clients import AUTHENTICATION_METHODS, OAuthClient
from app.security.authorization.requests import described
from app.security.authorization.signing_in import SignIn
from app.security.cast_scopes import CastTopics, casts_of
from app.security.scopes import system_scope
from app.security.smart_scopes import ScopeInvalid
from graph.authorization.authorizations import CODE, REFRESH, Authorization, AuthorizationStore, Held
from graph.clock import now
from graph.errors import HilumError

_MICROSECONDS = 1_000_000
_METHOD = "S256"


@dataclass(frozen=True, slots=True)
class Granting:
    """What the grants work with."""

    kept: AuthorizationStore
    issuing: Issuing
    accounts: AccountTokens
    sign_in: SignIn
    tenant: str
    topics: CastTopics
    hub: str  # the address of the FHIRcast hub

    def used(self, kind: str, handle: str, client: OAuthClient) -> Held | None:
        """What a handle opens to a client; None where it opens nothing, and then for whoever has it next."""
        if len(handle) > LONGEST_HANDLE:
            return None
        scope = system_scope(self.tenant)
        return self.kept.use(scope, kind, digest_of(handle), client.name, now())

    def tokens(self, authorization: Authorization, scope: str) -> dict[str, Any]:
        """The answer with tokens for an authorization.

        Raises `InvalidGrantError` where whoever gave it may not sign in any more.
        """
        try:
            self.sign_in.scope(authorization.subject, tuple((authorization.roles or "").split()))
        except HilumError as error:
            raise InvalidGrantError("Who authorized this has no account any more.") from error
        who = self.sign_in.fhir_user(authorization.subject)
        answer = self.issuing.tokens(authorization, scope, now(), who)
        if casts_of(scope.split()):  # FHIRcast 3.0.0, 2.1: how an app learns of the session
            topic = self.topics.of(self.tenant, authorization.subject)
            answer |= {"hub.url": self.hub, "hub.topic": topic}
        return answer


@dataclass(frozen=True, slots=True)
class UsedCode:
    """A code that was used just now, as authlib asks of it."""

    held: Held

    @property
    def code_challenge(self) -> str:
        """What the verifier must fit (RFC 7636 4.6)."""
        return str(self.held.kept["challenge"])

    @property
    def code_challenge_method(self) -> str:
        """How it was made: there is one way here."""
        return _METHOD

    def get_redirect_uri(self) -> str:
        """Where the code was sent."""
        return str(self.held.kept["redirectUri"])

    def get_scope(self) -> str:
        """What was granted."""
        return self.held.authorization.scope


class ProofOfPossession(CodeChallenge):  # type: ignore[misc]
    """Proof Key for Code Exchange (RFC 7636): by SHA-256, and for every client."""

    SUPPORTED_CODE_CHALLENGE_METHOD = [_METHOD]  # noqa: RUF012 - authlib's own form

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Refuse a request without a challenge; raises `InvalidRequestError`."""
        data = grant.request.payload.data
        if not data.get("code_challenge") or data.get("code_challenge_method") != _METHOD:
            raise InvalidRequestError("PKCE is required: code_challenge, and code_challenge_method=S256.")
        super().validate_code_challenge(grant, redirect_uri)


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]
    """A code for what was agreed to, and tokens for a code."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTHENTICATION_METHODS
    granting: Granting

    def validate_requested_scope(self) -> None:
        """Nothing: what is left of a scope is told after somebody signed in."""

    def generate_authorization_code(self) -> str:
        """The code for what was decided, which is `request.user`."""
        request = self.request
        agreed: Agreement = request.user
        challenge = request.payload.data["code_challenge"]
        return self.granting.issuing.code(agreed, request.payload.redirect_uri, challenge)

    def save_authorization_code(self, code: str, request: Any) -> None:
        """Nothing: it was kept when it was made."""

    def query_authorization_code(self, code: str, client: OAuthClient) -> UsedCode | None:
        """The code, used from now on; None where it opens nothing to this client (RFC 6749 4.1.2)."""
        held = self.granting.used(CODE, code, client)
        return UsedCode(held) if held else None

    def authenticate_user(self, authorization_code: UsedCode) -> Held:
        """Whose agreement it was."""
        return authorization_code.held

    def generate_token(self, user: Held, scope: str, **_: Any) -> dict[str, Any]:
        """The answer with tokens."""
        return self.granting.tokens(user.authorization, scope)

    def delete_authorization_code(self, authorization_code: UsedCode) -> None:
        """Nothing: a used code is kept, since who brings it again has stolen it."""


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]
    """Tokens for a refresh token, which a new one replaces."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTHENTICATION_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True
    granting: Granting

    def authenticate_refresh_token(self, refresh_token: str) -> "UsedRefreshToken | None":
        """The token, used from now on; None where it opens nothing to this client (RFC 9700 4.14.2).

        Raises `InvalidScopeError` where more is asked for than was granted, and then it was not used.
        """
        scope = system_scope(self.granting.tenant)
        held = self.granting.kept.held(scope, REFRESH, digest_of(refresh_token[:LONGEST_HANDLE]))
        if held is None:
            return None
        asked = self.request.payload.scope
        if asked and not set(asked.split()) <= set(held.authorization.scope.split()):
            raise InvalidScopeError("More is asked for than was granted.")
        used = self.granting.used(REFRESH, refresh_token, self.request.client)
        return UsedRefreshToken(used) if used else None

    def authenticate_user(self, refresh_token: "UsedRefreshToken") -> Held:
        """Whose agreement it was."""
        return refresh_token.held

    def generate_token(self, user: Held, scope: str, **_: Any) -> dict[str, Any]:
        """The answer with tokens."""
        return self.granting.tokens(user.authorization, scope)

    def revoke_old_credential(self, refresh_token: "UsedRefreshToken") -> None:
        """Nothing: it was used."""


@dataclass(frozen=True, slots=True)
class UsedRefreshToken:
    """A refresh token that was used just now, as authlib asks of it."""

    held: Held

    def check_client(self, client: OAuthClient) -> bool:
        """Whether it is that client's."""
        return self.held.authorization.client == client.name

    def get_scope(self) -> str:
        """What was granted."""
        return self.held.authorization.scope


class ServiceGrant(ClientCredentialsGrant):  # type: ignore[misc]
    """Tokens for a service: one that signed an assertion, or an account with a secret."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTHENTICATION_METHODS
    granting: Granting

    def validate_requested_scope(self) -> None:
        """Refuse a scope of which nothing is left, rather than issue a token that opens nothing.

        Raises `InvalidScopeError`.
        """
        client = self.request.client
        if client.registered is None and not client.get_allowed_scope(self.request.payload.scope):
            raise InvalidScopeError

    def generate_token(self, scope: str | None = None, **_: Any) -> dict[str, Any]:
        """The answer with a token.

        Raises `InvalidScopeError` where nothing of the scope is left, `InvalidGrantError` where the account
        of the service is disabled.
        """
        client: OAuthClient = self.request.client
        if client.registered and client.registered.account:
            return self._of_service(client, client.registered.account, scope)
        allowed, accounts = client.get_allowed_scope(scope), self.granting.accounts
        token = accounts.issue(client.name, now() // _MICROSECONDS, allowed)
        return {
            "token_type": "Bearer",
            "access_token": token,
            "expires_in": accounts.lifetime,
            "scope": allowed,
        }

    def _of_service(self, client: OAuthClient, account: str, scope: str | None) -> dict[str, Any]:
        assert client.registered is not None  # noqa: S101 - for the checker of types
        try:
            left = wanted(scope or client.registered.scope, client.registered, ("system",))
            words = granted(left.words, self.granting.sign_in.scope(account), Context())
        except ScopeInvalid as error:
            raise InvalidScopeError(described(str(error))) from error
        except HilumError as error:
            raise InvalidGrantError("The account of this service is disabled.") from error
        if not words.clinical:
            raise InvalidScopeError("The account of this service may do nothing of this.")
        agreed = Agreement(client=client.name, subject=account, scope=str(words), at=now())
        return self.granting.issuing.for_service(agreed)


def bound(grant: type, granting: Granting) -> type:
    """A grant with what it works with, as authlib registers it."""
    return type(grant.__name__, (grant,), {"granting": granting})
