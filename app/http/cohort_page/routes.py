"""`/cohorts`: the page of cohorts, and what its script asks for beside their API (docs/cohort-page.md)."""

from flask import Blueprint, Response, request

from app.cohorts.plain_words.suggesting import LONGEST_NAME, suggested
from app.http.cohort_page.changes import changes_in_words
from app.http.cohort_page.checking import checked
from app.http.cohort_page.description import CHANGES, FORMS, PEOPLE, SETS, WORDS
from app.http.cohort_page.forms import described
from app.http.cohort_page.page import CohortPage
from app.http.cohort_page.people import people_of
from app.http.cohort_page.uses import CohortPageUses
from app.http.kit.bodies import read_json
from app.http.kit.browsers import LARGEST_DOCUMENT_FORM
from app.http.kit.frame import ANY_COHORT, COHORTS_PATH
from app.http.kit.guard import requires, signed_in
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.parameters import require_only
from app.http.kit.request_context import current, current_scope
from graph.errors import Invalid

LARGEST_QUESTION = 1 << 20
_ONE, *_OTHER = ANY_COHORT


def blueprint(uses: CohortPageUses) -> Blueprint:
    """Make the routes of the page."""
    rooms = Blueprint("cohort_page", __name__, template_folder="templates")
    page = CohortPage(uses)

    @rooms.get(COHORTS_PATH)
    @signed_in("R", _ONE, instead=_OTHER)
    def ask_cohort() -> Response:
        return page.empty()

    @rooms.post(COHORTS_PATH)
    @signed_in("E", _ONE, instead=_OTHER, largest=LARGEST_DOCUMENT_FORM)
    def answer_cohort() -> Response:
        return page.answered()

    _add_asked_by_script(rooms, uses)
    return rooms


def _add_asked_by_script(rooms: Blueprint, uses: CohortPageUses) -> None:
    @rooms.get(f"{COHORTS_PATH}/forms")
    @requires(_ONE, instead=_OTHER)
    @documented(FORMS)
    def forms() -> Response:
        require_only()
        return plain_json(described())

    @rooms.post(f"{COHORTS_PATH}/words")
    @requires(_ONE, action="E", instead=_OTHER)
    @documented(WORDS)
    def words() -> Response:
        require_only()
        return plain_json(checked(uses, current_scope(), read_json(LARGEST_QUESTION), current().received))

    @rooms.post(f"{COHORTS_PATH}/changes")
    @requires(_ONE, action="E", instead=_OTHER)
    @documented(CHANGES)
    def changes() -> Response:
        require_only()
        found = changes_in_words(read_json(LARGEST_QUESTION))
        return plain_json({"changes": [each._asdict() for each in found]})

    @rooms.get(f"{COHORTS_PATH}/people")
    @requires("fhir.read")
    @documented(PEOPLE)
    def people() -> Response:
        require_only("ids")
        return plain_json({"people": people_of(uses.people, current_scope(), request.args.get("ids", ""))})

    @rooms.get(f"{COHORTS_PATH}/sets")
    @requires(_ONE, instead=_OTHER)
    @documented(SETS)
    def sets() -> Response:
        require_only("name", "of")
        name = request.args.get("name", "")
        if not 0 < len(name) <= LONGEST_NAME:
            raise Invalid("a name has 1 to %(most)s characters", location="name", most=LONGEST_NAME)
        found = suggested(name, request.args.get("of", ""))
        told = [{"id": each.id, "name": each.name, "conceptSet": each.concept_set} for each in found]
        return plain_json({"found": told})
