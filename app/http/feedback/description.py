"""Feedback on reads in OpenAPI."""

from collections.abc import Mapping
from typing import Any

from app.feedback.forms import AnswerFormSchema, MessageFormSchema
from app.feedback.inbox import MOST, STATUSES
from app.feedback.outcomes import OutcomeKind
from app.feedback.subscribing import SubscriptionFormSchema
from app.feedback.verdicts import ReadVerdict
from app.http.kit.openapi import Operation, QueryParameter, query_parameters

USUAL = 25
_TAG = "feedback"
_TEXT: Mapping[str, Any] = {"type": "string"}
_TEXTS: Mapping[str, Any] = {"type": "array", "items": _TEXT}
_SHARE: Mapping[str, Any] = {
    "type": ["object", "null"],
    "description": "A share with its 95 % interval after Wilson; null where nothing may be said.",
    "required": ["n", "hits", "share", "interval"],
    "properties": {
        "n": {"type": "integer"},
        "hits": {"type": "integer"},
        "share": {"type": "number"},
        "interval": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
    },
}
_PACKET: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "version", "task", "status", "urgent", "reads", "evidence", "messages"],
    "properties": {
        "id": _TEXT,
        "version": {"type": "integer"},
        "task": {"type": "string", "description": "The Task that keeps it, at `/fhir/Task/id`."},
        "status": {"type": "string", "enum": ["requested", "completed", "cancelled"]},
        "urgent": {"type": "boolean"},
        "authored": _TEXT,
        "modified": _TEXT,
        "reads": {"type": "array", "items": {"type": "object"}, "description": "The reader's own reads."},
        "evidence": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["kind", "reference", "read", "reason", "because", "confidence"],
                "properties": {
                    "kind": {"type": "string", "enum": list(map(str, OutcomeKind))},
                    "reference": _TEXT,
                    "read": _TEXT,
                    "reason": _TEXT,
                    "because": _TEXT,
                    "confidence": {"type": "number"},
                    "withdrawn": {"type": "boolean", "description": "Deleted since, or entered in error."},
                    "said": _TEXT,
                    "place": _TEXTS,
                    "sides": _TEXTS,
                    "days": {"type": "integer"},
                },
            },
        },
        "messages": {"type": "array", "items": {"type": "object"}},
        "answer": {
            "type": "object",
            "properties": {
                "verdict": {"type": "string", "enum": list(map(str, ReadVerdict))},
                "decided": _TEXT,
                "observation": _TEXT,
                "category": _TEXT,
                "comment": _TEXT,
            },
        },
    },
}
_STRATA = {"type": "array", "items": {"type": "object"}}

PACKETS = Operation(
    "List what is kept for you of how your reads turned out, the latest first.",
    _TAG,
    {
        200: {
            "type": "object",
            "required": ["packets", "next"],
            "properties": {
                "packets": {"type": "array", "items": _PACKET},
                "next": {"type": ["string", "null"]},
            },
        }
    },
    errors=(400,),
    parameters=query_parameters(
        QueryParameter("status", {"type": "string", "enum": list(STATUSES), "default": "open"}, "Which."),
        QueryParameter(
            "limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}, "How many."
        ),
        QueryParameter("after", _TEXT, "Where a page begins, from `next` of the one before."),
    ),
)
PACKET = Operation("Read one packet that is kept for you.", _TAG, {200: _PACKET}, errors=(404,))
ANSWER = Operation(
    "Say whether your read agrees with its outcome.",
    _TAG,
    {200: _PACKET},
    errors=(400, 404, 409, 413),
    body=AnswerFormSchema,
)
MESSAGE = Operation(
    "Tell those who read a report something about it.",
    _TAG,
    {
        201: {
            "type": "object",
            "required": ["readers"],
            "properties": {"readers": {"type": "integer", "description": "How many have it now."}},
        }
    },
    errors=(400, 404, 410, 413, 422),
    body=MessageFormSchema,
)
FIGURES = Operation(
    "Count your own reads, and how they turned out: nobody else is told.",
    _TAG,
    {
        200: {
            "type": "object",
            "required": ["reads", "outcomes", "daysToOutcome", "concordance", "accuracy"],
            "properties": {
                "reads": {"type": "integer"},
                "outcomes": _SHARE,
                "daysToOutcome": {"type": ["object", "null"]},
                "concordance": _STRATA,
                "accuracy": _STRATA,
            },
        }
    },
    errors=(413,),
)
TOTALS = Operation(
    "Count the verdicts of all readers together, in cells of at least eleven readers and cases.",
    _TAG,
    {
        200: {
            "type": "object",
            "required": ["cells", "hidden", "total"],
            "properties": {"cells": _STRATA, "hidden": {"type": "integer"}, "total": _SHARE},
        }
    },
)
_SUBSCRIPTION: Mapping[str, Any] = {
    "type": "object",
    "required": ["subscription", "endpoint", "secret"],
    "properties": {
        "subscription": {"type": "string", "description": "The Subscription that keeps it."},
        "endpoint": _TEXT,
        "secret": {"type": "string", "description": "What each message is signed with (docs/feedback.md)."},
    },
}
SUBSCRIPTION = Operation(
    "Read where you are told that something came.", _TAG, {200: _SUBSCRIPTION}, errors=(404, 422)
)
SUBSCRIBE = Operation(
    "Be told at an address that something came: how much waits, and nothing of whom.",
    _TAG,
    {200: _SUBSCRIPTION},
    errors=(400, 413, 422),
    body=SubscriptionFormSchema,
)
UNSUBSCRIBE = Operation("Be told nowhere any more.", _TAG, {204: None}, errors=(422,))
