"""The authorization server of authlib, made of our grants, endpoints and proofs of clients."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from authlib.integrations.flask_oauth2 import (  # type: ignore[import-untyped]
    AuthorizationServer,
)
from authlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.authenticate_client import (  # type: ignore[import-untyped]
    authenticate_client_secret_basic,
)
from authlib.oauth2.rfc6749.errors import (  # type: ignore[import-untyped]
    InvalidClientError,
)
from flask import Response, request

from app.http.kit.browsers import LARGEST_FORM, Browsers
from app.http.kit.request_context import asking
from app.records.people import PatientPicker
from app.security.account_tokens import AccountTokens
from app.security.authorization.assertions import ClientAssertions
from app.security.authorization.grants import (
    CodeGrant,
    Granting,
    ProofOfPossession,
    RefreshGrant,
    ServiceGrant,
    bound,
)
from app.security.authorization.launches import Launches
from app.security.authorization.oauth_clients import OAuthClient, clients_of
from app.security.authorization.registry import KEYS, Clients, RegisteredClient
from app.security.authorization.requests import SmartRequest
from app.security.authorization.signing_in import SignIn
from app.security.authorization.token_endpoints import (
    Introspection,
    KnownTokens,
    Revocation,
    working_with,
)
from app.security.browser_sessions import BrowserSessions, SessionHandle
from app.security.guesses import Guesses
from graph.scope import AccessScope

INTROSPECTION, REVOCATION = "introspection", "revocation"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationUses:
    """What the window calls; `id_key` is the public key of id tokens, `registered` looks a client up.

    `rights` tells what whoever is signed in at a browser may do now. `elsewhere` tells of the provider that
    people sign in at; None: here.
    """

    tokens: AccountTokens
    id_key: dict[str, object]
    registered: Callable[[str], RegisteredClient | None]
    guesses: Guesses
    sign_in: SignIn
    sessions: BrowserSessions
    rights: Callable[[SessionHandle], AccessScope]
    granting: Granting
    assertions: ClientAssertions
    known: KnownTokens
    launches: Launches
    clients: Clients
    picker: PatientPicker
    browsers: Browsers
    fhir_base: str
    elsewhere: Callable[[], Mapping[str, Any]] | None


class OAuthServer(AuthorizationServer):  # type: ignore[misc]
    """authlib's server, whose refusals are answers wherever they come up."""

    def answer(self, respond: Callable[[], Response]) -> Response:
        """The answer of an endpoint, also where the request could not even be read as one of OAuth 2.0."""
        request.max_content_length = LARGEST_FORM
        try:
            return respond()
        except OAuth2Error as error:
            refusal: Response = self.handle_error_response(None, error)
            return refusal


def oauth_server(uses: AuthorizationUses) -> OAuthServer:
    """The server over these use cases."""
    find = clients_of(uses.registered, uses.tokens.account, uses.sign_in.scope, uses.guesses, asking)
    server = OAuthServer(query_client=find, save_token=lambda token, request: None)
    server.register_client_auth_method("client_secret_basic", _by_basic)
    server.register_client_auth_method(KEYS, uses.assertions)
    of_codes = (ProofOfPossession(required=True), SmartRequest(uses.fhir_base))
    server.register_grant(bound(CodeGrant, uses.granting), of_codes)
    for grant in (RefreshGrant, ServiceGrant):
        server.register_grant(bound(grant, uses.granting))
    for endpoint in (Introspection, Revocation):
        server.register_endpoint(working_with(endpoint, uses.known))
    return server


def _by_basic(find: Callable[[str], OAuthClient], asked: Any) -> Any:
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
