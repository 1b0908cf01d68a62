"""The authorization server in OpenAPI."""

from app.http.authorization.schemas import (
    ClientSchema,
    ClientTermsSchema,
    LaunchSchema,
    RegisteredClientSchema,
)
from app.http.kit.openapi import Operation, ProblemSchema
from app.security.authorization.oauth_clients import GRANT_TYPES

_FORM = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": list(GRANT_TYPES)},
        "client_id": {"type": "string"},
        "client_secret": {"type": "string", "description": "Or both by HTTP Basic."},
        "client_assertion_type": {"type": "string"},
        "client_assertion": {"type": "string", "description": "Signed (RFC 7523), in place of a secret."},
        "code": {"type": "string"},
        "redirect_uri": {"type": "string"},
        "code_verifier": {"type": "string", "description": "PKCE (RFC 7636), by S256."},
        "refresh_token": {"type": "string"},
        "scope": {
            "type": "string",
            "description": "Scopes of SMART App Launch 2.2; of an account with a secret, permissions. "
            "By spaces; absent: all that there is to have.",
        },
    },
}
_TOKEN = {
    "type": "object",
    "required": ["access_token", "token_type", "expires_in"],
    "properties": {
        "access_token": {"type": "string"},
        "token_type": {"type": "string", "enum": ["Bearer"]},
        "expires_in": {"type": "integer", "description": "Seconds."},
        "scope": {"type": "string"},
        "refresh_token": {"type": "string"},
        "id_token": {"type": "string"},
        "patient": {"type": "string", "description": "The id of the Patient of the launch."},
        "encounter": {"type": "string"},
        "need_patient_banner": {"type": "boolean"},
    },
}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
}
_KEYS = {"type": "object", "properties": {"keys": {"type": "array", "items": {"type": "object"}}}}
TOKEN = Operation(
    summary="Get an access token",
    tag="authorization",
    description="For a code, a refresh token or client credentials (RFC 6749 sections 4.1.3, 6, 4.4); "
    "failures are those of section 5.2. "
    "After too many wrong secrets 429 says in Retry-After how long to wait (RFC 6585 section 4).",
    form=_FORM,
    answers={200: _TOKEN, 400: _ERROR, 401: _ERROR, 429: ProblemSchema},
)
KEYS = Operation(summary="The public keys of tokens", tag="authorization", answers={200: _KEYS})
METADATA = Operation(
    summary="About the authorization server (RFC 8414)",
    tag="authorization",
    answers={200: {"type": "object"}},
)
_TOKEN_FORM = {
    "type": "object",
    "required": ["token"],
    "properties": {
        "token": {"type": "string"},
        "token_type_hint": {"type": "string", "enum": ["access_token", "refresh_token"]},
    },
}
_WORTH = {
    "type": "object",
    "required": ["active"],
    "properties": {"active": {"type": "boolean"}},
    "additionalProperties": True,
}
INTROSPECT = Operation(
    summary="What a token is worth (RFC 7662)",
    tag="authorization",
    description="Accounts with a secret ask of any token, other clients of their own.",
    form=_TOKEN_FORM,
    answers={200: _WORTH, 400: _ERROR, 401: _ERROR},
)
REVOKE = Operation(
    summary="End a token, and what it came from (RFC 7009)",
    tag="authorization",
    form=_TOKEN_FORM,
    answers={200: {"type": "object"}, 400: _ERROR, 401: _ERROR},
)
OPENID = Operation(
    summary="About the OpenID provider (OpenID Connect Discovery 1.0)",
    tag="authorization",
    answers={200: {"type": "object"}},
)
_LAUNCHED = {
    "type": "object",
    "required": ["launch", "iss", "expires_in"],
    "properties": {
        "launch": {"type": "string"},
        "iss": {"type": "string", "format": "uri"},
        "expires_in": {"type": "integer", "description": "Seconds."},
        "url": {"type": "string", "format": "uri", "description": "What to open, where the client says so."},
    },
}
LAUNCH = Operation(
    summary="Open an app for a patient (SMART App Launch 2.2)",
    tag="authorization",
    body=LaunchSchema,
    answers={201: _LAUNCHED},
    errors=(400, 404),
)
_CLIENTS = {
    "type": "object",
    "properties": {"clients": {"type": "array", "items": {"$ref": "#/components/schemas/RegisteredClient"}}},
}
CLIENTS = Operation(
    summary="The registered clients",
    tag="administration",
    answers={200: _CLIENTS},
    schemas=(RegisteredClientSchema,),
)
CLIENT_ADDED = Operation(
    summary="Register a client",
    tag="administration",
    body=ClientSchema,
    answers={201: RegisteredClientSchema},
    errors=(400, 409),
)
CLIENT_CHANGED = Operation(
    summary="Change a client; what was authorized to it ends within seconds",
    tag="administration",
    body=ClientTermsSchema,
    answers={200: RegisteredClientSchema},
    errors=(400, 404),
)
CLIENT_REMOVED = Operation(
    summary="Remove a client; what was authorized to it ends within seconds",
    tag="administration",
    answers={204: None},
    errors=(404,),
)
