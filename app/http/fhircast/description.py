"""The hub of FHIRcast in OpenAPI."""

from app.http.kit.openapi import Operation

_TAG = "FHIRcast"
_CONTEXT = {
    "type": "object",
    "properties": {
        "context.type": {"type": "string", "description": "Of what is open; empty where nothing is."},
        "context.versionId": {"type": "string"},
        "context": {"type": "array", "items": {"type": "object"}},
    },
}
_FORM = {
    "type": "object",
    "required": ["hub.channel.type", "hub.mode", "hub.topic"],
    "properties": {
        "hub.channel.type": {"type": "string", "enum": ["websocket"]},
        "hub.mode": {"type": "string", "enum": ["subscribe", "unsubscribe"]},
        "hub.topic": {"type": "string"},
        "hub.events": {"type": "string", "description": "Names of events, joined by commas."},
        "hub.lease_seconds": {"type": "integer", "minimum": 1},
        "hub.channel.endpoint": {"type": "string"},
        "subscriber.name": {"type": "string"},
    },
}
TOPIC = Operation(
    summary="Ask for one's own topic",
    tag=_TAG,
    description="The topic of the caller: of all their sessions and applications, and of nobody else.",
    answers={
        200: {
            "type": "object",
            "properties": {"hub.url": {"type": "string"}, "hub.topic": {"type": "string"}},
        }
    },
)
SUBSCRIBE = Operation(
    summary="Subscribe, unsubscribe, or send an event",
    tag=_TAG,
    description="A form subscribes or unsubscribes (FHIRcast 3.0.0, 2.4), JSON is an event (2.6). The answer "
    "to a form holds the address of the WebSocket.",
    form=_FORM,
    answers={202: {"type": "object", "properties": {"hub.channel.endpoint": {"type": "string"}}}},
    errors=(400, 403, 404, 409, 413, 415),
)
SEND = Operation(
    summary="Send an event to a topic",
    tag=_TAG,
    name="sendToTopic",
    answers={202: {"type": "object", "properties": {"context.versionId": {"type": "string"}}}},
    errors=(400, 403, 404, 409, 413, 415),
)
CURRENT = Operation(
    summary="Ask for the current context",
    tag=_TAG,
    description="What was opened last and is open still, with the content that was shared (FHIRcast 2.9).",
    answers={200: _CONTEXT},
    errors=(404,),
)
CHANNEL = Operation(
    summary="Open the channel of a subscription",
    tag=_TAG,
    description="A WebSocket; its address is a secret of who subscribed.",
    answers={101: None},
    errors=(400, 404, 429, 503),
)
CONFIGURATION = Operation(
    summary="Ask what the hub supports",
    tag=_TAG,
    answers={
        200: {
            "type": "object",
            "properties": {
                "eventsSupported": {"type": "array", "items": {"type": "string"}},
                "websocketSupport": {"type": "boolean"},
                "getCurrentSupport": {"type": "boolean"},
                "fhircastVersion": {"type": "string"},
                "fhirVersion": {"type": "string"},
            },
        }
    },
)
