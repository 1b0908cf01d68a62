"""What the request in hand accepts, by its parameters and its Accept header (PS3.18 8.3.3, 8.7.8.1)."""

from collections.abc import Sequence

from flask import request

from app.http.kit.json_answers import JSON_OFFERS
from app.http.kit.negotiation import MediaRange, MediaType, choose, parse_accept
from graph.errors import Invalid

ACCEPT, CHARSET = "accept", "charset"
NEGOTIATION = frozenset({ACCEPT, CHARSET})
"""The parameters that say how the answer is wanted, and nothing of what."""

_CHARACTER_SETS = frozenset({"utf-8", "utf8", "iso_ir 192"})


def accepted(name: str = ACCEPT) -> tuple[MediaRange, ...]:
    """The media ranges that are accepted, those of the parameter of that name first."""
    return parse_accept(request.headers.get("Accept"), accepting_parameter(name))


def accepted_apart() -> list[tuple[MediaRange, ...]]:
    """The media ranges of the Accept header and those of the parameter, each by themselves where they are."""
    texts = (request.headers.get("Accept"), accepting_parameter())
    return [parse_accept(text) for text in texts if text]


def wanted_of(offers: Sequence[MediaType]) -> MediaType:
    """The offer that is wanted most, the first of equals; raises `NotAcceptable` where none is."""
    return choose(request.headers.get("Accept"), offers, accepting_parameter())


def json_wanted() -> MediaType:
    """The form of JSON that is wanted; raises `NotAcceptable` where none is."""
    return wanted_of(JSON_OFFERS)


def check_character_set() -> None:
    """Raise `Invalid` where the charset parameter names only character sets that are not sent (8.3.3.2)."""
    named = [
        each.partition(";")[0].strip().strip('"').lower()
        for text in request.args.getlist(CHARSET)
        for each in text.split(",")
    ]
    if named and _CHARACTER_SETS.isdisjoint(named):
        raise Invalid("answers are in UTF-8", location=CHARSET)


def accepting_parameter(name: str = ACCEPT) -> str | None:
    """The values of the parameter that lists media types, joined; None where it is not there."""
    named = request.args.getlist(name)
    return ",".join(named) if named else None
