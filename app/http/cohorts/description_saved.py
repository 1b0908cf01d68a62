"""Saved cohorts in OpenAPI."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from app.cohorts.saved.comparing import MOST_LISTED as MOST_COMPARED
from app.cohorts.saved.forms import SavingSchema, SharingSchema
from app.http.cohorts.description import ERRORS, FORMS, IN_FORMS, SHAPES, TABLE, CountsSchema
from app.http.kit.openapi import Operation, QueryParameter, query_parameters

DEFAULT_LISTED, MOST_LISTED = 50, 200
_TAG = "cohorts"
DAY = QueryParameter(
    "asOf", {"type": "string", "format": "date"}, "The day, in place of the question's, or of today."
)
_WHOLE: Mapping[str, Any] = {"type": "integer", "minimum": 1}


class SavedCohortSchema(Schema):
    """A saved cohort."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True)
    owner = fields.String(required=True)
    own = fields.Boolean(required=True, metadata={"description": "Whether it is the caller's."})
    shared_with = fields.Nested(
        SharingSchema, data_key="sharedWith", metadata={"description": "For its owner only."}
    )
    version = fields.Integer(required=True, metadata={"description": "The newest version of its question."})
    created_at = fields.DateTime(required=True, data_key="createdAt")
    changed_at = fields.DateTime(required=True, data_key="changedAt")


class AskedCohortSchema(SavedCohortSchema):
    """A saved cohort with its question."""

    hash = fields.String(required=True, metadata={"description": "SHA-256 of the question's normal form."})
    question = fields.Dict(keys=fields.String(), required=True)


class SavedCohortsSchema(Schema):
    """A page of saved cohorts, the newest first."""

    cohorts = fields.List(fields.Nested(SavedCohortSchema), required=True)
    next_ = fields.String(required=True, allow_none=True, data_key="next")


class CohortVersionSchema(Schema):
    """One version of a question."""

    version = fields.Integer(required=True)
    hash = fields.String(required=True)
    at = fields.DateTime(required=True)
    by = fields.String(required=True)
    question = fields.Dict(keys=fields.String(), required=True)


class CohortVersionsSchema(Schema):
    """The versions of a question, the newest first."""

    versions = fields.List(fields.Nested(CohortVersionSchema), required=True)


class CohortRefreshSchema(Schema):
    """What the caller was told when they had a version answered."""

    refresh = fields.Integer(required=True, metadata={"description": "Its number, of the caller's own."})
    version = fields.Integer(required=True)
    cohort = fields.String(required=True)
    as_of = fields.Date(required=True, data_key="asOf")
    at = fields.DateTime(required=True)
    counts = fields.Nested(CountsSchema, required=True)


class RefreshedSchema(CohortRefreshSchema):
    """The same with who matched then, as far as the caller sees them now."""

    patients = fields.List(
        fields.String(), required=True, metadata={"description": f"{MOST_COMPARED} at most."}
    )


class CohortRefreshesSchema(Schema):
    """The refreshes of the caller, the newest first."""

    refreshes = fields.List(fields.Nested(CohortRefreshSchema), required=True)


class ChangedPatientSchema(Schema):
    """A patient who matches on one side only, and how the other side has them; only that under pseudonyms."""

    reference = fields.String(required=True)
    verdict = fields.String(metadata={"description": "excluded, unknown, or absent: not there to see."})
    deciding = fields.List(
        fields.String(),
        metadata={"description": "The conditions of the other side's question that decide so."},
    )


class DifferenceCountsSchema(Schema):
    """How many patients; null where it is withheld."""

    entered = fields.Integer(required=True, allow_none=True)
    left = fields.Integer(required=True, allow_none=True)
    stayed = fields.Integer(required=True, allow_none=True)


class DifferenceSchema(Schema):
    """What changed between two sides."""

    from_ = fields.String(required=True, data_key="from")
    to = fields.String(required=True)
    counts = fields.Nested(DifferenceCountsSchema, required=True)
    entered = fields.List(fields.Nested(ChangedPatientSchema), required=True)
    left = fields.List(fields.Nested(ChangedPatientSchema), required=True)


