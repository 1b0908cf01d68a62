"""The JSON of registration and of launches, as marshmallow schemas: what is read, and what OpenAPI shows."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.http.kit.bodies import read_json
from app.security.authorization.launches import LaunchContext
from app.security.authorization.registry import (
    LONGEST_NAME,
    METHODS,
    PUBLIC,
    ClientWanted,
    RegisteredClient,
    Registration,
)
from graph.errors import Invalid

_LARGEST = 256 << 10
_TEXT = validate.Length(min=1, max=2_048)
_ID = validate.Regexp(r"[A-Za-z0-9.-]{1,64}\Z", error="An id of FHIR: letters, digits, dots and dashes.")


class ClientTermsSchema(Schema):
    """What may be changed of a client."""

    class Meta:
        unknown = RAISE

    name = fields.String(
        validate=validate.Length(min=1, max=LONGEST_NAME),
        metadata={"description": "What people read at the consent screen."},
    )
    scope = fields.String(validate=_TEXT, metadata={"description": "The most that it may ask for."})
    redirect_uris = fields.List(
        fields.String(validate=_TEXT),
        data_key="redirectUris",
        load_default=(),
        metadata={"description": "Where codes may be sent, to the letter."},
    )
    jwks = fields.Dict(metadata={"description": "Its public keys, a JWK set (RFC 7517 5)."})
    jwks_uri = fields.String(data_key="jwksUri", validate=_TEXT)
    launch_uri = fields.String(data_key="launchUri", validate=_TEXT)


class ClientSchema(ClientTermsSchema):
    """A client to be registered."""

    client_id = fields.String(required=True, data_key="clientId", validate=_TEXT)
    method = fields.String(
        validate=validate.OneOf(METHODS),
        load_default=PUBLIC,
        metadata={"description": "How it proves itself at the token endpoint (RFC 7591 2)."},
    )
    account = fields.String(
        validate=_TEXT, metadata={"description": "Of a service: the account whose rights it has."}
    )


class RegisteredClientSchema(ClientSchema):
    """A client that is registered; its secret is shown when it is made, and never again."""

    has_secret = fields.Boolean(data_key="hasSecret")
    secret = fields.String()


class LaunchSchema(Schema):
    """What an app is to be opened for."""

    class Meta:
        unknown = RAISE

    user = fields.String(
        validate=_TEXT, metadata={"description": "Who is to sign in; without it, whoever asks."}
    )
    patient = fields.String(validate=_ID, metadata={"description": "The id of a Patient."})
    encounter = fields.String(validate=_ID, metadata={"description": "The id of an Encounter."})
    client = fields.String(validate=_TEXT, metadata={"description": "The client that it is for."})


def _read(schema: Schema) -> dict[str, Any]:
    """The body of the request; raises `Invalid` with the first field that is wrong."""
    body = read_json(_LARGEST)
    try:
        found: dict[str, Any] = schema.load(body)
    except ValidationError as error:
        messages = error.messages_dict
        field = str(next(iter(messages)))
        raise Invalid(f"{field}: {_first(messages[field])}", location=field[:64]) from None
    return found


def _first(message: Any) -> str:
    while isinstance(message, dict | list) and message:
        message = message[0] if isinstance(message, list) else next(iter(message.values()))
    return str(message)


def read_client() -> ClientWanted:
    """The client that the body of the request describes; raises `Invalid`."""
    found = _read(ClientSchema())
    return ClientWanted(**{**found, "redirect_uris": tuple(found["redirect_uris"])})


def read_client_terms(client_id: str) -> ClientWanted:
    """What the body of the request says of the client of that id; raises `Invalid`."""
    found = _read(ClientTermsSchema())
    return ClientWanted(client_id=client_id, **{**found, "redirect_uris": tuple(found["redirect_uris"])})


def read_launch(subject: str) -> LaunchContext:
    """The launch that the body describes, of `subject` where it names nobody; raises `Invalid`."""
    return LaunchContext(**{"user": subject, **_read(LaunchSchema())})


def shown_client(client: RegisteredClient) -> dict[str, Any]:
    """A client as JSON, without what is secret."""
    shown = {
        "clientId": client.client_id,
        "name": client.name,
        "method": client.method,
        "scope": client.scope,
        "redirectUris": list(client.redirect_uris),
        "jwksUri": client.jwks_uri,
        "account": client.account,
        "launchUri": client.launch_uri,
        "hasSecret": client.secret_hash is not None,
    }
    return {name: value for name, value in shown.items() if value is not None}


def shown_registration(made: Registration) -> dict[str, Any]:
    """A client that was registered just now, with its secret."""
    return {**shown_client(made.client), **({"secret": made.secret} if made.secret else {})}
