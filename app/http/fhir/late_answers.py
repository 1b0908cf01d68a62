"""`Prefer: respond-async`: an answer that is made later and fetched where the 202 says (FHIR R4 async.html).

`/fhir/$answer/<id>`: how far it is, the Bundle with the response, and its end. Searches, histories and
operations that read are answered so; of everything else the preference is let be, as RFC 7240 allows.
"""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from app.http.fhir.batch import alone
from app.http.fhir.exchange import Call, format_of
from app.http.fhir.incoming import call
from app.http.fhir.interactions import FORM, Interaction
from app.http.fhir.router import EntryRouter
from app.http.kit.guard import requires
from app.http.kit.request_context import current_scope
from app.records.bundles.entries import EntryRequest
from app.site import Sites
from app.work.answers.answers import LateAnswers
from app.work.answers.wishes import AnswerWish
from graph.clock import now
from graph.errors import Unprocessable
from graph.jobs.records import JobState
from graph.scope import AccessScope

_ASYNC, _SEARCH, _HEADERS = "respond-async", "/_search", ("Prefer", "Content-Type")
_AT_ONCE = frozenset({"read", "vread"})
_RETRY_SECONDS = 1


def wants_late(interaction: Interaction, asked: Call) -> bool:
    """Whether an interaction is to be answered later, and can be."""
    prefer = asked.headers.get("Prefer", "").lower()
    if _ASYNC not in prefer:
        return False
    preferences = {each.strip() for each in prefer.replace(";", ",").split(",")}
    reads = interaction.reads or interaction.body == FORM
    late = reads and interaction.permission == "fhir.read" and interaction.code not in _AT_ONCE
    return late and _ASYNC in preferences


def begin(answers: LateAnswers, interaction: Interaction, asked: Call, base: str, prefix: str) -> Response:
    """202 with where the answer will be; a form becomes the query that it stands for."""
    path = request.path.removeprefix(prefix).removesuffix(_SEARCH).lstrip("/")
    query = urlencode(asked.parameters)
    wish = AnswerWish(
        method=interaction.method if interaction.operation else "GET",
        url=f"{path}?{query}" if query else path,
        headers={name: asked.headers[name] for name in _HEADERS if name in asked.headers},
        body=asked.body.decode(),
    )
    job = answers.begin(current_scope(), wish)
    answer = Response(status=HTTPStatus.ACCEPTED)
    answer.headers["Content-Location"] = f"{base}/$answer/{job.id}"
    return answer


def performing(router: EntryRouter, sites: Sites) -> Callable[[AccessScope, AnswerWish], bytes]:
    """What answers a wish: the entry of a batch that asks the same."""

    def perform(scope: AccessScope, wish: AnswerWish) -> bytes:
        route = router.route(scope, sites.of(scope).fhir_base, now())
        return alone(EntryRequest(wish.method, wish.url, wish.headers, wish.body.encode()), route)

    return perform


def add_late_answers(rooms: Blueprint, answers: LateAnswers) -> None:
    """Add the routes of what follows to the room."""

    @rooms.get("/$answer/<answer_id>", endpoint="answer-status")
    @requires("fhir.read")
    def status(answer_id: str) -> Response:
        job = answers.find(current_scope(), answer_id)
        if job.state is JobState.FAILED:
            raise Unprocessable(job.message or "the request could not be answered")
        if job.state is not JobState.SUCCEEDED:
            waiting = Response(status=HTTPStatus.ACCEPTED)
            waiting.headers["Retry-After"] = str(_RETRY_SECONDS)
            waiting.headers["X-Progress"] = "running" if job.state is JobState.RUNNING else "waiting"
            return waiting
        shown = format_of(call())
        text = answers.text(current_scope(), job)
        return Response(shown.written(text), content_type=shown.content_type)

    @rooms.delete("/$answer/<answer_id>", endpoint="answer-delete")
    @requires("fhir.read")
    def end(answer_id: str) -> Response:
        answers.withdraw(current_scope(), answer_id)
        return Response(status=HTTPStatus.ACCEPTED)
