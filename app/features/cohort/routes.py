"""`POST /cohorts/query`: a question in, patients, verdicts, rows and links out (docs/concepts/cohort.md)."""

from datetime import UTC, datetime

import orjson
from flask import Blueprint, Response

from app.bootstrap import Services
from app.features.cohort.answering import Asking, answer
from app.features.cohort.answers import MISSION, AnswerSchema
from app.features.cohort.reading import read_question
from app.features.cohort.records import Records
from app.features.cohort.schemas import SPELLED_OUT, QuestionSchema
from app.web.bodies import read_json
from app.web.guard import requires
from app.web.openapi import Operation, documented
from app.web.request_context import current, current_scope
from graph.stores.concepts import ConceptStore
from graph.stores.references import ReferenceStore

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
