"""Failures as HTTP answers: one table from category to status, one dialect for each API.

FHIR answers an OperationOutcome (FHIR R4 http.html#errors), pages a page, everything else problem details
(RFC 9457); DICOMweb adds the failure reason of PS3.18 table 10.5.3-2. A detail never holds a path, a stack or
a patient's data.

Call `install_problems` after extensions that bring error handlers of their own (flask-smorest does, and drops
`Allow`): the last registration wins.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.routing import RequestRedirect

from app.admission.outcomes import STATUS
from app.http.kit.bodies import LARGER
from app.http.kit.browsers import FormFromElsewhere
from app.http.kit.fhir_formats import FORMAT, PRETTY, FhirFormat, format_of_failure
from app.http.kit.logging import note_unforeseen
from app.http.kit.problem_pages import leads_to_page, problem_page
from app.http.kit.request_context import current, request_id
from app.http.kit.statuses import DEFAULT_RETRY, ISSUE_CODE, TITLE
from fhir_profiles.issues import Issue, ProfileError
from graph.errors import Category, HilumError
from graph.wording import Phrase

_PROFILE_STATUS = 400  # "could not be parsed or failed basic FHIR validation rules" (R4 http.html#create)


class Dialect(StrEnum):
    """How an API words its failures."""

    FHIR = "fhir"
    DICOM = "dicom"
    PROBLEM = "problem"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class ProblemIssue:
    """One thing that is wrong; the fields are those of OperationOutcome.issue."""

    code: str
    diagnostics: str
    severity: str = "error"
    expression: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure ready to be worded: at least one issue."""

    status: int
    issues: tuple[ProblemIssue, ...]
    failure_reason: int | None = None
    retry_after: int | None = None
    allow: tuple[str, ...] = ()
    accepts: Mapping[str, str] = field(default_factory=dict)
    challenge: str | None = None
    offered: tuple[str, ...] = ()

    @property
    def detail(self) -> str:
        """The issues in one text."""
        return "; ".join(issue.diagnostics for issue in self.issues)


def problem_of(error: BaseException) -> Problem:
    """The problem that an exception stands for; anything unknown is a 500 without detail."""
    if isinstance(error, HilumError):
        return _of_hilum(error)
    if isinstance(error, ProfileError):
        return Problem(_PROFILE_STATUS, tuple(_issue_of(each) for each in error.issues))
    if isinstance(error, HTTPException):
        return _of_werkzeug(error)
    for kind, status, text in _FORESEEN:
        if isinstance(error, kind):
            return _plain(status, text)
    return _plain(500, "internal error; the request id names it in the server's log")


_FORESEEN: tuple[tuple[type[BaseException], int, str], ...] = (
    (ConnectionError, 408, "the client stopped sending its request"),
    (TimeoutError, 408, "the client stopped sending its request"),
    (RecursionError, 400, "the input is nested too deeply"),
    (MemoryError, 503, "the server is short of memory; try again"),
)


def _of_hilum(error: HilumError) -> Problem:
    status = STATUS[error.category]
    places = (error.location,) if error.location else ()
    issue = ProblemIssue(error.code or ISSUE_CODE[status], error.message, expression=places)
    return Problem(
        status,
        (issue,),
        failure_reason=error.failure_reason,
        retry_after=error.retry_after or DEFAULT_RETRY.get(status),
        allow=getattr(error, "allow", ()),
        accepts=getattr(error, "accepts", {}),
        challenge=getattr(error, "challenge", None),
        offered=getattr(error, "offered", ()),
    )


def _issue_of(found: Issue) -> ProblemIssue:
    places = (found.expression,) if found.expression else ()
    return ProblemIssue(found.code, found.diagnostics, found.severity, places)


def _of_werkzeug(error: HTTPException) -> Problem:
    status = error.code or 500
    allow = tuple(sorted(error.valid_methods or ())) if isinstance(error, MethodNotAllowed) else ()
    text = str(_larger(error) or TITLE.get(status, error.name).lower())
    return Problem(status, (ProblemIssue(ISSUE_CODE.get(status, "processing"), text),), allow=allow)


def _larger(error: BaseException) -> Phrase | None:
    """What is told of a form beyond its bound; None of everything else."""
    if not isinstance(error, RequestEntityTooLarge) or request.max_content_length is None:
        return None
    return Phrase(LARGER, {"limit": request.max_content_length})


def _wording_of(error: BaseException, problem: Problem) -> Phrase:
    """What a page says of a failure, as far as it has words for it in its language."""
    if isinstance(error, HilumError):
        return error.wording
    return _larger(error) or Phrase(problem.detail)


def _plain(status: int, text: str) -> Problem:
    code = ISSUE_CODE.get(status, "exception")
    return Problem(status, (ProblemIssue(code, text),), retry_after=DEFAULT_RETRY.get(status))


def operation_outcome(problem: Problem) -> dict[str, Any]:
    """The problem as a FHIR OperationOutcome (R4 operationoutcome.html)."""
    return {"resourceType": "OperationOutcome", "issue": [_outcome_issue(each) for each in problem.issues]}


