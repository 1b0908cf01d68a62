"""`/exports`: a cohort that is taken away, as a job (docs/export.md). A caller sees their own."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request, send_file

from app.http.exports import description
from app.http.exports.answers import export, file
from app.http.kit.bodies import read_json
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.parameters import require_only
from app.http.kit.request_context import current, current_scope
from app.paging import PageTokens
from app.site import Sites
from app.work.extracts.extracts import Extracts, JobWindow
from app.work.extracts.wishes import DestinationType, ExtractWish
from graph.clock import now
from graph.errors import Invalid
from graph.jobs.records import Job

LARGEST = 1 << 20
_DEFAULT_LISTED = 100
_RETRY_SECONDS = 2
_QUERY = "exports"
_MOST_DIGITS = 9
_OCTETS = "application/octet-stream"


def blueprint(*, extracts: Extracts, tokens: PageTokens, sites: Sites) -> Blueprint:
    """Make the routes of exports."""
    rooms = Blueprint("exports", __name__, url_prefix="/exports")
    base_url = sites.own.base_url

    @rooms.post("")
    @requires("cohort.export", action="E")
    @documented(description.BEGIN)
    def begin() -> Response:
        require_only()
        job = extracts.begin(current_scope(), read_json(LARGEST), current().received)
        return _under_way(job)

    @rooms.get("")
    @requires("cohort.export")
    @documented(description.EXPORTS)
    def listed() -> Response:
        require_only("limit", "page")
        scope, token = current_scope(), request.args.get("page")
        limit = _number("limit", _DEFAULT_LISTED, 1, description.MOST_LISTED)
        after = _place(tokens.read(scope, f"{_QUERY}|{limit}", token, now())) if token else None
        page = extracts.page(scope, JobWindow(limit, None, after))
        body: dict[str, Any] = {"exports": [export(each, base_url, extracts.kept) for each in page.jobs]}
        if page.following:
            following = tokens.issue(scope, f"{_QUERY}|{limit}", page.following, now())
            body["next"] = f"{base_url}/exports?{urlencode({'limit': limit, 'page': following})}"
        return plain_json(body)

    @rooms.get("/<export_id>")
    @requires("cohort.export")
    @documented(description.EXPORT)
    def status(export_id: str) -> Response:
        job = extracts.find(current_scope(), export_id)
        return plain_json(export(job, base_url, extracts.kept)) if job.state.ended else _under_way(job)

    @rooms.delete("/<export_id>")
    @requires("cohort.export")
    @documented(description.END)
    def end(export_id: str) -> Response:
        extracts.withdraw(current_scope(), export_id)
        return Response(status=HTTPStatus.ACCEPTED)

    _add_contents(rooms, extracts, base_url)

    def _under_way(job: Job) -> Response:
        answer = plain_json(export(job, base_url, extracts.kept), HTTPStatus.ACCEPTED)
        answer.headers["Location"] = f"{base_url}/exports/{job.id}"
        answer.headers["Retry-After"] = str(_RETRY_SECONDS)
        return answer

    return rooms


def _add_contents(rooms: Blueprint, extracts: Extracts, base_url: str) -> None:
    """The routes of what an export that is done has: files, and what could not be handed over."""

    @rooms.get("/<export_id>/files")
    @requires("cohort.export")
    @documented(description.FILES)
    def files(export_id: str) -> Response:
        job = extracts.find(current_scope(), export_id)
        base = f"{base_url}/exports/{job.id}/files"
        fetched = ExtractWish.of(job.parameters).destination is not DestinationType.FOLDER
        some, more = _some(extracts.listed(current_scope(), export_id), base)
        return plain_json({"files": [file(each, base, fetched=fetched) for each in some], **more})

    @rooms.get("/<export_id>/errors")
    @requires("cohort.export")
    @documented(description.ERRORS)
    def errors(export_id: str) -> Response:
        found = extracts.errors(current_scope(), export_id)
        some, more = _some(found, f"{base_url}/exports/{export_id}/errors")
        return plain_json({"errors": list(some), **more})

    @rooms.get("/<export_id>/files/<path:name>")
    @requires("cohort.export", action="E")
    @documented(description.FILE)
    def download(export_id: str, name: str) -> Response:
        found = extracts.file(current_scope(), export_id, name)
        return send_file(
            found.resolve(),
            _OCTETS,
            as_attachment=True,
            download_name=found.name,
            conditional=True,
            max_age=0,
        )


def _some(
    listed: Sequence[dict[str, Any]], address: str
) -> tuple[Sequence[dict[str, Any]], Mapping[str, str]]:
    """The part of a list that is asked for, and the link to what follows."""
    require_only("limit", "offset")
    limit = _number("limit", _DEFAULT_LISTED, 1, description.MOST_LISTED)
    offset = _number("offset", 0, 0, len(listed))
    end = offset + limit
    following = (
        {"next": f"{address}?{urlencode({'limit': limit, 'offset': end})}"} if end < len(listed) else {}
    )
    return listed[offset:end], following


def _number(name: str, default: int, least: int, most: int) -> int:
    text = request.args.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and least <= int(text) <= most):
        raise Invalid(
            "%(name)s is a number from %(least)s to %(most)s",
            location=name,
            name=name,
            least=least,
            most=most,
        )
    return int(text)


def _place(after: tuple[object, ...]) -> tuple[int, str]:
    asked_at, job_id = after
    return int(str(asked_at)), str(job_id)
