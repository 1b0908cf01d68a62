"""The form of a saved cohort, as a marshmallow schema: what is sent to save one, and what OpenAPI shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.cohorts.language.forms import Strict
from app.cohorts.language.places import first_fault
from app.cohorts.language.schemas import QuestionSchema
from app.security.plain_text import plain_line, plain_lines
from graph.cohorts.records import CohortTerms
from graph.wording import marked

MOST_SHARED = 100
_LENGTH = validate.Length(min=1, max=200)
_READABLE = validate.Regexp(r".*\S", error=marked("A name that can be read."))
_NAME = (_LENGTH, plain_line, _READABLE)
_NAMES = validate.Length(max=MOST_SHARED)


class SharingSchema(Strict):
    """With whom a cohort is shared: they see it, its versions and whom it finds under their own rights.

    Whether there is somebody of a name is not asked: it would tell who shares which accounts there are, which
    only those learn who manage them, and who comes from a provider has none before they sign in.
    """

    users = fields.List(
        fields.String(validate=_NAME), validate=_NAMES, metadata={"description": "Names of users."}
    )
    roles = fields.List(
        fields.String(validate=_NAME), validate=_NAMES, metadata={"description": "Names of roles."}
    )


class SavingSchema(Strict):
    """A cohort that is to be saved."""

    name = fields.String(required=True, validate=_NAME)
    description = fields.String(validate=(validate.Length(max=4_000), plain_lines))
    question = fields.Nested(QuestionSchema, required=True)
    shared_with = fields.Nested(SharingSchema)


@dataclass(frozen=True, slots=True)
class CohortForm:
    """What is to be saved: its terms, and its question as JSON, without a page of its answer."""

    terms: CohortTerms
    question: Mapping[str, Any]


_SCHEMA = SavingSchema()


def read_form(raw: Any) -> CohortForm:
    """Read what is sent to save a cohort; raises `Invalid` with the JSONPath of what is wrong."""
    try:
        _SCHEMA.load(raw)
    except ValidationError as error:
        raise first_fault(error.messages_dict, raw) from None
    shared = raw.get("sharedWith", {})
    terms = CohortTerms(
        raw["name"].strip(),
        raw.get("description", ""),
        tuple(dict.fromkeys(shared.get("users", ()))),
        tuple(dict.fromkeys(shared.get("roles", ()))),
    )
    return CohortForm(terms, {name: value for name, value in raw["question"].items() if name != "page"})
