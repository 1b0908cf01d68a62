"""The authorization server: tokens and what they are worth (RFC 6749 3.2, 7009, 7662), and how to find it.

Errors here are those of RFC 6749 5.2. A failed and a successful sign-in leave an audit entry like any other
access. The pages are in `routes_authorize.py` beside, registration in `routes_clients.py`.
"""

from typing import cast

from flask import Blueprint, Response, jsonify

from app.http.authorization.description import (
    INTROSPECT,
    KEYS,
    METADATA,
    OPENID,
    REVOKE,
    TOKEN,
)
from app.http.authorization.discovery import (
    INTROSPECT_PATH,
    KEYS_PATH,
    METADATA_PATH,
    OPENID_PATH,
    REVOKE_PATH,
    SMART_PATH,
    TOKEN_PATH,
    metadata,
    openid_configuration,
    smart_configuration,
)
from app.http.authorization.routes_authorize import add_authorization
from app.http.authorization.routes_clients import add_clients
from app.http.authorization.routes_launch import add_launch
from app.http.authorization.server import (
    INTROSPECTION,
    REVOCATION,
    AuthorizationUses,
    OAuthServer,
    oauth_server,
)
from app.http.kit.guard import public
from app.http.kit.openapi import documented


def blueprint(uses: AuthorizationUses) -> Blueprint:
    """The routes of the authorization server for the accounts and clients of a tenant."""
    rooms = Blueprint("authorization", __name__, template_folder="templates")
    server = oauth_server(uses)
    _add_tokens(rooms, server)
    _add_documents(rooms, uses)
    add_authorization(rooms, server, uses)
    add_launch(rooms, uses.launches, uses.picker)
    add_clients(rooms, uses.clients)
    return rooms


def _add_tokens(rooms: Blueprint, server: OAuthServer) -> None:
    @rooms.post(TOKEN_PATH)
    @public(audited=True)
    @documented(TOKEN)
    def issue_token() -> Response:
        return server.answer(server.create_token_response)

    @rooms.post(INTROSPECT_PATH)
    @public(audited=True)
    @documented(INTROSPECT)
    def introspect() -> Response:
        return server.answer(lambda: cast(Response, server.create_endpoint_response(INTROSPECTION)))

    @rooms.post(REVOKE_PATH)
    @public(audited=True)
    @documented(REVOKE)
    def revoke() -> Response:
        return server.answer(lambda: cast(Response, server.create_endpoint_response(REVOCATION)))


def _add_documents(rooms: Blueprint, uses: AuthorizationUses) -> None:
    base = uses.tokens.issuer

    @rooms.get(KEYS_PATH)
    @public
    @documented(KEYS)
    def show_keys() -> Response:
        return _for_everybody(jsonify(keys=[uses.tokens.public_key(), uses.id_key]))

    @rooms.get(METADATA_PATH)
    @public
    @documented(METADATA)
    def describe() -> Response:
        return _for_everybody(jsonify(metadata(base)))

    @rooms.get(OPENID_PATH)
    @public
    @documented(OPENID)
    def describe_openid() -> Response:
        return _for_everybody(jsonify(openid_configuration(base)))

    @rooms.get(SMART_PATH)
    @public
    def smart_metadata() -> Response:
        elsewhere = uses.elsewhere() if uses.elsewhere else None
        return _for_everybody(jsonify(smart_configuration(base, uses.fhir_base, elsewhere)))


def _for_everybody(answer: Response) -> Response:
    """A document that scripts of any page may read (SMART App Launch 2.2: discovery is open to all)."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
