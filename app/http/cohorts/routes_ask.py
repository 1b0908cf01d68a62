"""`/cohorts/ask`: a question in plain words becomes one that can be asked (docs/plain-words.md)."""

from flask import Blueprint, Response, request

from app.cohorts.plain_words.asking import PlainWords
from app.http.cohorts.description_ask import ASK
from app.http.kit.bodies import read_json
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.request_context import current, current_scope
from graph.errors import Invalid

_LARGEST = 64 << 10


def add_ask(rooms: Blueprint, plain_words: PlainWords) -> None:
    """Add the route of questions in plain words."""

    @rooms.post("/ask")
    @requires("cohort.query", action="E", instead=("cohort.count",))
    @documented(ASK)
    def ask() -> Response:
        for name in request.args:
            raise Invalid("the question is the body, and takes no parameters", location=name[:64])
        return plain_json(plain_words.ask(current_scope(), read_json(_LARGEST), current().received))
