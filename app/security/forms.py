"""The forms of what administrators send, as marshmallow schemas: what is accepted, and what OpenAPI shows."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from app.form_words import refused_field
from app.security.plain_text import plain_lines
from app.security.policy import PERMISSIONS
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.security_labels import DELICATE
from fhir_profiles.validation.structure import value_set
from graph.accounts.records import DEPARTMENTS, FHIR_USERS, MOST_DEPARTMENTS, RESEARCH
from graph.accounts.roles import ANY, RoleView, RowSource, family
from graph.wording import marked

ROLE_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}\Z")
USER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@:-]{0,63}\Z")
_UID = re.compile(r"(?=.{3,64}\Z)[0-9]+(?:\.[0-9]+)+\Z")
_ID = r"[A-Za-z0-9.-]{1,64}"
_LONGEST_TEXT = 1_000

_ACTIONS = sorted({ANY, *PERMISSIONS, *map(family, PERMISSIONS)})
PURPOSES = sorted(code for codes in value_set("v3-PurposeOfUse").values() for code in codes)


def _references(kinds: frozenset[str]) -> validate.Regexp:
    either = "|".join(sorted(kinds))
    return validate.Regexp(rf"(?:{either})/{_ID}\Z", error=f"A reference to {' or '.join(sorted(kinds))}.")


def _words(of: Any, **more: Any) -> fields.List[Any]:
    return fields.List(fields.String(validate=validate.OneOf(sorted(of))), **more)


class Plain(Schema):
    """A JSON object without unknown names."""

    class Meta:
        unknown = RAISE


class RoleFormSchema(Plain):
    """A role: what it may do, whose rows that reaches, how they are shown."""

    description = fields.String(load_default="", validate=[validate.Length(max=_LONGEST_TEXT), plain_lines])
    purpose = fields.String(
        required=True,
        validate=validate.OneOf(PURPOSES, error=marked("A code of v3-PurposeOfUse.")),
        metadata={"description": "Why it asks: a code of v3-PurposeOfUse."},
    )
    actions = _words(_ACTIONS, required=True, metadata={"description": "Permissions, families of them, all."})
    not_actions = _words(
        _ACTIONS, data_key="notActions", load_default=list, metadata={"description": "Not held in any case."}
    )
    rows = _words(map(str, RowSource), required=True, metadata={"description": "Where its rows come from."})
    view = fields.String(
        load_default=str(RoleView.IDENTIFIED), validate=validate.OneOf(list(map(str, RoleView)))
    )
    writable = fields.List(
        fields.String(validate=validate.OneOf(sorted(RESOURCE_TYPES), error=marked("A type of resources."))),
        load_default=None,
        allow_none=True,
        metadata={"description": "The types that it may write over FHIR; null: every type."},
    )
    labels = fields.List(
        fields.String(validate=validate.OneOf(sorted(DELICATE), error=marked("A delicate security label."))),
        load_default=None,
        allow_none=True,
        metadata={"description": "The delicate security labels that it sees, by their codes; null: all."},
    )
    second_factor = fields.Boolean(
        data_key="secondFactor",
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "Whether who has it signs in with a second factor only."},
    )


class UserFormSchema(Plain):
    """An account: its role, and whom it stands for."""

    role = fields.String(required=True, validate=validate.Regexp(ROLE_NAME))
    disabled = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    fhir_user = fields.String(
        data_key="fhirUser",
        load_default=None,
        allow_none=True,
        validate=_references(FHIR_USERS),
        metadata={"description": "Whose own record, or whose work it is: Patient/…, Practitioner/…"},
    )
    departments = fields.List(
        fields.String(validate=_references(DEPARTMENTS)),
        load_default=list,
        validate=validate.Length(max=MOST_DEPARTMENTS),
    )


class GrantFormSchema(Plain):
    """A grant of exactly one patient, study or purpose, for good or until a moment."""

    patient = fields.String(validate=validate.Regexp(rf"{_ID}\Z"), metadata={"description": "An id."})
    study = fields.String(validate=validate.Regexp(_UID), metadata={"description": "A Study Instance UID."})
    purpose = fields.String(validate=validate.OneOf([RESEARCH]))
    until = fields.AwareDateTime(
        format="iso", load_default=None, allow_none=True, metadata={"description": "With an offset."}
    )


def read_form(schema: Schema, raw: Any) -> dict[str, Any]:
    """What a form says; raises `Invalid` with the JSONPath of the first thing that is wrong."""
    try:
        found: dict[str, Any] = schema.load(raw)
    except ValidationError as error:
        path, message = next(_faults(error.messages, "$"))
        raise refused_field(message, path) from None
    return found


def _faults(messages: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(messages, Mapping):
        yield from ((path, str(each)) for each in messages)
        return
    for key, inner in messages.items():
        below = path if key == "_schema" else f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}"
        yield from _faults(inner, below)
