"""Roles, users, grants and break-glass in OpenAPI."""

from marshmallow import Schema

from app.http.kit.openapi import Json, Operation, QueryParameter, query_parameters
from app.security.break_glass import BreakGlassFormSchema, GlassVerdict, ReviewFormSchema
from app.security.forms import GrantFormSchema, RoleFormSchema, UserFormSchema

MOST_LISTED, USUALLY_LISTED = 1_000, 100
_TAG, _GLASS_TAG = "administration", "break-glass"
_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_MOMENT = {"type": "string", "format": "date-time"}
_ROLE = {
    "type": "object",
    "required": ["name", "shipped", "actions", "notActions", "rows", "view", "writable", "purpose"],
    "properties": {
        "name": _TEXT,
        "shipped": {"type": "boolean", "description": "As it came with the release."},
        "description": _TEXT,
        "purpose": _TEXT,
        "actions": _TEXTS,
        "notActions": _TEXTS,
        "permissions": {**_TEXTS, "description": "What it may do: actions less notActions, in its view."},
        "rows": _TEXTS,
        "view": _TEXT,
        "writable": {"type": ["array", "null"], "items": _TEXT},
        "labels": {"type": ["array", "null"], "items": _TEXT},
    },
}
_USER = {
    "type": "object",
    "required": ["name", "role", "disabled", "hasSecret", "fhirUser", "departments"],
    "properties": {
        "name": _TEXT,
        "role": _TEXT,
        "disabled": {"type": "boolean"},
        "hasSecret": {"type": "boolean"},
        "fhirUser": {"type": ["string", "null"]},
        "departments": _TEXTS,
    },
}
_GRANT = {
    "type": "object",
    "required": ["id", "grantedAt", "grantedBy"],
    "properties": {
        "id": _TEXT,
        "patient": _TEXT,
        "study": _TEXT,
        "purpose": _TEXT,
        "until": _MOMENT,
        "grantedAt": _MOMENT,
        "grantedBy": _TEXT,
    },
}
_GLASS = {
    "type": "object",
    "required": ["id", "user", "role", "patient", "reason", "text", "openedAt", "until"],
    "properties": {
        "id": _TEXT,
        "user": _TEXT,
        "role": _TEXT,
        "patient": {"type": "string", "description": "The id of a Patient."},
        "reason": _TEXT,
        "text": _TEXT,
        "openedAt": _MOMENT,
        "until": {**_MOMENT, "description": "When it closes, or was closed."},
        "endedBy": _TEXT,
        "reviewedAt": _MOMENT,
        "reviewedBy": _TEXT,
        "verdict": {"type": "string", "enum": list(map(str, GlassVerdict))},
        "comment": _TEXT,
    },
}


def listed(name: str, item: object) -> dict[str, object]:
    """The schema of a page of a list under its name."""
    return {
        "type": "object",
        "required": [name],
        "properties": {
            name: {"type": "array", "items": item},
            "next": {"type": "string", "format": "uri", "description": "The next page; absent on the last."},
        },
    }


def window(after: str) -> QueryParameter:
    """The parameter that says after which one a page begins."""
    return QueryParameter("after", _TEXT, f"The {after} of the last one on the page before.")


LIMIT = QueryParameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": MOST_LISTED, "default": USUALLY_LISTED}, "At most."
)
_WAITING = QueryParameter("reviewed", {"type": "string", "enum": ["yes", "no"]}, "Only those judged, or not.")


def _changing(summary: str, body: type[Schema], answer: Json, description: str) -> Operation:
    return Operation(
        summary=summary,
        tag=_TAG,
        description=description,
        answers={200: answer, 201: answer},
        errors=(400, 403, 409),
        body=body,
        schemas=(body,),
    )


ROLES = Operation(summary="List the roles", tag=_TAG, answers={200: listed("roles", _ROLE)})
ROLE = Operation(summary="See a role", tag=_TAG, answers={200: _ROLE}, errors=(404,))
PUT_ROLE = _changing(
    "Make or change a role",
    RoleFormSchema,
    _ROLE,
    "In force within two seconds. A shipped one of its name no longer counts.",
)
REMOVE_ROLE = Operation(
    summary="Remove a role of your own",
    tag=_TAG,
    description="A shipped role of its name counts again.",
    answers={204: None},
    errors=(403, 404, 409),
)
USERS = Operation(
    summary="List the users",
    tag=_TAG,
    answers={200: listed("users", _USER)},
    parameters=query_parameters(LIMIT, window("name")),
)
USER = Operation(summary="See a user", tag=_TAG, answers={200: _USER}, errors=(404,))
PUT_USER = _changing(
    "Make or change a user",
    UserFormSchema,
    _USER,
    "`oidc:SUBJECT` stands for a person of the outside provider. 409 where nobody would be left who manages.",
)
NEW_SECRET = Operation(
    summary="Give a user another client secret",
    tag=_TAG,
    description="It is told this once, and the one before is no longer right.",
    answers={200: {"type": "object", "required": ["secret"], "properties": {"secret": _TEXT}}},
    errors=(404,),
)
RESET_FACTOR = Operation(
    summary="Reset the second factor of a user",
    tag=_TAG,
    description="For who has lost it. Their browser sessions end; where they need one, they set up another.",
    answers={204: None},
    errors=(403, 404),
)
END_SESSIONS = Operation(
    summary="Sign a user out at every browser",
    tag=_TAG,
    description="In force within two seconds. Apps that they allowed something go on.",
    answers={204: None},
    errors=(404,),
)
GRANTS = Operation(
    summary="List the grants of a user",
    tag=_TAG,
    answers={200: listed("grants", _GRANT)},
    errors=(404,),
    parameters=query_parameters(LIMIT, window("id")),
)
GRANT = Operation(
    summary="Give a user a patient, a study or a purpose",
    tag=_TAG,
    description="Twice is once, with the end that was said last.",
    answers={201: {"type": "object", "required": ["id"], "properties": {"id": _TEXT}}},
    errors=(400, 403, 404),
    body=GrantFormSchema,
    schemas=(GrantFormSchema,),
)
TAKE_BACK = Operation(
    summary="Take a grant back", tag=_TAG, description="In force at once.", answers={204: None}, errors=(404,)
)
OPEN = Operation(
    summary="Open a patient's record in an emergency",
    tag=_GLASS_TAG,
    description="For a time, with a reason that somebody else judges. What is opened is an id: whether there "
    "is such a patient, reading tells.",
    answers={201: _GLASS},
    errors=(400, 409),
    body=BreakGlassFormSchema,
    schemas=(BreakGlassFormSchema,),
)
OPENED = Operation(
    summary="List the records that were opened",
    tag=_GLASS_TAG,
    description="The last first: all for who judges them, their own for who may open only.",
    answers={200: listed("opened", _GLASS)},
    parameters=query_parameters(LIMIT, _WAITING, window("openedAt and id, with a comma between,")),
)
CLOSE = Operation(
    summary="Close a record that was opened",
    tag=_GLASS_TAG,
    description="By who opened it, or who judges; in force at once.",
    answers={200: _GLASS},
    errors=(404,),
)
REVIEW = Operation(
    summary="Judge that a record was opened",
    tag=_GLASS_TAG,
    description="Not by who opened it. What was not justified is closed with it.",
    answers={200: _GLASS},
    errors=(400, 403, 404, 409),
    body=ReviewFormSchema,
    schemas=(ReviewFormSchema,),
)
