"""Health and metrics in OpenAPI."""

from app.http.kit.openapi import Operation

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
