"""The whole toolkit put onto an app, in the order that makes it right.

After a view the functions run from last to first: the audit entry is closed first, since its failure replaces
the answer; then compression, headers, the log and the counters see the answer that leaves.
"""

from collections.abc import Mapping

from flask import Flask

from app.http.kit.compression import install_compression
from app.http.kit.guard import Authenticate, Recorder, install_guard, unguarded_routes
from app.http.kit.headers import install_headers
from app.http.kit.logging import install_logging
from app.http.kit.metrics import install_metrics
from app.http.kit.problems import Dialect, install_problems
from app.http.kit.request_context import install_request_context


def install_toolkit(
    app: Flask,
    *,
    base_url: str,
    authenticate: Authenticate,
    recorder: Recorder,
    dialects: Mapping[str, Dialect],
) -> None:
    """Install everything; call it after extensions that bring error handlers of their own."""
    install_request_context(app)
    install_metrics(app)
    install_logging(app)
    install_headers(app, base_url)
    install_compression(app)
    install_guard(app, authenticate, recorder)
    install_problems(app, dialects)


def refuse_unguarded(app: Flask) -> None:
    """Refuse to start while a route declares no access; call it after the last route is there."""
    if bare := unguarded_routes(app):
        raise RuntimeError(f"routes without @requires or @public: {', '.join(bare)}")
