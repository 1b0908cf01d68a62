"""The app with the features of DICOM alone."""

import pytest
from flask import Flask

from app.config import Config
from app.wiring import Wiring
from app.wiring.web import web_app


@pytest.fixture
def app(config: Config, services: Wiring) -> Flask:
    """DICOMweb and its feed."""
    return web_app(services, ("dicomweb", "changefeed"))
