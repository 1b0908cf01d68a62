"""`/operations`: what takes longer than a request. A caller sees those of its tenant.

The window is that of the cloud's DICOM service (`GET /operations/<id>`: 202 while it is under way, 200 at its
end), cancelled as an asynchronous request of FHIR is: `DELETE`, answered 202.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.parameters import require_only
from app.http.kit.request_context import current_scope
from app.http.operations.answers import STATUS, operation, percent_complete
from app.http.operations.description import CANCEL, MOST_LISTED, OPERATION, OPERATIONS, PURGE
from app.paging import PageTokens
from app.site import Sites
from app.work.operations import JobWindow, Operations
from app.work.purging import Purging
from graph.clock import now
from graph.errors import Invalid
from graph.jobs.records import Job, JobState

_DEFAULT_LISTED = 50
_PARAMETERS = frozenset({"status", "limit", "page"})
_STATES = {word: state for state, word in STATUS.items()}
_RETRY_SECONDS = 2


def add_operations(
    rooms: Blueprint, work: Operations, purging: Purging, tokens: PageTokens, sites: Sites
) -> None:
    """Add the routes of operations to the room."""
    base_url = sites.own.base_url

    @rooms.get("/operations")
    @requires("operations.read")
    @documented(OPERATIONS)
    def operations() -> Response:
        scope = current_scope()
        limit, state = _asked(request.args)
        query = f"operations|{state or ''}|{limit}"
        token = request.args.get("page")
        after = _place(tokens.read(scope, query, token, now())) if token else None
        page = work.page(scope, JobWindow(limit, state, after))
        body: dict[str, Any] = {"operations": [operation(job, base_url) for job in page.jobs]}
        if page.following:
            following = tokens.issue(scope, query, page.following, now())
            body["next"] = f"{base_url}/operations?{_query(request.args, following)}"
        return plain_json(body)

    @rooms.post("/operations/purge")
    @requires("imaging.purge", action="E")
    @documented(PURGE)
    def purge() -> Response:
        return _shown(purging.ask(current_scope()), base_url)

    @rooms.get("/operations/<operation_id>")
    @requires("operations.read")
    @documented(OPERATION)
    def status(operation_id: str) -> Response:
        return _shown(work.find(current_scope(), operation_id), base_url)

    @rooms.delete("/operations/<operation_id>")
    @requires("operations.cancel")
    @documented(CANCEL)
    def cancel(operation_id: str) -> Response:
        job = work.cancel(current_scope(), operation_id)
        return plain_json(operation(job, base_url), HTTPStatus.ACCEPTED)


def _shown(job: Job, base_url: str) -> Response:
    """200 for a job at its end; else 202 with where and when to look again, and how far it is."""
    body = operation(job, base_url)
    if job.state.ended:
        return plain_json(body)
    answer = plain_json(body, HTTPStatus.ACCEPTED)
    answer.headers["Location"] = f"{base_url}/operations/{job.id}"
    answer.headers["Retry-After"] = str(_RETRY_SECONDS)
    percent = percent_complete(job)
    answer.headers["X-Progress"] = STATUS[job.state] if percent is None else f"{percent}%"
    return answer


def _asked(arguments: Mapping[str, str]) -> tuple[int, JobState | None]:
    """How many, and in which state; raises `Invalid`."""
    require_only(*_PARAMETERS, given=arguments)
    text = arguments.get("limit", str(_DEFAULT_LISTED))
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MOST_LISTED))):
        raise _no_limit()
    if not 1 <= int(text) <= MOST_LISTED:
        raise _no_limit()
    word = arguments.get("status")
    if word is not None and word not in _STATES:
        raise Invalid(f"status is one of {', '.join(_STATES)}", location="status")
    return int(text), _STATES[word] if word is not None else None


def _no_limit() -> Invalid:
    return Invalid(f"limit is a whole number from 1 to {MOST_LISTED}", location="limit")


def _place(keyset: tuple[object, ...]) -> tuple[int, str]:
    """The last job of the page before, as its token kept it."""
    asked_at, job_id = keyset
    return int(str(asked_at)), str(job_id)


def _query(arguments: Mapping[str, str], token: str) -> str:
    return urlencode({**arguments, "page": token})
