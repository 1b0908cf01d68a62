"""The Flask application: the toolkit of the web, the routes of each window, and nothing else."""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from flask import Flask

from app.config import Config
from app.http.authorization import routes as authorization
from app.http.kit.openapi import describe, open_api
from app.http.kit.problems import Dialect
from app.http.kit.toolkit import install_toolkit, refuse_unguarded
from app.wiring import Services, open_services

DIALECTS = {"/fhir": Dialect.FHIR, "/dicom-web": Dialect.DICOM}
WINDOWS = ("dicomweb", "changefeed", "fhir", "cohorts", "operations", "apidocs", "pages")


class Gateway(Flask):
    """Flask, told that every view here is synchronous: it asks each of them at each request otherwise."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


def create_app(config: Config, services: Services | None = None, windows: Iterable[str] = WINDOWS) -> Flask:
    """Build the app; it only connects: the graph is provisioned and migrated by `hilum up`."""
    services = services or open_services(config)
    app = Gateway("hilum", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    api = open_api(app, config.base_url)
    install_toolkit(
        app,
        base_url=config.base_url,
        authenticate=services.authenticator,
        recorder=services.recorder,
        dialects=DIALECTS,
    )
    app.register_blueprint(authorization.blueprint(services.accounts, services.issuer, config.tenant))
    for window in windows:
        routes = import_module(f"app.http.{window}.routes")
        app.register_blueprint(routes.blueprint(services))
    refuse_unguarded(app)
    describe(app, api)
    return app
