"""The change feed in OpenAPI."""

from app.http.kit.openapi import Operation, QueryParameter, query_parameters

_METADATA = QueryParameter(
    "includeMetadata", {"type": "boolean", "default": True}, "With the instance's metadata now."
)
ENTRY = {
    "type": "object",
    "required": ["sequence", "studyInstanceUid", "action", "timestamp", "state"],
    "properties": {
        "sequence": {"type": "integer"},
        "partitionName": {"type": "string"},
        "studyInstanceUid": {"type": "string"},
        "seriesInstanceUid": {"type": "string"},
        "sopInstanceUid": {"type": "string"},
        "action": {"type": "string", "enum": ["Create", "Update", "Delete"]},
        "timestamp": {"type": "string", "format": "date-time"},
        "state": {"type": "string", "enum": ["Current", "Replaced", "Deleted"]},
        "metadata": {"type": "object", "description": "DICOM JSON (PS3.18 annex F)."},
    },
}
PAGE = Operation(
    summary="Read the change feed",
    tag="change feed",
    description="Every creation and deletion of an instance, without gaps, in the order of its commit.",
    answers={200: {"type": "array", "items": ENTRY}},
    parameters=query_parameters(
        QueryParameter(
            "limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 100}, "Entries at most."
        ),
        QueryParameter("offset", {"type": "integer", "minimum": 0, "default": 0}, "Entries to skip."),
        QueryParameter("after", {"type": "integer", "minimum": 0}, "Read on after this sequence number."),
        QueryParameter("startTime", {"type": "string", "format": "date-time"}, "Not before."),
        QueryParameter("endTime", {"type": "string", "format": "date-time"}, "Before."),
        _METADATA,
    ),
)
LATEST = Operation(
    summary="Read the last change",
    tag="change feed",
    answers={200: ENTRY, 204: None},
    parameters=query_parameters(_METADATA),
)
