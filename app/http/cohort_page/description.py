"""What the page of cohorts asks beside the API of cohorts, in OpenAPI."""

from app.cohorts.plain_words.suggesting import KINDS_OF, LONGEST_NAME
from app.http.cohort_page.changes import ChangesSchema
from app.http.cohort_page.people import MOST_NAMED
from app.http.kit.openapi import Content, Operation, QueryParameter, query_parameters

_TAG = "cohorts"
_TEXT = {"type": "string"}
_TEXTS = {"type": "object", "additionalProperties": _TEXT}
_LIST = {"type": "array", "items": {"type": "object"}}
FORMS = Operation(
    summary="Describe the forms of a cohort question",
    tag=_TAG,
    description="Every condition, and the form of each, in the language of the caller's browser: for "
    "programs that draw forms of questions.",
    answers={
        200: {
            "type": "object",
            "properties": {
                "forms": {"type": "object", "additionalProperties": _LIST},
                "conditions": _LIST,
                "systems": _TEXTS,
                "labels": _TEXTS,
                "options": _TEXTS,
            },
        }
    },
)
WORDS = Operation(
    summary="Say a cohort question in words",
    tag=_TAG,
    description="Each condition, event and set of codes of a question in words, and the first thing that is "
    "wrong with the question. Nothing is counted.",
    body=Content({"application/json": {"type": "object"}}),
    answers={
        200: {
            "type": "object",
            "properties": {
                "nodes": {**_TEXTS, "description": "By the JSONPath of the condition."},
                "events": _TEXTS,
                "sets": _TEXTS,
                "fault": {
                    "type": ["object", "null"],
                    "properties": {"place": _TEXT, "text": _TEXT, "language": _TEXT},
                },
            },
        }
    },
    errors=(400, 413),
)
CHANGES = Operation(
    summary="Say changes of a cohort question in words",
    tag=_TAG,
    description="Of each change, as `/cohorts/explain` tells them, the condition or the named event in which "
    "it stands: as it is, and as the change makes it. Nothing is counted.",
    body=ChangesSchema,
    answers={
        200: {
            "type": "object",
            "properties": {
                "changes": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "was": _TEXT,
                            "now": {"type": ["string", "null"], "description": "null: it is left out."},
                        },
                    },
                }
            },
        }
    },
    errors=(400, 413),
)
PEOPLE = Operation(
    summary="Name patients of an answer",
    tag=_TAG,
    description="Those who are the caller's to see, with what pages show of a patient, in the language of "
    "the caller's browser.",
    answers={
        200: {
            "type": "object",
            "properties": {
                "people": {
                    "type": "object",
                    "description": "By the id of the Patient.",
                    "additionalProperties": {
                        "type": "object",
                        "properties": {
                            "names": {"type": "array", "items": _TEXT},
                            "sex": _TEXT,
                            "born": _TEXT,
                        },
                    },
                }
            },
        }
    },
    errors=(400,),
    parameters=query_parameters(
        QueryParameter("ids", _TEXT, f"Ids, joined by commas, {MOST_NAMED} at most.", required=True)
    ),
)
SETS = Operation(
    summary="Find sets of codes by name",
    tag=_TAG,
    description="Things that a name, or the beginning of one, may mean in English or Korean, each with the "
    "concept set that stands for it.",
    answers={
        200: {
            "type": "object",
            "properties": {
                "found": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"id": _TEXT, "name": _TEXT, "conceptSet": {"type": "object"}},
                    },
                }
            },
        }
    },
    errors=(400,),
    parameters=query_parameters(
        QueryParameter(
            "name",
            {**_TEXT, "minLength": 1, "maxLength": LONGEST_NAME},
            "A name or its beginning.",
            required=True,
        ),
        QueryParameter("of", {**_TEXT, "enum": list(KINDS_OF)}, "The kind of event, or `bodySite`."),
    ),
)
