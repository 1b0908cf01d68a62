"""Signed assertions by which clients prove themselves (RFC 7523, SMART App Launch 2.2 client-confidential-
asymmetric.html): five minutes at the most, once, under a key that was registered."""

from collections.abc import Callable
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidClientError  # type: ignore[import-untyped]
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError

from app.security.authorization.client_keys import ASSERTION_ALGORITHMS, ClientKeys
from app.security.authorization.handles import digest_of
from app.security.authorization.oauth_clients import OAuthClient
from app.security.authorization.registry import KEYS
from app.security.scopes import system_scope
from app.security.tokens import InvalidToken, claims_unverified, header_registry, readable_header
from graph.authorization.authorizations import ASSERTION, AuthorizationStore
from graph.clock import now
from graph.errors import HilumError

LONGEST_ASSERTION_LIFE = 300  # seconds
_LEEWAY = 10
_MICROSECONDS = 1_000_000
_LONGEST_ID = 255


class ClientAssertions(JWTBearerClientAssertion):  # type: ignore[misc]
    """Tells whose assertion a request carries; called by authlib with a request.

    `token_url` is the one audience. An assertion is kept until it has expired, so that it counts once.
    """

    CLIENT_AUTH_METHOD = KEYS

    def __init__(self, keys: ClientKeys, kept: AuthorizationStore, tenant: str, token_url: str) -> None:
        super().__init__(leeway=_LEEWAY)
        self._keys = keys
        self._kept = kept
        self._tenant = tenant
        self._audience = token_url

    def __call__(self, query_client: Callable[[str], OAuthClient], request: Any) -> OAuthClient | None:
        """The client that an assertion proves; None where a request carries none.

        Raises `InvalidClientError` for one that proves nothing.
        """
        form = request.form
        if form.get("client_assertion_type") != self.CLIENT_ASSERTION_TYPE or not form.get(
            "client_assertion"
        ):
            return None
        assertion = str(form["client_assertion"])
        try:
            header, claims = readable_header(assertion), claims_unverified(assertion)
        except InvalidToken as error:
            raise InvalidClientError(description="The assertion is no signed token.") from error
        name, kid = claims.get("sub"), header.get("kid")
        if not isinstance(name, str) or form.get("client_id", name) != name:
            raise InvalidClientError(description="The assertion names no client, or another one.")
        client = query_client(name)
        key = self._keys.find(client.registered, kid) if client.registered and isinstance(kid, str) else None
        if key is None:
            raise InvalidClientError(description="The key of the assertion is none that was registered.")
        request.client = client
        self.process_assertion_claims(assertion, key)
        return client

    def process_assertion_claims(self, assertion: str, resolve_key: Any) -> Any:
        """The claims of an assertion that holds; raises `InvalidClientError`."""
        try:
            token = jwt.decode(assertion, resolve_key, registry=header_registry(ASSERTION_ALGORITHMS))
        except (JoseError, ValueError, TypeError) as error:
            raise InvalidClientError(description="The signature of the assertion does not fit.") from error
        self.verify_claims(token.claims)
        return token.claims

    def verify_claims(self, claims: Any) -> None:
        """Hold the claims to what they must say; raises `InvalidClientError`."""
        expires, identifier = claims.get("exp"), claims.get("jti")
        seconds = now() // _MICROSECONDS
        if not isinstance(expires, int) or expires - seconds > LONGEST_ASSERTION_LIFE + _LEEWAY:
            raise InvalidClientError(description="An assertion expires within five minutes.")
        if not isinstance(identifier, str) or not 0 < len(identifier) <= _LONGEST_ID:
            raise InvalidClientError(description="An assertion has an id, jti.")
        super().verify_claims(claims)

    def get_audiences(self) -> list[str]:
        """The address of the token endpoint."""
        return [self._audience]

    def validate_jti(self, claims: Any, jti: str) -> bool:
        """Whether an assertion is new; it is not from then on.

        Raises `InvalidClientError` where that cannot be known now.
        """
        moment = now()
        until = (claims["exp"] + _LEEWAY) * _MICROSECONDS
        digest = digest_of(f"{claims['sub']}\0{jti}")
        try:
            return self._kept.keep(
                system_scope(self._tenant), ASSERTION, digest, until=until, now=moment, kept={}
            )
        except HilumError as error:
            raise InvalidClientError(description="Assertions cannot be checked now.") from error
