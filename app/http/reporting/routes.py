"""`/reporting`: reports of studies are begun, signed, corrected, added to, read and acknowledged."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request

from app.http.kit.bodies import read_json
from app.http.kit.conditional import version_tag
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.request_context import current, current_scope
from app.http.reporting.answers import PATH, opening_told, report_told, result_told, view_told
from app.http.reporting.description import (
    ACKNOWLEDGE,
    APPEND,
    BEGIN,
    CORRECT,
    OPEN,
    READ,
    SAVE,
    WAITING,
    WITHDRAW,
)
from app.http.reporting.pages_reading import add_reading
from app.http.reporting.pages_writing import add_writing
from app.http.reporting.uses import ReportingUses
from app.preconditions import preconditions
from app.records.reporting.content import content_of
from app.records.reporting.states import ReportStep
from app.records.reporting.written import WrittenReport
from graph.errors import Invalid

RECORD, PICTURES, WRITE = "fhir.read", "imaging.read", "report.write"
_LARGEST = 1 << 20  # bytes: eight sections of characters that take four each, and what is around them
_DIGITS = 9


def blueprint(uses: ReportingUses) -> Blueprint:
    """Make the routes of reports."""
    rooms = Blueprint("reporting", __name__, template_folder="templates")
    _add_studies(rooms, uses)
    _add_steps(rooms, uses)
    _add_results(rooms, uses)
    add_writing(rooms, uses)
    add_reading(rooms, uses)
    return rooms


def _add_studies(rooms: Blueprint, uses: ReportingUses) -> None:
    @rooms.get("/reporting/studies/<study>")
    @requires(PICTURES, RECORD, WRITE)
    @documented(OPEN)
    def open_study(study: str) -> Response:
        return plain_json(opening_told(uses.reporting.open(current_scope(), study)))

    @rooms.post("/reporting/studies/<study>")
    @requires(PICTURES, RECORD, WRITE)
    @documented(BEGIN)
    def begin_report(study: str) -> Response:
        content, step = _written(_body("content", "sign"))
        report = uses.reporting.write(current_scope(), study, content, step, None)
        answer = _answer(report, HTTPStatus.CREATED)
        answer.headers["Location"] = f"{uses.base}{PATH}/{report.report_id}"
        return answer


def _add_steps(rooms: Blueprint, uses: ReportingUses) -> None:
    reporting = uses.reporting

    @rooms.get(f"{PATH}/<report>")
    @requires(RECORD)
    @documented(READ)
    def read_report(report: str) -> Response:
        view = reporting.read(current_scope(), report, _asked_version())
        answer = plain_json(view_told(view, current().received))
        answer.headers["ETag"] = version_tag(view.shown.version_id)
        return answer

    @rooms.put(f"{PATH}/<report>")
    @requires(RECORD, WRITE)
    @documented(SAVE)
    def save_report(report: str) -> Response:
        version, (content, step) = _known(), _written(_body("content", "sign"))
        return _answer(reporting.save(current_scope(), report, content, step, version))

    @rooms.post(f"{PATH}/<report>/correction")
    @requires(RECORD, WRITE, action="U")
    @documented(CORRECT)
    def correct_report(report: str) -> Response:
        version, body = _known(), _body("content", "reason")
        content = content_of(body.get("content", {}))
        return _answer(reporting.correct(current_scope(), report, content, version, _text(body, "reason")))

    @rooms.post(f"{PATH}/<report>/addendum")
    @requires(RECORD, WRITE, action="U")
    @documented(APPEND)
    def append_to_report(report: str) -> Response:
        version, body = _known(), _body("text", "critical")
        text, critical = _text(body, "text"), _text(body, "critical")
        return _answer(reporting.append(current_scope(), report, text, version, critical))

    @rooms.post(f"{PATH}/<report>/withdrawal")
    @requires(RECORD, WRITE, action="U")
    @documented(WITHDRAW)
    def withdraw_report(report: str) -> Response:
        version, body = _known(), _body("reason")
        return _answer(reporting.withdraw(current_scope(), report, version, _text(body, "reason")))


def _add_results(rooms: Blueprint, uses: ReportingUses) -> None:
    @rooms.post(f"{PATH}/<report>/acknowledgement")
    @requires(RECORD, action="U")
    @documented(ACKNOWLEDGE)
    def acknowledge_report(report: str) -> Response:
        found = uses.results.acknowledge(current_scope(), report)
        return plain_json([result_told(each, current().received) for each in found])

    @rooms.get("/reporting/critical-results")
    @requires(RECORD)
    @documented(WAITING)
    def waiting_results() -> Response:
        scope, now = current_scope(), current().received
        return plain_json(
            {
                "forYou": [result_told(each, now) for each in uses.results.for_caller(scope)],
                "byYou": [result_told(each, now) for each in uses.results.of_caller(scope)],
            }
        )


def _answer(report: WrittenReport, status: int = HTTPStatus.OK) -> Response:
    answer = plain_json(report_told(report), status)
    answer.headers["ETag"] = version_tag(report.version_id)
    return answer


def _body(*names: str) -> Mapping[str, Any]:
    """The body, an object of some of these names."""
    body = read_json(_LARGEST)
    if not isinstance(body, dict):
        raise Invalid("the body is an object", location="body")
    if stray := sorted(body.keys() - set(names)):
        raise Invalid("there is no such member here", location=str(stray[0])[:64])
    return body


def _written(body: Mapping[str, Any]) -> tuple[Any, ReportStep]:
    sign = body.get("sign", False)
    if not isinstance(sign, bool):
        raise Invalid("sign is true or false", location="sign")
    return content_of(body.get("content")), ReportStep.SIGN if sign else ReportStep.SAVE


def _text(body: Mapping[str, Any], name: str) -> Any:
    return body.get(name, "")


def _known() -> int:
    """The version that the client read, as If-Match names it."""
    tags = preconditions(dict(request.headers)).if_match or frozenset()
    named = [each for each in tags if _is_number(each)]
    if len(tags) != 1 or not named:
        raise Invalid('name the version that you read: If-Match: W/"3"', location="If-Match")
    return int(named[0])


def _asked_version() -> int | None:
    text = request.args.get("version")
    if text is None:
        return None
    if not _is_number(text):
        raise Invalid("version is a whole number from 1 on", location="version")
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _DIGITS and int(text) > 0
