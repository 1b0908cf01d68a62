"""What the request in hand accepts: its accept parameter, then its Accept header (PS3.18 8.7.8.1)."""

from flask import request

from app.http.kit.json_answers import JSON_OFFERS
from app.http.kit.negotiation import MediaRange, MediaType, choose, parse_accept

ACCEPT = "accept"


def accepted() -> tuple[MediaRange, ...]:
    """The media ranges that are accepted, those of the parameter first."""
    return parse_accept(request.headers.get("Accept"), _parameter())


def json_wanted() -> MediaType:
    """The form of JSON that is wanted; raises `NotAcceptable` where none is."""
    return choose(request.headers.get("Accept"), JSON_OFFERS, _parameter())


def _parameter() -> str | None:
    named = request.args.getlist(ACCEPT)
    return ",".join(named) if named else None
