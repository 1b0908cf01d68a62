"""`/cohorts/saved`: cohorts that somebody saved, their versions, whom they found and what changed since."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from app.cohorts.saved.saved_cohorts import ComparedSide
from app.http.cohorts.answered import WantedForm
from app.http.cohorts.description_saved import (
    ANSWER,
    CHANGE,
    COMPARE,
    DEFAULT_LISTED,
    LIST,
    MOST_LISTED,
    READ,
    REFRESH,
    REFRESHED,
    REFRESHES,
    REMOVE,
    SAVE,
    VERSION,
    VERSIONS,
)
from app.http.cohorts.told import cohort_told, refresh_told, version_told
from app.http.cohorts.uses import CohortUses
from app.http.kit.bodies import read_json
from app.http.kit.conditional import is_unchanged, version_tag
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.parameters import require_only
from app.http.kit.request_context import current, current_scope
from app.preconditions import CurrentVersion, preconditions
from graph.cohorts.records import SavedCohort
from graph.errors import Invalid, NotFound

ASK, COUNT = "cohort.query", ("cohort.count",)
SAVED = "/saved"
_LARGEST = 1 << 20
_ONE = f"{SAVED}/<cohort_id>"
_DIGITS = 9


def add_saved(rooms: Blueprint, uses: CohortUses) -> None:
    """Add the routes of saved cohorts."""
    _add_cohorts(rooms, uses)
    _add_one(rooms, uses)
    _add_versions(rooms, uses)
    _add_answers(rooms, uses)


def _add_cohorts(rooms: Blueprint, uses: CohortUses) -> None:
    @rooms.get(SAVED)
    @requires(ASK, instead=COUNT)
    @documented(LIST)
    def list_saved() -> Response:
        require_only("limit", "page")
        scope, limit = current_scope(), _number("limit", DEFAULT_LISTED, MOST_LISTED)
        query, token = f"saved cohorts|{limit}", request.args.get("page")
        after = _place(uses.tokens.read(scope, query, token, current().received)) if token else None
        found = uses.saved.listed(scope, limit + 1, after)
        body: dict[str, Any] = {"cohorts": [cohort_told(scope, each) for each in found[:limit]], "next": None}
        if len(found) > limit:
            last = found[limit - 1]
            following = uses.tokens.issue(scope, query, (last.created_at, last.id), current().received)
            body["next"] = f"{uses.base_url}/cohorts/saved?{urlencode({'limit': limit, 'page': following})}"
        return plain_json(body)

    @rooms.post(SAVED)
    @requires(ASK, instead=COUNT)
    @documented(SAVE)
    def save_cohort() -> Response:
        require_only()
        cohort = uses.saved.save(current_scope(), read_json(_LARGEST), current().received)
        answer = _shown(uses, cohort, HTTPStatus.CREATED)
        answer.headers["Location"] = f"{uses.base_url}/cohorts/saved/{cohort.id}"
        return answer


def _add_one(rooms: Blueprint, uses: CohortUses) -> None:
    @rooms.get(_ONE)
    @requires(ASK, instead=COUNT)
    @documented(READ)
    def read_saved(cohort_id: str) -> Response:
        require_only()
        cohort, _ = uses.saved.found(current_scope(), cohort_id)
        if is_unchanged(dict(request.headers), version_tag(cohort.edition)):
            return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": version_tag(cohort.edition)})
        return _shown(uses, cohort)

    @rooms.put(_ONE)
    @requires(ASK, instead=COUNT)
    @documented(CHANGE)
    def change_saved(cohort_id: str) -> Response:
        require_only()
        raw, now = read_json(_LARGEST), current().received
        return _shown(uses, uses.saved.change(current_scope(), cohort_id, raw, now, _required()))

    @rooms.delete(_ONE)
    @requires(ASK, instead=COUNT)
    @documented(REMOVE)
    def remove_saved(cohort_id: str) -> Response:
        require_only()
        uses.saved.remove(current_scope(), cohort_id, _required())
        return Response(status=HTTPStatus.NO_CONTENT)


def _add_versions(rooms: Blueprint, uses: CohortUses) -> None:
    @rooms.get(f"{_ONE}/versions")
    @requires(ASK, instead=COUNT)
    @documented(VERSIONS)
    def list_versions(cohort_id: str) -> Response:
        require_only()
        found = uses.saved.versions(current_scope(), cohort_id)
        return plain_json({"versions": [version_told(each) for each in found]})

    @rooms.get(f"{_ONE}/versions/<number>")
    @requires(ASK, instead=COUNT)
    @documented(VERSION)
    def read_version(cohort_id: str, number: str) -> Response:
        require_only()
        return plain_json(version_told(uses.saved.version(current_scope(), cohort_id, _ordinal(number))))

    @rooms.post(f"{_ONE}/refresh")
    @requires(ASK, action="E", instead=COUNT)
    @documented(REFRESH)
    def refresh_saved(cohort_id: str) -> Response:
        require_only("asOf")
        day = request.args.get("asOf")
        found = uses.saved.refresh(current_scope(), cohort_id, day, current().received)
        answer = plain_json(refresh_told(found), HTTPStatus.CREATED)
        path = f"/cohorts/saved/{cohort_id}/refreshes/{found.number}"
        answer.headers["Location"] = f"{uses.base_url}{path}"
        return answer

    @rooms.get(f"{_ONE}/refreshes")
    @requires(ASK, instead=COUNT)
    @documented(REFRESHES)
    def list_refreshes(cohort_id: str) -> Response:
        require_only()
        found = uses.saved.refreshes(current_scope(), cohort_id)
        return plain_json({"refreshes": [refresh_told(each) for each in found]})

    @rooms.get(f"{_ONE}/refreshes/<number>")
    @requires(ASK, action="E", instead=COUNT)
    @documented(REFRESHED)
    def read_refresh(cohort_id: str, number: str) -> Response:
        require_only()
        refresh, patients = uses.saved.refreshed(
            current_scope(), cohort_id, _ordinal(number), current().received
        )
        return plain_json({**refresh_told(refresh), "patients": patients})


def _add_answers(rooms: Blueprint, uses: CohortUses) -> None:
    @rooms.get(f"{_ONE}/diff")
    @requires(ASK, action="E", instead=COUNT)
    @documented(COMPARE)
    def compare_saved(cohort_id: str) -> Response:
        require_only("from", "to")
        before, after = (ComparedSide.parse(request.args.get(name, ""), name) for name in ("from", "to"))
        return plain_json(uses.saved.compare(current_scope(), cohort_id, before, after, current().received))

    @rooms.get(f"{_ONE}/answer")
    @requires(ASK, action="E", instead=COUNT)
    @documented(ANSWER)
    def answer_saved(cohort_id: str) -> Response:
        require_only("version", "asOf", "format", "table", "limit", "token")
        scope, version = current_scope(), request.args.get("version")
        number = None if version is None else _number("version", 1, 10**_DIGITS)
        raw = _with_parameters(uses.saved.question(scope, cohort_id, number), request.args)
        wish = WantedForm(request.headers.get("Accept"), request.args.get("table"))
        return uses.answers.answer(scope, raw, current().received, wish)


def _with_parameters(raw: Mapping[str, Any], arguments: Mapping[str, str]) -> dict[str, Any]:
    """A question with what the parameters say of its day, its form and its page."""
    found = dict(raw)
    if "asOf" in arguments:
        found["asOf"] = arguments["asOf"]
    if "format" in arguments:
        found["output"] = {**found.get("output", {}), "format": arguments["format"]}
    page: dict[str, Any] = {"limit": _number("limit", 1, 1_000)} if "limit" in arguments else {}
    if "token" in arguments:
        page["token"] = arguments["token"]
    return {**found, "page": page} if page else found


def _shown(uses: CohortUses, cohort: SavedCohort, status: int = HTTPStatus.OK) -> Response:
    """A saved cohort with its newest version, and the tag of its edition."""
    scope = current_scope()
    _, version = uses.saved.found(scope, cohort.id)
    answer = plain_json({**cohort_told(scope, cohort), **_asked(version_told(version))}, status)
    answer.headers["ETag"] = version_tag(cohort.edition)
    return answer


def _asked(version: Mapping[str, Any]) -> dict[str, Any]:
    return {name: version[name] for name in ("hash", "question")}


def _required() -> Callable[[SavedCohort], None]:
    """What the headers require of the cohort as it is."""
    asked = preconditions(dict(request.headers))
    return lambda cohort: asked.require(CurrentVersion(str(cohort.edition), cohort.changed_at))


def _number(name: str, default: int, most: int) -> int:
    text = request.args.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS + 1 and 1 <= int(text) <= most):
        raise Invalid(
            "%(name)s is a whole number from %(least)s to %(most)s",
            location=name,
            name=name,
            least=1,
            most=most,
        )
    return int(text)


def _ordinal(text: str) -> int:
    """The number in a path; what is none names nothing."""
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise NotFound("there is no such saved cohort")
    return int(text)


def _place(keyset: tuple[object, ...]) -> tuple[int, str]:
    """The last cohort of the page before, as its token kept it."""
    created_at, cohort_id = keyset
    return int(str(created_at)), str(cohort_id)
