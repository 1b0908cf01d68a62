"""Health, metrics and operations in OpenAPI."""

from app.http.kit.openapi import Operation, QueryParameter, query_parameters
from app.http.operations.answers import STATUS

_CHECK = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "status": {"type": "string", "enum": ["pass", "fail"]},
        "output": {"type": "string", "description": "What is wrong."},
    },
}
_READINESS = {
    "type": "object",
    "required": ["status", "checks"],
    "properties": {
        "status": {"type": "string", "enum": ["ready", "not ready"]},
        "checks": {"type": "object", "additionalProperties": _CHECK},
    },
}
_LIVE = {"type": "object", "properties": {"status": {"type": "string", "enum": ["live"]}}}
LIVE = Operation(summary="Does it live?", tag="operations", answers={200: _LIVE})
READY = Operation(summary="Can it work now?", tag="operations", answers={200: _READINESS, 503: _READINESS})
METRICS = Operation(summary="Metrics for Prometheus", tag="operations", answers={200: "text/plain"})

MOST_LISTED = 200
_MOMENT = {"type": "string", "format": "date-time"}
_OPERATION = {
    "type": "object",
    "required": ["operationId", "type", "createdTime", "lastUpdatedTime", "status", "resources", "results"],
    "properties": {
        "operationId": {"type": "string"},
        "type": {"type": "string"},
        "createdTime": _MOMENT,
        "lastUpdatedTime": _MOMENT,
        "status": {"type": "string", "enum": list(STATUS.values())},
        "percentComplete": {"type": "integer", "minimum": 0, "maximum": 100},
        "progress": {
            "type": "object",
            "properties": {
                "done": {"type": "integer"},
                "total": {"type": ["integer", "null"]},
                "note": {"type": "string"},
            },
        },
        "createdBy": {"type": "string"},
        "cancelRequested": {"type": "boolean"},
        "resources": {"type": "array", "items": {"type": "string", "format": "uri"}},
        "results": {"type": "object"},
        "error": {
            "type": "object",
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        },
    },
}
_LIST = {
    "type": "object",
    "required": ["operations"],
    "properties": {
        "operations": {"type": "array", "items": _OPERATION},
        "next": {"type": "string", "format": "uri", "description": "The next page; absent on the last."},
    },
}
OPERATIONS = Operation(
    summary="List operations",
    tag="operations",
    description="What takes longer than a request, the last that was asked for first.",
    answers={200: _LIST},
    parameters=query_parameters(
        QueryParameter(
            "status", {"type": "string", "enum": list(STATUS.values())}, "Only operations of that status."
        ),
        QueryParameter(
            "limit", {"type": "integer", "minimum": 1, "maximum": MOST_LISTED, "default": 50}, "At most."
        ),
        QueryParameter("page", {"type": "string"}, "From the link to the next page."),
    ),
)
OPERATION = Operation(
    summary="See how far an operation is",
    tag="operations",
    description="202 with Retry-After while it is not at its end, 200 then.",
    answers={200: _OPERATION, 202: _OPERATION},
)
PURGE = Operation(
    summary="Remove what was deleted and can no longer be restored",
    tag="operations",
    description="Asks for the purge that a worker also does by itself; 202 with where to look again.",
    answers={200: _OPERATION, 202: _OPERATION},
)
CANCEL = Operation(
    summary="Cancel an operation",
    tag="operations",
    description="At once where it has not begun, at its next step where it runs; 409 where it has ended.",
    answers={202: _OPERATION},
)
