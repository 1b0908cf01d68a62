"""Cohort questions in OpenAPI: the form of a question is the one it is read by, that of an answer is here."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate

from app.cohorts.answers.explaining import ExplainedSchema
from app.cohorts.language.question import AnswerFormat
from app.cohorts.language.schemas import SPELLED_OUT, QuestionSchema
from app.http.cohorts.answered import ARCHIVE, MEDIA
from app.http.kit.openapi import Content, Operation, QueryParameter, query_parameters
from app.samples.answer import question


class CountsSchema(Schema):
    """How many patients; null where the number is withheld, or not asked for."""

    matched = fields.Integer(required=True, allow_none=True)
    unknown_ = fields.Integer(required=True, allow_none=True, data_key="unknown")


class LackingSchema(Schema):
    """A condition that is unknown of a patient, and what would decide it."""

    path = fields.String(required=True)
    data = fields.List(fields.String(), required=True, metadata={"description": "FHIR elements."})


class VerdictSchema(Schema):
    """One patient."""

    reference = fields.String(required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(["matched", "unknown"]))
    deciding = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "JSONPaths of the conditions that decide; none under pseudonyms."},
    )
    missing = fields.List(
        fields.Nested(LackingSchema),
        required=True,
        metadata={"description": "Of an unknown one, what would decide; none under pseudonyms."},
    )


class LinkSchema(Schema):
    """A row that belongs to a study."""

    from_ = fields.String(required=True, data_key="from")
    to = fields.String(required=True)
    via = fields.String(required=True, validate=validate.OneOf(["imagingStudy", "basedOn", "accession"]))


class CellSchema(Schema):
    """How many patients have these values of the dimensions, in their order."""

    values = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "`unknown` where it is not said, `none` where there is no such row."},
    )
    patients = fields.Integer(required=True)


class MarginSchema(Schema):
    """How many patients have a value of one dimension."""

    value = fields.String(required=True)
    patients = fields.Integer(required=True)


class TallySchema(Schema):
    """Those who match, counted by `output.by`; a number that is withheld is not there."""

    dimensions = fields.List(fields.Dict(keys=fields.String()), required=True)
    total = fields.Integer(required=True, allow_none=True)
    cells = fields.List(fields.Nested(CellSchema), required=True)
    margins = fields.List(
        fields.List(fields.Nested(MarginSchema)),
        required=True,
        metadata={"description": "Of each of two dimensions."},
    )
    withheld = fields.Boolean(required=True, metadata={"description": "Whether some number is."})
    off = fields.Integer(
        required=True, metadata={"description": "By how much a number but the total may be off, at most."}
    )


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
    by = fields.Nested(
        TallySchema, metadata={"description": "On the first page, where the question asks for it."}
    )
    next_ = fields.String(required=True, allow_none=True, data_key="next")


class StepSchema(Schema):
    """A condition, and who is left with it and those before it; null where that cannot be counted now."""

    condition = fields.Dict(required=True)
    counts = fields.Nested(CountsSchema, required=True, allow_none=True)


class RelaxationSchema(Schema):
    """One change of the question, and how many match then; `now` null: it is left out."""

    path = fields.String(required=True)
    was = fields.Raw(required=True, allow_none=True)
    now = fields.Raw(required=True, allow_none=True)
    matched = fields.Integer(required=True)
    question = fields.Dict(required=True)


class ExplanationSchema(Schema):
    """Why so many match, and what would make it more."""

    as_of = fields.Date(required=True, data_key="asOf")
    counts = fields.Nested(CountsSchema, required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)
    relaxation = fields.Nested(RelaxationSchema, required=True, allow_none=True)
    alternatives = fields.List(fields.Nested(RelaxationSchema), required=True)
    complete = fields.Boolean(
        required=True, metadata={"description": "False where a request ended before every change was tried."}
    )


_FILE: Mapping[str, Any] = {"type": "string", "format": "binary"}
FORMS = Content(
    {
        str(MEDIA[AnswerFormat.TABLE]): {"$ref": "#/components/schemas/Answer"},
        **{str(each): _FILE for form, each in MEDIA.items() if form is not AnswerFormat.TABLE},
        str(ARCHIVE): _FILE,
    }
)
"""The answer in every form: a page as JSON, and whole in any other."""
IN_FORMS = (
    " As JSON a page at a time; as CSV, NDJSON, Parquet or a FHIR Bundle whole, by `output.format` and "
    "Accept. Several tables come as a zip with a manifest, or one of them by its name."
)
TABLE = QueryParameter("table", {"type": "string"}, "One table of a whole answer, by its name.")
ERRORS = (403, 406, 413, 429, 503)
SHAPES: tuple[type[Schema], ...] = (*SPELLED_OUT, AnswerSchema)

MISSION: Mapping[str, Any] = question(date(2026, 11, 22))
"""The sample data's question, as the example of the request."""
QUERY = Operation(
    summary="Ask a cohort question",
    tag="cohorts",
    description="Who fits, of whom nobody can say and why, and the rows and links that belong to them. "
    "A caller who sees pseudonyms is told of no small number of patients, compares dates by their years, and "
    f"gets pages of one size.{IN_FORMS}",
    body=QuestionSchema,
    answers={200: FORMS},
    errors=ERRORS,
    parameters=query_parameters(TABLE),
    schemas=SHAPES,
    examples={"mission": MISSION},
)
EXPLAIN = Operation(
    summary="Explain a cohort question in numbers",
    tag="cohorts",
    description="Who is left after each condition and, where fewer match than are wanted, the one change "
    "of the question that reaches the number and gives up the least. Numbers are told as answers tell them.",
    body=ExplainedSchema,
    answers={200: ExplanationSchema},
    examples={"mission": {"question": MISSION, "wanted": 50}},
)
