"""Tokens for services: the token endpoint (RFC 6749 3.2), its metadata (RFC 8414) and its public keys.

The one grant is client_credentials. Errors here are those of RFC 6749 5.2. A failed and a successful sign-in
leave an audit entry like any other access.
"""

from collections.abc import Callable
from typing import Any

from authlib.integrations.flask_oauth2 import (  # type: ignore[import-untyped]
    AuthorizationServer,
)
from authlib.oauth2.rfc6749.authenticate_client import (  # type: ignore[import-untyped]
    authenticate_client_secret_basic,
)
from authlib.oauth2.rfc6749.errors import (  # type: ignore[import-untyped]
    InvalidClientError,
    InvalidScopeError,
)
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant  # type: ignore[import-untyped]
from flask import Blueprint, Response, jsonify, request

from app.http.authorization.clients import (
    AUTHENTICATION_METHODS,
    CLIENT_CREDENTIALS,
    Client,
    clients_of,
)
from app.http.authorization.description import KEYS, METADATA, TOKEN
from app.http.kit.guard import public
from app.http.kit.openapi import documented
from app.http.kit.request_context import current
from app.security.account_tokens import AccountTokens
from app.security.guesses import Guesses
from app.security.policy import PERMISSIONS

TOKEN_PATH = "/auth/token"  # noqa: S105 - a path
KEYS_PATH = "/auth/jwks"
METADATA_PATH = "/.well-known/oauth-authorization-server"
_LARGEST_FORM = 16 << 10
_MICROSECONDS = 1_000_000


class _ClientCredentials(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = AUTHENTICATION_METHODS

    def validate_requested_scope(self) -> None:
        """Refuse a scope of which nothing is left, rather than issue a token that opens nothing."""
        if not self.request.client.get_allowed_scope(self.request.payload.scope):
            raise InvalidScopeError


def blueprint(*, tokens: AccountTokens, guesses: Guesses) -> Blueprint:
    """The routes of the authorization server for the accounts of a tenant."""
    rooms = Blueprint("authorization", __name__)
    server = _server(tokens, guesses)

    @rooms.post(TOKEN_PATH)
    @public(audited=True)
    @documented(TOKEN)
    def issue_token() -> Response:
        request.max_content_length = _LARGEST_FORM
        answer: Response = server.create_token_response()
        return answer

    @rooms.get(KEYS_PATH)
    @public
    @documented(KEYS)
    def show_keys() -> Response:
        return jsonify(keys=[tokens.public_key()])

    @rooms.get(METADATA_PATH)
    @public
    @documented(METADATA)
    def describe() -> Response:
        return jsonify(metadata(tokens.issuer))

    return rooms


def _asking(client: str) -> str:
    """Note in the audit who says to be asking; the address that they ask from."""
    entry = current().entry
    if entry is not None:
        entry.claimed_by(client)
    return request.remote_addr or ""


def _server(tokens: AccountTokens, guesses: Guesses) -> Any:
    find = clients_of(tokens.account, guesses, _asking)
    server = AuthorizationServer(query_client=find, save_token=lambda token, request: None)
    server.register_client_auth_method("client_secret_basic", _by_basic)
    server.register_grant(_ClientCredentials)

    def generate(grant_type: str, client: Client, scope: str | None = None, **_: object) -> dict[str, Any]:
        allowed = client.get_allowed_scope(scope)
        now = current().received // _MICROSECONDS
        token = tokens.issue(client.name, now, allowed)
        return {
            "token_type": "Bearer",
            "access_token": token,
            "expires_in": tokens.lifetime,
            "scope": allowed,
        }

    server.register_token_generator("default", generate)
    return server


def _by_basic(find: Callable[[str], Client], asked: Any) -> Any:
    """The client that a Basic header proves to be; None where there is no such header.

    Raises `InvalidClientError`, a 401 with its challenge (RFC 6749 5.2), for a wrong or a malformed one.
    """
    try:
        client = authenticate_client_secret_basic(find, asked)
    except ValueError:  # no base64, or no UTF-8 in it (RFC 7617 2)
        client = None
    if client is None and asked.headers.get("Authorization", "").lower().startswith("basic"):
        raise InvalidClientError(status_code=401, description="The Basic credentials are wrong or malformed.")
    return client


def metadata(base_url: str) -> dict[str, Any]:
    """The authorization server metadata of RFC 8414 section 2."""
    return {
        "issuer": base_url,
        "token_endpoint": base_url + TOKEN_PATH,
        "jwks_uri": base_url + KEYS_PATH,
        "scopes_supported": sorted(PERMISSIONS),
        "response_types_supported": [],
        "grant_types_supported": [CLIENT_CREDENTIALS],
        "token_endpoint_auth_methods_supported": list(AUTHENTICATION_METHODS),
    }
