"""The audit and its alerts in OpenAPI."""

from app.audit.alerts import AcknowledgeFormSchema
from app.http.administration.description import LIMIT, listed, window
from app.http.kit.openapi import Operation, QueryParameter, query_parameters

_TAG = "audit"
_TEXT = {"type": "string"}
_MOMENT = {"type": "string", "format": "date-time"}
_ACCESS = {
    "type": "object",
    "required": ["id", "at", "account", "purpose", "action", "interaction", "status"],
    "properties": {
        "id": {"type": "string", "description": "The id of its event in the audit."},
        "at": _MOMENT,
        "account": _TEXT,
        "role": _TEXT,
        "app": {"type": "string", "description": "By which app."},
        "address": _TEXT,
        "purpose": _TEXT,
        "action": {"type": "string", "enum": ["C", "R", "U", "D", "E"]},
        "interaction": _TEXT,
        "outcome": {"type": "string", "description": "0, 4 or 8; absent where nobody noted one."},
        "status": _TEXT,
        "requestId": _TEXT,
    },
}
_DISCLOSURE = {
    "type": "object",
    "required": ["id", "date", "recipient", "what", "purpose"],
    "properties": {
        "id": {"type": "string", "description": "The id of its event in the audit."},
        "date": _MOMENT,
        "recipient": {
            "type": "object",
            "required": ["account", "role"],
            "properties": {"account": _TEXT, "role": _TEXT, "app": _TEXT, "address": _TEXT},
        },
        "what": {"type": "array", "items": _TEXT},
        "purpose": {"type": "string", "description": "A code of v3-PurposeOfUse."},
    },
}
_AFTER = window("time and id, with a comma between,")
ACCESSES = Operation(
    summary="See who touched the record of a patient",
    tag=_TAG,
    description="The last first, also under the names that the patient was merged with.",
    answers={200: listed("accesses", _ACCESS)},
    errors=(400,),
    parameters=query_parameters(
        LIMIT,
        QueryParameter("since", _TEXT, "From this date, or date and time, on."),
        QueryParameter("until", _TEXT, "Before this date, or date and time."),
        _AFTER,
    ),
)
DISCLOSURES = Operation(
    summary="Account for what was disclosed of a patient",
    tag=_TAG,
    description="Of six years (45 CFR 164.528), the last first. A patient asks of themselves.",
    answers={200: listed("disclosures", _DISCLOSURE)},
    errors=(400, 404),
    parameters=query_parameters(
        LIMIT,
        QueryParameter(
            "treatment",
            {"type": "string", "enum": ["yes", "no"], "default": "no"},
            "Also what need not be accounted for: treatment, payment, operations, the patient's own.",
        ),
        _AFTER,
    ),
)
CHECKPOINT = Operation(
    summary="Take a checkpoint of the audit",
    tag=_TAG,
    description="The head of the audit's archive, signed. Keep it elsewhere: `hilum audit verify` holds the "
    "archive to it. Accesses of the last half minute are not archived yet. 404 before the first one is.",
    answers={
        200: {
            "type": "object",
            "required": ["roll", "place", "hash", "at", "signed"],
            "properties": {
                "roll": {"type": "string", "description": "Of which archive."},
                "place": {"type": "integer", "description": "How many files it holds."},
                "hash": {"type": "string", "description": "Of the seal of the last one."},
                "at": _MOMENT,
                "signed": {
                    "type": "string",
                    "description": "All of this as a JWT, by a key of `/auth/jwks`.",
                },
            },
        }
    },
    errors=(404,),
)
_ALERT = {
    "type": "object",
    "required": ["id", "rule", "at", "by", "who", "count", "entry"],
    "properties": {
        "id": _TEXT,
        "rule": {"type": "string", "description": "The name of the rule that found it."},
        "at": _MOMENT,
        "by": {"type": "string", "description": "What `who` is: subject or address."},
        "who": _TEXT,
        "count": {"type": "integer", "description": "How many accesses, or patients."},
        "entry": {"type": "string", "description": "The id of the last access in the audit."},
        "acknowledgedAt": _MOMENT,
        "acknowledgedBy": _TEXT,
        "comment": _TEXT,
    },
}
ALERTS = Operation(
    summary="List the alerts",
    tag=_TAG,
    description="What the audit shows that somebody should look at, the last first.",
    answers={200: listed("alerts", _ALERT)},
    errors=(400,),
    parameters=query_parameters(
        LIMIT,
        QueryParameter(
            "acknowledged", {"type": "string", "enum": ["yes", "no"]}, "Only those looked at, or not."
        ),
        window("at and id, with a comma between,"),
    ),
)
ACKNOWLEDGE = Operation(
    summary="Acknowledge an alert",
    tag=_TAG,
    description="Once, by who has looked at it.",
    answers={200: _ALERT},
    errors=(400, 404, 409),
    body=AcknowledgeFormSchema,
    schemas=(AcknowledgeFormSchema,),
)