LIST = Operation(
    summary="List saved cohorts",
    tag=_TAG,
    description="Those of the caller, and those that are shared with them or with their role.",
    answers={200: SavedCohortsSchema},
    parameters=query_parameters(
        QueryParameter(
            "limit", {**_WHOLE, "maximum": MOST_LISTED, "default": DEFAULT_LISTED}, "How many, at most."
        ),
        QueryParameter("page", {"type": "string"}, "Where the page begins, as `next` says."),
    ),
)
SAVE = Operation(
    summary="Save a cohort",
    tag=_TAG,
    description="A question under a name, to be asked again, refreshed, compared and shared.",
    body=SavingSchema,
    answers={201: AskedCohortSchema},
    errors=(413,),
    schemas=SHAPES,
)
READ = Operation(
    summary="Read a saved cohort",
    tag=_TAG,
    description="With its newest question. If-None-Match with its ETag answers 304 while it is unchanged.",
    answers={200: AskedCohortSchema, 304: None},
    errors=(404, 412),
)
CHANGE = Operation(
    summary="Change a saved cohort",
    tag=_TAG,
    description="All of it is sent. Another question becomes a version of its own. With If-Match, only what "
    "is as the caller read it. Its owner only.",
    body=SavingSchema,
    answers={200: AskedCohortSchema},
    errors=(403, 404, 412, 413),
    schemas=SHAPES,
)
REMOVE = Operation(
    summary="Remove a saved cohort",
    tag=_TAG,
    description="With its versions and all that is kept of its refreshes. Its owner only.",
    answers={204: None},
    errors=(403, 404, 412),
)
VERSIONS = Operation(
    summary="List the versions of a saved cohort",
    tag=_TAG,
    answers={200: CohortVersionsSchema},
    errors=(404,),
)
VERSION = Operation(
    summary="Read a version of a saved cohort",
    tag=_TAG,
    answers={200: CohortVersionSchema},
    errors=(404,),
)
REFRESH = Operation(
    summary="Refresh a saved cohort",
    tag=_TAG,
    description="Answers the newest version and keeps, for the caller alone, whom it found.",
    answers={201: CohortRefreshSchema},
    errors=(*ERRORS, 404),
    parameters=query_parameters(DAY),
)
REFRESHES = Operation(
    summary="List one's refreshes of a saved cohort",
    tag=_TAG,
    description="The caller's own: each was told under the rights of whom it was told.",
    answers={200: CohortRefreshesSchema},
    errors=(404,),
)
REFRESHED = Operation(
    summary="Read a refresh of a saved cohort",
    tag=_TAG,
    description="With who matched then, of those whom the caller sees now.",
    answers={200: RefreshedSchema},
    errors=(404, 429),
)
_SIDE: Mapping[str, Any] = {"type": "string", "pattern": "^[vr][0-9]+$"}
COMPARE = Operation(
    summary="Compare two sides of a saved cohort",
    tag=_TAG,
    description="Who entered and who left between two refreshes of the caller's (`r1`), or versions as they "
    "are answered now (`v2`), and which conditions of the other side's question keep them out there.",
    answers={200: DifferenceSchema},
    errors=(*ERRORS, 404),
    parameters=query_parameters(
        QueryParameter("from", _SIDE, "The earlier side.", required=True),
        QueryParameter("to", _SIDE, "The later side.", required=True),
    ),
)
ANSWER = Operation(
    summary="Answer a saved cohort",
    tag=_TAG,
    description=f"Under the rights of the caller, as it is now.{IN_FORMS}",
    answers={200: FORMS},
    errors=(*ERRORS, 404),
    parameters=query_parameters(
        QueryParameter("version", _WHOLE, "A version of the question; else the newest."),
        DAY,
        QueryParameter("format", {"type": "string"}, "As `output.format`, in its place."),
        TABLE,
        QueryParameter("limit", {**_WHOLE, "maximum": 1_000}, "Patients of a page, as JSON."),
        QueryParameter("token", {"type": "string"}, "Where the page begins, as `next` says."),
    ),
    schemas=SHAPES,
)
