"""Failures as somebody at a browser is told of them: what happened, and where to go from here."""

from flask import Flask, Request, Response, make_response, render_template

from app.http.kit.languages import said
from app.http.kit.request_context import request_id
from graph.wording import Phrase

TEMPLATE = "problem.html"
_WINDOW = "pages"  # the blueprint that has the template
_HTML = "text/html"
_NAVIGATE = ("Sec-Fetch-Mode", "navigate")


def leads_to_page(app: Flask, request: Request) -> bool:
    """Whether what was asked for is nothing of ours, and a browser asked that shows its answer as a page."""
    if _WINDOW not in app.blueprints or request.url_rule is not None:
        return False
    header, value = _NAVIGATE
    return request.headers.get(header) == value and _HTML in request.headers.get("Accept", "")


def problem_page(
    status: int, detail: Phrase, retry_after: int | None, *, from_elsewhere: bool = False
) -> Response:
    """The page that tells of a failure; `from_elsewhere`: of a form that no page of the session sent."""
    shown = render_template(
        TEMPLATE,
        status=status,
        detail=said(detail),
        from_elsewhere=from_elsewhere,
        request_id=request_id(),
    )
    answer = make_response(shown, status)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer
