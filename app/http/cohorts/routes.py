"""`POST /cohorts/query`: a question in, patients, verdicts, rows and links out (docs/concepts/cohort.md)."""

import orjson
from flask import Blueprint, Response, request

from app.cohorts.answering import Cohorts
from app.http.cohorts.description import QUERY
from app.http.kit.bodies import read_json
from app.http.kit.guard import requires
from app.http.kit.openapi import documented
from app.http.kit.request_context import current, current_scope
from graph.errors import Invalid

LARGEST_QUESTION = 1 << 20


def blueprint(*, cohorts: Cohorts) -> Blueprint:
    """Make the route that cohort questions are asked on."""
    rooms = Blueprint("cohorts", __name__, url_prefix="/cohorts")

    @rooms.post("/query")
    @requires("cohort.query", action="E", instead=("cohort.count",))
    @documented(QUERY)
    def query() -> Response:
        for name in request.args:
            raise Invalid("the question is the body, and takes no parameters", location=name[:64])
        found = cohorts.ask(current_scope(), read_json(LARGEST_QUESTION), current().received)
        return Response(orjson.dumps(found), content_type="application/json")

    return rooms