def _outcome_issue(issue: ProblemIssue) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "severity": issue.severity,
        "code": issue.code,
        "diagnostics": issue.diagnostics,
    }
    if issue.expression:
        shown["expression"] = list(issue.expression)
    return shown


def problem_details(problem: Problem) -> dict[str, Any]:
    """The problem as RFC 9457 problem details."""
    shown: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLE.get(problem.status, "Error"),
        "status": problem.status,
        "detail": problem.detail,
        "requestId": request_id(),
    }
    places = [place for issue in problem.issues for place in issue.expression]
    if places:
        shown["location"] = places
    if problem.offered:
        shown["offered"] = list(problem.offered)
    return shown


def dicom_details(problem: Problem) -> dict[str, Any]:
    """The problem for DICOMweb: RFC 9457 with the DICOM failure reason, a decimal number."""
    shown = problem_details(problem)
    if problem.failure_reason is not None:
        shown["failureReason"] = problem.failure_reason
    return shown


_WORDING: Mapping[Dialect, tuple[str, Callable[[Problem], dict[str, Any]]]] = {
    Dialect.FHIR: ("application/fhir+json", operation_outcome),
    Dialect.DICOM: ("application/problem+json", dicom_details),
    Dialect.PROBLEM: ("application/problem+json", problem_details),
}


def respond(error: BaseException, dialect: Dialect | None = None) -> Response:
    """The HTTP answer to a failure, in the dialect of the request's path unless one is given."""
    problem, spoken = problem_of(error), dialect or _dialect_here()
    if spoken is Dialect.PAGE:
        page = problem_page(
            problem.status,
            _wording_of(error, problem),
            problem.retry_after,
            from_elsewhere=isinstance(error, FormFromElsewhere),
        )
        if problem.allow:
            page.headers["Allow"] = ", ".join(problem.allow)  # RFC 9110 15.5.6
        return page
    media_type, wording = _WORDING[spoken]
    body = orjson.dumps(wording(problem))
    if spoken is Dialect.FHIR:
        shown = format_told_in()
        body, media_type = shown.written(body), shown.name
    answer = Response(body, problem.status, content_type=media_type)
    answer.headers.extend(_headers(problem))
    return answer


def format_told_in() -> FhirFormat:
    """The format of FHIR in which the client of the request in hand is told of a failure."""
    given = dict(reversed([*request.args.items(multi=True), *current().form]))  # the first counts
    return format_of_failure(request.headers.get("Accept"), given.get(FORMAT), given.get(PRETTY))


def _headers(problem: Problem) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if problem.status == STATUS[Category.UNAUTHENTICATED]:
        headers["WWW-Authenticate"] = problem.challenge or 'Bearer realm="hilum"'
    if problem.status == STATUS[Category.FORBIDDEN]:
        headers["WWW-Authenticate"] = 'Bearer realm="hilum", error="insufficient_scope"'
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.allow:
        headers["Allow"] = ", ".join(problem.allow)
    headers |= problem.accepts
    if request.method == "PATCH" and "Accept" in problem.accepts:
        headers["Accept-Patch"] = problem.accepts["Accept"]  # RFC 5789 2.2
    return headers


_DIALECTS = "hilum.dialects"
OPERATION_MARK = "hilum_operation"
"""What a view of Hilum's own API is marked with (`app/http/kit/openapi.py: documented`)."""


def _dialect_here() -> Dialect:
    for prefix, dialect in current_app.extensions.get(_DIALECTS, {}).items():
        if request.path == prefix or request.path.startswith(f"{prefix}/"):
            return Dialect.PROBLEM if dialect is Dialect.PAGE and _is_of_an_api() else Dialect(dialect)
    return Dialect.PAGE if leads_to_page(current_app, request) else Dialect.PROBLEM


def _is_of_an_api() -> bool:
    """Whether what was asked for among pages is none itself, but described as an operation."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, OPERATION_MARK, None) is not None


def install_problems(app: Flask, dialects: Mapping[str, Dialect]) -> None:
    """Answer every failure in the dialect of its path prefix (`/fhir`), else as problem details."""
    app.extensions[_DIALECTS] = dict(dialects)
    app.register_error_handler(HilumError, respond)
    app.register_error_handler(ProfileError, respond)
    app.register_error_handler(HTTPException, _http_failure)
    app.register_error_handler(Exception, last_resort)


def _http_failure(error: HTTPException) -> Any:
    if isinstance(error, RequestRedirect):
        return error.get_response()
    original = getattr(error, "original_exception", None)
    return last_resort(original) if original is not None else respond(error)


def last_resort(error: Exception) -> Response:
    """Answer what nobody foresaw; log where it happened by frames only, as messages may hold patient data."""
    if isinstance(error, HilumError):
        return respond(error)
    note_unforeseen(request_id=request_id(), error=error)
    return respond(error)
