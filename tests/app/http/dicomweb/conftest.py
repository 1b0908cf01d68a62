"""The app with the features of DICOM alone."""

import pytest
from flask import Flask

from app.config import Config
from app.http.factory import create_app
from app.wiring import Services


@pytest.fixture
def app(config: Config, services: Services) -> Flask:
    """DICOMweb and its feed."""
    return create_app(config, services, ("dicomweb", "changefeed"))
