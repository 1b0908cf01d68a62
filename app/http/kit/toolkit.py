"""The whole toolkit put onto an app: one pass before each view and one after it.

What stands in the pass in which order makes it right. Before: the context first, since everything names the
request; then it counts as in flight and gets its budget; then the guard, who may refuse. After: the audit
entry is closed first, since its failure replaces the answer; compression, headers, the log and the counters
see the answer that leaves.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence

from flask import Flask, Response
from flask.globals import request_ctx

from app.admission import Admission
from app.http.kit import metrics
from app.http.kit.browsers import Browsers
from app.http.kit.compression import compress
from app.http.kit.cross_origin import CrossOrigin
from app.http.kit.guard import Guard, settle, unguarded_routes
from app.http.kit.headers import Protection, leave_out_content
from app.http.kit.logging import UNMATCHED, note_request
from app.http.kit.problems import Dialect, install_problems
from app.http.kit.rates import Rates
from app.http.kit.request_context import current, sign
from app.queries import require_utf8
from graph.budget import SECONDS, RequestBudget, begin_budget

_CLIENT = "gunicorn.socket"  # the connection, which can tell whether its client has left


class Passage:
    """What every request passes on its way in and every answer on its way out."""

    def __init__(
        self, guard: Guard, protection: Protection, cross_origin: CrossOrigin, question_seconds: float
    ) -> None:
        self._guard = guard
        self._protection = protection
        self._cross_origin = cross_origin
        self._question_seconds = question_seconds

    def enter(self) -> None:
        """Let a request in, or raise."""
        context = current()
        metrics.enter()
        context.counted = True
        client = request_ctx.request.environ.get(_CLIENT)
        begin_budget(RequestBudget(self._question_seconds, departed=getattr(client, "departed", None)))
        self._guard.admit(request_ctx.request, context)
        require_utf8(request_ctx.request.query_string)

    def leave(self, answer: Response) -> Response:
        """Make an answer ready to leave; another one where the audit entry could not be closed."""
        request, context = request_ctx.request, current()
        answer = settle(answer, context)
        leave_out_content(answer)
        compress(answer, request.headers.get("Accept-Encoding"))
        self._protection.add(answer, request.path)
        self._cross_origin.add(answer, request)
        rule = request.url_rule
        # A path or a method that matched no route may be anything, patient data too.
        route = rule.rule if rule else UNMATCHED
        seconds = time.perf_counter() - context.started
        note_request(
            request_id=context.request_id,
            method=request.method if rule else UNMATCHED,
            route=route,
            status=answer.status_code,
            seconds=seconds,
        )
        metrics.count(metrics.counted_method(request.method), route, answer.status_code, seconds)
        sign(answer, context)
        return answer

    def done(self, _: BaseException | None) -> None:
        """Count a request off that was let in, whatever became of it."""
        begin_budget(None)
        context = current()
        if context.counted:
            context.counted = False
            metrics.leave()


def install_toolkit(
    app: Flask,
    *,
    base_url: str,
    admission: Admission,
    dialects: Mapping[str, Dialect],
    origins: Sequence[str] = (),
    registered: Callable[[], Collection[str]] = tuple,
    question_seconds: float = SECONDS,
    rates: Rates | None = None,
) -> None:
    """Install everything; call it after extensions that bring error handlers of their own.

    Scripts of pages of these `origins`, and of those that `registered` tells, may read answers. The graph
    works at most `question_seconds` on one request. `rates` say how often somebody may ask.
    """
    cross_origin = CrossOrigin(origins, registered)
    guard = Guard(app, admission, Browsers(base_url), rates)
    interfaces = [path for path, dialect in dialects.items() if dialect is not Dialect.PAGE]
    passage = Passage(guard, Protection(base_url, interfaces), cross_origin, question_seconds)
    app.before_request(passage.enter)
    app.after_request(passage.leave)
    app.teardown_request(passage.done)
    install_problems(app, dialects)


def refuse_unguarded(app: Flask) -> None:
    """Refuse to start while a route declares no access; call it after the last route is there.

    Raises `RuntimeError` with their names.
    """
    if bare := unguarded_routes(app):
        raise RuntimeError(f"routes without @requires or @public: {', '.join(bare)}")
