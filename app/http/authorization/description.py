"""The authorization server in OpenAPI."""

from app.http.kit.openapi import Operation, ProblemSchema

_FORM = {
    "type": "object",
    "required": ["grant_type"],
    "properties": {
        "grant_type": {"type": "string", "enum": ["client_credentials"]},
        "client_id": {"type": "string"},
        "client_secret": {"type": "string", "description": "Or both by HTTP Basic."},
        "scope": {"type": "string", "description": "Permissions, by spaces; absent: all of the account."},
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
    description="Client credentials (RFC 6749 section 4.4); failures are those of section 5.2. "
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
