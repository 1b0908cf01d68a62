"""Cohort questions in OpenAPI: the form of a question is the one it is read by, that of an answer is here."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from app.cohorts.schemas import SPELLED_OUT, QuestionSchema
from app.http.kit.openapi import Operation
from app.samples.answer import question


class CountsSchema(Schema):
    """How many patients; null where the number is withheld, or not asked for."""

    matched = fields.Integer(required=True, allow_none=True)
    unknown_ = fields.Integer(required=True, allow_none=True, data_key="unknown")


class VerdictSchema(Schema):
    """One patient."""

    reference = fields.String(required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(["matched", "unknown"]))
    deciding = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "JSONPaths of the conditions that decide; none under pseudonyms."},
    )


class LinkSchema(Schema):
    """A row that belongs to a study."""

    from_ = fields.String(required=True, data_key="from")
    to = fields.String(required=True)
    via = fields.String(required=True, validate=validate.OneOf(["imagingStudy", "basedOn", "accession"]))


class AnswerSchema(Schema):
    """The answer to a cohort question."""

    cohort = fields.String(required=True, metadata={"description": "SHA-256 of the question's normal form."})
    as_of = fields.Date(required=True, data_key="asOf")
    counts = fields.Nested(CountsSchema, required=True)
    patients = fields.List(fields.Nested(VerdictSchema), required=True)
    rows = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Dict(keys=fields.String())),
        required=True,
        metadata={"description": "Under the names of `output.rows`; each with patient and reference."},
    )
    links = fields.List(fields.Nested(LinkSchema), required=True)
    next_ = fields.String(required=True, allow_none=True, data_key="next")


MISSION: Mapping[str, Any] = question(date(2026, 11, 22))
"""The sample data's question, as the example of the request."""
QUERY = Operation(
    summary="Ask a cohort question",
    tag="cohorts",
    description="Who fits, of whom nobody can say and why, and the rows and links that belong to them. "
    "A caller who sees pseudonyms is told of no small number of patients, compares dates by their years, and "
    "gets pages of one size.",
    body=QuestionSchema,
    answers={200: AnswerSchema},
    schemas=SPELLED_OUT,
    examples={"mission": MISSION},
)
