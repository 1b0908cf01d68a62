"""`/cohorts`: questions in, patients, rows and links out, or why so many (docs/concepts/cohort.md).

And `/cohorts/saved`, the questions that somebody keeps; `/cohorts` itself is a page (docs/pages.md).
"""

import orjson
from flask import Blueprint, Response, request

from app.cohorts.answers.explaining import explained, read_explained
from app.http.cohorts.answered import WantedForm
from app.http.cohorts.description import EXPLAIN, QUERY
from app.http.cohorts.routes_ask import add_ask
from app.http.cohorts.routes_saved import add_saved
from app.http.cohorts.uses import CohortUses
from app.http.kit.bodies import read_json
from app.http.kit.guard import requires
from app.http.kit.openapi import documented
from app.http.kit.request_context import current, current_scope
from graph.errors import Invalid

LARGEST_QUESTION = 1 << 20


def blueprint(uses: CohortUses) -> Blueprint:
    """Make the routes that cohort questions are asked, saved and answered again on."""
    rooms = Blueprint("cohorts", __name__, url_prefix="/cohorts")

    @rooms.post("/query")
    @requires("cohort.query", action="E", instead=("cohort.count",))
    @documented(QUERY)
    def query() -> Response:
        if stray := sorted(request.args.keys() - {"table"}):
            raise Invalid(
                "the question is the body; the one parameter is the table of its answer",
                location=stray[0][:64],
            )
        wish = WantedForm(request.headers.get("Accept"), request.args.get("table"))
        return uses.answers.answer(current_scope(), read_json(LARGEST_QUESTION), current().received, wish)

    @rooms.post("/explain")
    @requires("cohort.query", action="E", instead=("cohort.count",))
    @documented(EXPLAIN)
    def explain() -> Response:
        for name in request.args:
            raise Invalid("the question is the body, and takes no parameters", location=name[:64])
        asked = read_explained(read_json(LARGEST_QUESTION))
        found = explained(uses.cohorts, current_scope(), asked.question, asked.wanted, current().received)
        return Response(orjson.dumps(found), content_type="application/json")

    add_ask(rooms, uses.plain_words)
    add_saved(rooms, uses)
    return rooms
