"""Exports of cohorts in OpenAPI: their request is the form that it is read by, the answers are here."""

from app.http.kit.openapi import Operation, QueryParameter, query_parameters
from app.work.extracts.forms import ExtractSchema
from app.work.extracts.wishes import DestinationType, PictureFormat, TableFormat
from graph.jobs.records import JobState

MOST_LISTED = 1_000
_MOMENT = {"type": "string", "format": "date-time"}
_ADDRESS = {"type": "string", "format": "uri"}
_COUNT = {"type": "integer", "minimum": 0}
_EXPORT = {
    "type": "object",
    "required": ["id", "status", "project", "what", "tables", "deidentified", "options", "destination"],
    "properties": {
        "id": {"type": "string"},
        "status": {"type": "string", "enum": [str(each) for each in JobState]},
        "project": {"type": "string"},
        "what": {"type": "string", "enum": [str(each) for each in PictureFormat]},
        "tables": {"type": "string", "enum": [str(each) for each in TableFormat]},
        "deidentified": {"type": "boolean"},
        "options": {"type": "array", "items": {"type": "string"}},
        "destination": {
            "type": "object",
            "properties": {
                "type": {"type": "string", "enum": [str(each) for each in DestinationType]},
                "path": {"type": "string"},
            },
        },
        "createdTime": _MOMENT,
        "lastUpdatedTime": _MOMENT,
        "expires": _MOMENT,
        "cancelRequested": {"type": "boolean"},
        "percentComplete": {"type": "integer", "minimum": 0, "maximum": 100},
        "progress": {
            "type": "object",
            "properties": {
                "done": _COUNT,
                "total": {"type": ["integer", "null"]},
                "note": {"type": "string"},
            },
        },
        "counts": {
            "type": "object",
            "additionalProperties": _COUNT,
            "description": "patients, studies, series, instances, pictures, files, bytes, errors",
        },
        "files": _ADDRESS,
        "errors": _ADDRESS,
        "error": {
            "type": "object",
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        },
    },
}
_EXPORTS = {
    "type": "object",
    "required": ["exports"],
    "properties": {"exports": {"type": "array", "items": _EXPORT}, "next": _ADDRESS},
}
_FILES = {
    "type": "object",
    "required": ["files"],
    "properties": {
        "files": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "size", "sha256"],
                "properties": {
                    "path": {"type": "string"},
                    "size": _COUNT,
                    "sha256": {"type": "string"},
                    "url": _ADDRESS,
                },
            },
        },
        "next": _ADDRESS,
    },
}
_TEXT = {"type": ["string", "null"]}
_ERRORS = {
    "type": "object",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    **dict.fromkeys(("patient", "study", "series", "instance"), _TEXT),
                    "reason": {"type": "string"},
                },
            },
        },
        "next": _ADDRESS,
    },
}
_LIMIT = QueryParameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": MOST_LISTED, "default": 100}, "At most."
)
_PAGED = query_parameters(
    _LIMIT, QueryParameter("page", {"type": "string"}, "From the link to the next page.")
)
_FROM = query_parameters(
    _LIMIT, QueryParameter("offset", {"type": "integer", "minimum": 0, "default": 0}, "How many come before.")
)
BEGIN = Operation(
    summary="Export a cohort",
    tag="exports",
    description="Pictures and tables of who matches, de-identified by PS3.15 Annex E under the names of a "
    "project, as a job: 202 with where to look how far it is.",
    body=ExtractSchema,
    answers={202: _EXPORT},
    errors=(409, 429),
)
EXPORTS = Operation(
    summary="List one's exports",
    tag="exports",
    description="The last that was asked for first.",
    answers={200: _EXPORTS},
    parameters=_PAGED,
)
EXPORT = Operation(
    summary="See how far an export is",
    tag="exports",
    description="202 with Retry-After while it is not at its end, 200 then.",
    answers={200: _EXPORT, 202: _EXPORT},
)
FILES = Operation(
    summary="List the files of an export",
    tag="exports",
    description="Each with its size and SHA-256, and its address where it waits to be downloaded.",
    answers={200: _FILES},
    parameters=_FROM,
)
FILE = Operation(
    summary="Download a file of an export",
    tag="exports",
    description="Ranges work, so a download goes on where it broke.",
    answers={200: "application/octet-stream", 206: "application/octet-stream"},
)
ERRORS = Operation(
    summary="List what could not be exported",
    tag="exports",
    description="Each with its reason, under the names of the project.",
    answers={200: _ERRORS},
    parameters=_FROM,
)
END = Operation(
    summary="End an export and remove its files",
    tag="exports",
    description="At once, or at its next step where it runs. What was put into a folder stays there.",
    answers={202: None},
)
