"""`POST /cohorts/query`: a question in, patients, verdicts, rows and links out (docs/concepts/cohort.md)."""

from datetime import UTC, datetime

import orjson
from flask import Blueprint, Response

from app.cohorts.answering import Asking, answer
from app.cohorts.answers import MISSION, AnswerSchema
from app.cohorts.reading import read_question
from app.cohorts.records import Records
from app.cohorts.schemas import SPELLED_OUT, QuestionSchema
from app.http.kit.bodies import read_json
from app.http.kit.guard import requires
from app.http.kit.openapi import Operation, documented
from app.http.kit.request_context import current, current_scope
from app.wiring import Services
from graph.resources.references import ReferenceStore
from graph.terminology.concepts import ConceptStore

LARGEST_QUESTION = 1 << 20
_MICROSECONDS = 1_000_000
_QUERY = Operation(
    summary="Ask a cohort question",
    tag="cohorts",
    description="Who fits, of whom nobody can say and why, and the rows and links that belong to them.",
    body=QuestionSchema,
    answers={200: AnswerSchema},
    schemas=SPELLED_OUT,
    examples={"mission": MISSION},
)


def blueprint(services: Services) -> Blueprint:
    """The one route."""
    rooms = Blueprint("cohort", __name__, url_prefix="/cohorts")
    references, concepts = ReferenceStore(services.graph), ConceptStore(services.graph)

    @rooms.post("/query")
    @requires("cohort.query", action="E")
    @documented(_QUERY)
    def query() -> Response:
        now, zone = current().received, services.reading.zone
        today = datetime.fromtimestamp(now // _MICROSECONDS, UTC).astimezone(zone).date()
        question = read_question(read_json(LARGEST_QUESTION), today)
        records = Records(current_scope(), services.resources, references, concepts)
        asking = Asking(records, zone, services.page_tokens, services.pseudonym_key, now)
        return Response(orjson.dumps(answer(question, asking)), content_type="application/json")

    return rooms
