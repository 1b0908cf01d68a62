"""The Flask application: the toolkit of the web, the features' routes, and nothing else."""

from flask import Flask

from app.bootstrap import Services, open_services
from app.config import Config
from app.features.authorization import routes as authorization
from app.features.changefeed import routes as changefeed
from app.features.cohort import routes as cohort
from app.features.dicomweb import routes as dicomweb
from app.features.fhir import routes as fhir
from app.features.operations import routes as operations
from app.features.pages import routes as pages
from app.web.problems import Dialect
from app.web.toolkit import install_toolkit, refuse_unguarded

DIALECTS = {"/fhir": Dialect.FHIR, "/dicom-web": Dialect.DICOM}
FEATURES = (dicomweb, changefeed, fhir, cohort, operations, pages)


def create_app(config: Config, services: Services | None = None) -> Flask:
    """Build the app; it only connects: the graph is provisioned and migrated by `hilum up`."""
    services = services or open_services(config)
    app = Flask("hilum", static_folder=None)
    app.extensions["hilum"] = services
    app.json.sort_keys = False  # type: ignore[attr-defined]
    install_toolkit(
        app,
        base_url=config.base_url,
        authenticate=services.authenticator,
        recorder=services.recorder,
        dialects=DIALECTS,
    )
    app.register_blueprint(authorization.blueprint(services.accounts, services.issuer, config.tenant))
    for feature in FEATURES:
        app.register_blueprint(feature.blueprint(services))
    refuse_unguarded(app)
    return app
