"""The patient at a glance in OpenAPI."""

from collections.abc import Mapping
from typing import Any

from app.http.kit.openapi import Operation, QueryParameter, query_parameters
from app.records.glance.followups import FollowUp
from app.records.glance.timeline import LANES, MOST

USUAL_MARKS, MOST_MARKS = 2_000, MOST
_TAG = "patients"
_TEXT: Mapping[str, Any] = {"type": "string"}
_MAYBE: Mapping[str, Any] = {"type": ["string", "null"]}
_ENTRY: Mapping[str, Any] = {
    "type": "object",
    "required": ["reference", "label"],
    "properties": {
        "reference": {"type": "string", "description": "`Type/id`, to be read at `/fhir/Type/id`."},
        "label": _TEXT,
        "start": {"type": "string", "description": "A date or time of FHIR, as exact as it was written."},
        "end": _TEXT,
        "status": _TEXT,
        "uid": {"type": "string", "description": "The Study Instance UID of a study."},
    },
}
_ENTRIES = {"type": "array", "items": _ENTRY}
_MARK = {
    **_ENTRY,
    "required": ["reference", "label", "kind", "lane"],
    "properties": {
        **_ENTRY["properties"],
        "kind": {"type": "string", "description": "The type of the resource."},
        "lane": {"type": "string", "enum": list(LANES)},
        "goesOn": {"type": "boolean", "description": "It began and nobody wrote that it ended."},
    },
}
_CHANGE = {
    "type": "array",
    "description": "Words of two texts: `same`, `added` or `removed`, and the words.",
    "items": {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2},
}


def _listed(description: str, **more: Any) -> dict[str, Any]:
    """A list of entries that say more than every entry."""
    return {
        "type": "array",
        "description": description,
        "items": {**_ENTRY, "properties": {**_ENTRY["properties"], **more}},
    }


_FOLLOW_UP = {
    "type": "object",
    "required": ["report", "text", "state"],
    "properties": {
        "report": _TEXT,
        "reported": _TEXT,
        "text": {"type": "string", "description": "The sentence of the report."},
        "state": {"type": "string", "enum": list(FollowUp)},
        "interval": _TEXT,
        "due": {"type": "string", "format": "date"},
        "overdueFrom": {"type": "string", "format": "date"},
        "closedBy": _ENTRY,
    },
}
_DRUG = {
    "type": "object",
    "required": ["label", "active", "bars"],
    "properties": {
        "label": _TEXT,
        "active": {"type": "boolean"},
        "bars": {"type": "array", "items": {"type": "object"}},
    },
}
_SERIES = {
    "type": "object",
    "required": ["code", "label", "unit", "count", "points"],
    "properties": {
        "code": _TEXT,
        "label": _TEXT,
        "unit": _TEXT,
        "key": {
            "type": ["string", "null"],
            "description": "The analyte, where it is one that is asked for first.",
        },
        "count": {"type": "integer"},
        "latest": _ENTRY,
        "points": {"type": "array", "items": {"type": "array"}, "description": "Date, value, reference."},
    },
}
_REASON = {"type": "object", "properties": {"what": _TEXT, "factor": {"type": "number"}}}
_GLANCE = {
    "type": "object",
    "required": ["patient", "asOf", "reason", "safety", "priors", "followUps", "problems", "timeline"],
    "properties": {
        "patient": {"type": "object"},
        "asOf": {"type": "string", "format": "date"},
        "reason": {"type": ["object", "null"], "description": "Why the examination is asked for."},
        "safety": {
            "type": "object",
            "description": "Allergies, kidneys, pregnancy, metformin, what is in the way of a magnet.",
        },
        "priors": _listed(
            "Earlier studies, the most relevant first.",
            score={"type": "number"},
            relevant={"type": "boolean"},
            reasons={"type": "array", "items": _REASON},
            impression=_TEXT,
        ),
        "followUps": {"type": "array", "items": _FOLLOW_UP},
        "problems": _listed(
            "Problems, those that go on first.", state=_TEXT, entries={"type": "array", "items": _TEXT}
        ),
        "medications": {"type": "array", "items": _DRUG},
        "pathology": _ENTRIES,
        "operations": _ENTRIES,
        "implants": _ENTRIES,
        "encounters": _ENTRIES,
        "labs": {"type": "array", "items": _SERIES},
        "reports": _listed(
            "Reports, the impression first.", study=_TEXT, impression=_TEXT, before=_TEXT, changes=_CHANGE
        ),
        "more": {
            "type": "object",
            "description": "How many of a list were left out.",
            "additionalProperties": {"type": "integer"},
        },
        "timeline": {
            "type": "object",
            "description": "Counts by lane and time; the marks where there are few.",
        },
        "summary": {"type": "string", "description": "Where the same is an IPS document."},
    },
}
GLANCE = Operation(
    summary="Take in a patient",
    tag=_TAG,
    description="What a reader of pictures takes in before they are opened: why now, earlier studies ranked "
    "with their reasons, what reports asked for and whether it was done, problems, drugs, safety, reports.",
    answers={200: _GLANCE},
    parameters=query_parameters(
        QueryParameter("study", {"type": "string"}, "The id of the ImagingStudy to be read; else the newest.")
    ),
)
TIMELINE = Operation(
    summary="Read a patient's timeline",
    tag=_TAG,
    description="Every resource and study of a patient as a mark in the order of time; `undated=true` gives "
    "what has no time, with all that is referred to. Both together leave nothing of `$everything` out.",
    answers={
        200: {
            "type": "object",
            "required": ["total", "marks", "next"],
            "properties": {
                "total": {"type": "integer"},
                "marks": {"type": "array", "items": _MARK},
                "next": {**_MAYBE, "description": "The address of the next page."},
            },
        }
    },
    parameters=query_parameters(
        QueryParameter("from", {"type": "string"}, "Marks that last until then or begin later."),
        QueryParameter("to", {"type": "string"}, "Marks that begin before its end."),
        QueryParameter("lane", {"type": "string"}, f"Of {', '.join(LANES)}; several with commas."),
        QueryParameter("undated", {"type": "boolean", "default": False}, "What has no time, instead."),
        QueryParameter(
            "count",
            {"type": "integer", "minimum": 1, "maximum": MOST_MARKS, "default": USUAL_MARKS},
            "At most.",
        ),
        QueryParameter("after", {"type": "integer", "minimum": 0, "default": 0}, "Marks to pass over."),
    ),
)
CHANGES = Operation(
    summary="See what changed since you read a patient",
    tag=_TAG,
    description="What is new, other or gone since the caller put a read mark; nothing where they never did.",
    answers={
        200: {
            "type": "object",
            "required": ["patient", "since", "state", "counts", "new", "changed", "gone"],
            "properties": {
                "patient": _TEXT,
                "since": {"type": ["string", "null"], "format": "date-time"},
                "state": {"type": "string", "description": "What to put the read mark at."},
                "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
                "new": {"type": "array", "items": _MARK},
                "changed": {"type": "array", "items": _MARK},
                "gone": {"type": "array", "items": {"type": "object"}},
            },
        }
    },
)
READ_MARK = Operation(
    summary="Say that you have read a patient",
    tag=_TAG,
    description='With a body of `{"state": …}`, as the changes told it, 409 where something came since.',
    answers={204: None},
    errors=(409,),
)
