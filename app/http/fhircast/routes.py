"""`/fhircast`: the hub of the applications of one person (FHIRcast 3.0.0)."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from app.http.fhircast.description import CHANNEL, CONFIGURATION, CURRENT, SEND, SUBSCRIBE, TOPIC
from app.http.kit.bodies import expect_media_type, read_form, read_json
from app.http.kit.guard import public, requires
from app.http.kit.handover import HandedConnection, Handover
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.request_context import current, current_scope
from app.http.kit.sockets import is_socket, request_head
from app.records.casts import CastHub, CastListening
from app.records.casts.hub import CastWish
from app.security.cast_scopes import CAST_EVENTS
from app.security.tokens import seconds_left
from app.site import Sites
from graph.errors import Invalid, NotFound

HUB_PATH = "/fhircast"
_READING, _INSTEAD = "fhir.read", ("imaging.read",)
_CHANNELS = f"{HUB_PATH}/channels"
_FORM, _JSON = "application/x-www-form-urlencoded", ("application/json", "application/fhir+json")
_LARGEST_FORM, _LARGEST_EVENT = 16 << 10, 256 << 10
_FIELDS = {
    *("hub.channel.type", "hub.mode", "hub.topic", "hub.events", "hub.lease_seconds"),
    *("hub.channel.endpoint", "subscriber.name", "hub.callback", "hub.secret"),
}
_MICROSECONDS, _DIGITS = 1_000_000, 9
_SUPPORTED = {
    "eventsSupported": list(CAST_EVENTS),
    "websocketSupport": True,
    "getCurrentSupport": True,
    "fhircastVersion": "STU3",
    "fhirVersion": "R4",
}


def blueprint(*, hub: CastHub, listening: CastListening, handover: Handover, sites: Sites) -> Blueprint:
    """The routes of the hub."""
    rooms = Blueprint("fhircast", __name__)
    views = HubViews(hub, listening, handover, sites)

    @rooms.get(HUB_PATH)
    @requires(_READING, instead=_INSTEAD)
    @documented(TOPIC)
    def own_topic() -> Response:
        scope = current_scope()
        return plain_json({"hub.url": views.address(HUB_PATH), "hub.topic": hub.topic(scope)})

    @rooms.post(HUB_PATH)
    @requires(_READING, instead=_INSTEAD)
    @documented(SUBSCRIBE)
    def subscribe_or_send() -> Response:
        if expect_media_type(_FORM, *_JSON) == _FORM:
            return views.subscribed()
        return views.sent(None)

    @rooms.get(f"{HUB_PATH}/<topic>")
    @requires(_READING, instead=_INSTEAD)
    @documented(CURRENT)
    def current_context(topic: str) -> Response:
        return plain_json(hub.current(current_scope(), topic))

    @rooms.post(f"{HUB_PATH}/<topic>")
    @requires(_READING, instead=_INSTEAD)
    @documented(SEND)
    def send_event(topic: str) -> Response:
        expect_media_type(*_JSON)
        return views.sent(topic)

    @rooms.get(f"{HUB_PATH}/.well-known/fhircast-configuration")
    @public
    @documented(CONFIGURATION)
    def configuration() -> Response:
        return plain_json(_SUPPORTED)

    @rooms.get(f"{_CHANNELS}/<channel>", endpoint="open_channel", websocket=True)
    @rooms.get(f"{_CHANNELS}/<channel>", endpoint="ask_channel")  # each is routed by a rule of its own
    @public
    @documented(CHANNEL)
    def open_channel(channel: str) -> Response:
        return views.opened(channel)

    return rooms


class HubViews:
    """The answers of the hub that take more than a line."""

    def __init__(self, hub: CastHub, listening: CastListening, handover: Handover, sites: Sites) -> None:
        self._hub = hub
        self._listening = listening
        self._handover = handover
        self._sites = sites

    def address(self, path: str) -> str:
        """The address of a path here."""
        return f"{self._sites.own.base_url}{path}"

    def subscribed(self) -> Response:
        """The answer to who subscribes or unsubscribes: the address of their channel.

        Raises `Invalid` for a form that is wrong.
        """
        asked, scope = _asked(read_form(_LARGEST_FORM)), current_scope()
        if asked.get("hub.channel.type") != "websocket":
            raise Invalid("hub.channel.type is websocket", location="hub.channel.type")
        topic, channel = asked.get("hub.topic", ""), _secret(asked.get("hub.channel.endpoint", ""))
        mode = asked.get("hub.mode")
        if mode == "unsubscribe":
            self._hub.unsubscribe(scope, topic, channel)
        elif mode == "subscribe":
            wish = CastWish(
                events=tuple(each.strip() for each in asked.get("hub.events", "").split(",") if each.strip()),
                name=asked.get("subscriber.name", ""),
                lease=_lease(asked.get("hub.lease_seconds")),
                most=_token_seconds(),
                channel=channel,
            )
            channel = self._hub.subscribe(scope, topic, wish)
        else:
            raise Invalid("hub.mode is subscribe or unsubscribe", location="hub.mode")
        address = self.address(f"{_CHANNELS}/{channel}").replace("http", "ws", 1)
        return plain_json({"hub.channel.endpoint": address}, status=202)

    def sent(self, topic: str | None) -> Response:
        """The answer to an event: it was told to all; `topic` is that of the address, None without one."""
        raw, scope = read_json(_LARGEST_EVENT), current_scope()
        event = raw.get("event") if isinstance(raw, dict) else None
        named = event.get("hub.topic") if isinstance(event, dict) else None
        version = self._hub.send(scope, topic or (named if isinstance(named, str) else ""), raw)
        return plain_json({"context.versionId": version} if version else {}, status=202)

    def opened(self, channel: str) -> Response:
        """The connection goes to who keeps it open, and no byte of this answer leaves.

        Raises `NotFound` where there is no such subscription, `Invalid` for what is no WebSocket, `Throttled`
        where somebody has too many, `Unavailable` where nobody keeps them.
        """
        if not is_socket():
            raise Invalid("open a WebSocket", location="Upgrade")
        listener = self._listening.find(self._sites.own.tenant, channel)
        if listener is None:
            raise NotFound("there is no such channel")
        handed = HandedConnection(request_head("/fhircast"), "", listener.subject, channel, cast=True)
        handing = self._handover.begin(handed, request.environ.get("gunicorn.socket"))
        answer = Response(handing.body(), content_type="text/plain")
        answer.call_on_close(handing.close)
        return answer


def _asked(pairs: list[tuple[str, str]]) -> Mapping[str, str]:
    """The fields of a form, each once; raises `Invalid` for one that comes twice or that there is not."""
    found = dict(pairs)
    for name, _ in pairs:
        if name not in _FIELDS:
            raise Invalid("there is no such field", location=name[:64])
    if len(found) != len(pairs):
        raise Invalid("each field comes once", location="hub")
    return found


def _secret(endpoint: str) -> str:
    """The secret of a channel in its address; empty where there is none."""
    return urlsplit(endpoint.strip()).path.rpartition("/")[2]


def _lease(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= _DIGITS and int(text) > 0):
        raise Invalid("hub.lease_seconds is a whole number of seconds", location="hub.lease_seconds")
    return int(text)


def _token_seconds() -> int | None:
    """For how long the token of the request is good; None where a browser session asks."""
    credentials, received = current().credentials, current().received
    if not isinstance(credentials, str):
        return None
    return seconds_left(credentials.partition(" ")[2].strip(), received // _MICROSECONDS)
