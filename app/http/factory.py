"""The Flask application: the toolkit of the web and the routes of each window, and nothing else."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, TypeAlias

from flask import Blueprint, Flask
from werkzeug.routing import Rule

from app.admission import Admission
from app.http.kit.doorway import Doorway
from app.http.kit.openapi import offer_specification
from app.http.kit.problems import Dialect
from app.http.kit.rates import Rates
from app.http.kit.toolkit import install_toolkit, refuse_unguarded

DIALECTS = {
    "/fhir": Dialect.FHIR,
    "/dicom-web": Dialect.DICOM,
    **dict.fromkeys(  # APIs below pages
        (
            *("/cohorts/query", "/worklist/lines"),
            *(f"/feedback/{each}" for each in ("packets", "messages", "figures", "totals", "subscription")),
        ),
        Dialect.PROBLEM,
    ),
    **dict.fromkeys(
        (
            *("/home", "/worklist", "/search", "/cohorts", "/patients", "/studies", "/reports"),
            *("/feedback", "/manage", "/viewer"),
        ),
        Dialect.PAGE,
    ),
}
Window: TypeAlias = Blueprint


class _Route(Rule):
    """A rule that compiles what writes its address when an address is asked for.

    Werkzeug compiles two functions for each rule when it is added, which is most of what an app costs to
    make; here addresses are written by other means.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = super()._compile_builder

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            return compiled(append_unknown)(rule, **values)

        return build


class WebApp(Flask):
    """Flask, told that every view here is synchronous: it asks each of them at each request otherwise."""

    url_rule_class = _Route

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


def create_app(
    windows: Iterable[Window],
    *,
    base_url: str,
    admission: Admission,
    proxies: Sequence[str],
    origins: Sequence[str],
    registered: Callable[[], Collection[str]],
    question_seconds: float,
    rates: Rates,
) -> WebApp:
    """The app with the routes of these windows, at its own address; `proxies` are believed about clients.

    Scripts of pages of these `origins`, and of those that `registered` tells, may read its answers. The graph
    works at most `question_seconds` on one request. `rates` say how often somebody may ask.

    Raises `RuntimeError` where a route declares no access.
    """
    app = WebApp("hilum", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    offer_specification(app, base_url)
    install_toolkit(
        app,
        base_url=base_url,
        admission=admission,
        dialects=DIALECTS,
        origins=origins,
        registered=registered,
        question_seconds=question_seconds,
        rates=rates,
    )
    for window in windows:
        app.register_blueprint(window)
    refuse_unguarded(app)
    app.wsgi_app = Doorway(app.wsgi_app, base_url, proxies)  # type: ignore[method-assign]
    return app
