"""Reports in OpenAPI."""

from collections.abc import Mapping
from typing import Any

from app.http.kit.openapi import Content, Operation, QueryParameter, query_parameters
from app.records.reporting.content import LONGEST, SECTIONS
from app.records.reporting.states import ReportStatus

_TAG = "reporting"
_TEXT: Mapping[str, Any] = {"type": "string"}
_TEXTS: Mapping[str, Any] = {"type": "array", "items": _TEXT}
_MAYBE: Mapping[str, Any] = {"type": ["string", "null"]}
_SECTION: Mapping[str, Any] = {"type": "string", "maxLength": LONGEST}
_CODE = {
    "type": "object",
    "required": ["system", "code"],
    "properties": {"system": _TEXT, "code": _TEXT, "display": _TEXT},
}
_CONTENT = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **{name: _SECTION for name in SECTIONS},
        "priors": {**_TEXTS, "description": "Studies that it compares with, as `ImagingStudy/7`."},
        "codes": {"type": "array", "items": _CODE, "description": "What it concludes, coded."},
        "critical": {**_SECTION, "description": "What somebody must be told at once; empty for nothing."},
    },
}
_ADDENDUM = {
    "type": "object",
    "properties": {"kind": _TEXT, "author": _TEXT, "moment": _TEXT, "text": _TEXT},
}
_REPORT: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "version", "status", "content"],
    "properties": {
        "id": {"type": "string", "description": "The id of the DiagnosticReport."},
        "version": {"type": "integer", "description": "What If-Match names, as an entity tag."},
        "status": {"type": "string", "enum": [str(each) for each in ReportStatus]},
        "issued": _TEXT,
        "patient": _MAYBE,
        "studies": _TEXTS,
        "authors": _TEXTS,
        "signers": _TEXTS,
        "content": _CONTENT,
        "addenda": {"type": "array", "items": _ADDENDUM},
        "objects": {**_TEXTS, "description": "The SOP Instance UIDs of its DICOM objects, one a signature."},
    },
}
_RESULT = {
    "type": "object",
    "required": ["task", "report", "what", "status", "overdue"],
    "properties": {
        "task": _TEXT,
        "report": _TEXT,
        "patient": _TEXT,
        "what": _TEXT,
        "status": _TEXT,
        "asked": _TEXT,
        "until": _TEXT,
        "overdue": {"type": "boolean"},
        "from": _TEXT,
        "for": _MAYBE,
        "acknowledgedBy": _MAYBE,
        "acknowledged": _MAYBE,
        "inPlace": {"type": "boolean", "description": "Somebody stood in for whom it was for."},
    },
}
_RESULTS = {"type": "array", "items": _RESULT}
_VIEW = {
    **_REPORT,
    "properties": {
        **_REPORT["properties"],
        "current": {"type": "integer", "description": "The number of the newest version."},
        "versions": {"type": "array", "items": {"type": "object"}},
        "criticalResults": _RESULTS,
    },
}


def _body(required: str, **properties: Any) -> Content:
    schema = {"type": "object", "required": [required], "additionalProperties": False}
    return Content({"application/json": {**schema, "properties": properties}})


_SIGN = {
    "type": "boolean",
    "default": False,
    "description": "Sign it; else it is saved as a preliminary one.",
}
_WRITTEN = _body("content", content=_CONTENT, sign=_SIGN)
_CHANGED = (409, 412)
_VERSION = "The version that was read is named by If-Match; 412 where somebody wrote another meanwhile."

OPEN = Operation(
    summary="Open a study to report it",
    tag=_TAG,
    description="Its report where there is one, what may be said of it already, and studies to compare with.",
    answers={
        200: {
            "type": "object",
            "required": ["study", "imagingStudy", "report", "suggested", "priors"],
            "properties": {
                "study": _TEXT,
                "imagingStudy": _TEXT,
                "report": {"anyOf": [_REPORT, {"type": "null"}]},
                "suggested": _CONTENT,
                "priors": {"type": "array", "items": {"type": "object"}},
            },
        }
    },
)
BEGIN = Operation(
    summary="Begin the report of a study, or sign it at once",
    tag=_TAG,
    description="409 where somebody has begun it: a study has one report that is written here.",
    answers={201: _REPORT},
    body=_WRITTEN,
    errors=(409,),
)
READ = Operation(
    summary="Read a report",
    tag=_TAG,
    description="With its versions, its addenda, and who was told of its critical results.",
    answers={200: _VIEW},
    parameters=query_parameters(
        QueryParameter("version", {"type": "integer", "minimum": 1}, "Which version; else the newest.")
    ),
)
SAVE = Operation(
    summary="Save or sign a report",
    tag=_TAG,
    description=_VERSION,
    answers={200: _REPORT},
    body=_WRITTEN,
    errors=_CHANGED,
)
CORRECT = Operation(
    summary="Correct a signed report",
    tag=_TAG,
    description=f"It is amended, and says who did so, when and why. {_VERSION}",
    answers={200: _REPORT},
    body=_body("reason", content=_CONTENT, reason=_SECTION),
    errors=_CHANGED,
)
APPEND = Operation(
    summary="Add to a signed report",
    tag=_TAG,
    description=f"Its words stay as they are. {_VERSION}",
    answers={200: _REPORT},
    body=_body("text", text=_SECTION, critical=_SECTION),
    errors=_CHANGED,
)
WITHDRAW = Operation(
    summary="Withdraw a report",
    tag=_TAG,
    description=f"One that was begun is cancelled, a signed one was entered in error. {_VERSION}",
    answers={200: _REPORT},
    body=_body("reason", reason=_SECTION),
    errors=_CHANGED,
)
ACKNOWLEDGE = Operation(
    summary="Acknowledge the critical results of a report",
    tag=_TAG,
    description="Who they are for does, or somebody else who holds `report.acknowledge`; twice is once.",
    answers={200: _RESULTS},
)
WAITING = Operation(
    summary="List critical results that nobody has acknowledged",
    tag=_TAG,
    description="Those that are for the caller, and those that the caller told of.",
    answers={
        200: {
            "type": "object",
            "required": ["forYou", "byYou"],
            "properties": {"forYou": _RESULTS, "byYou": _RESULTS},
        }
    },
)
