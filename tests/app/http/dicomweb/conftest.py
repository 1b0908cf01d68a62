"""The app with the features of DICOM alone; for published clients, a gateway that is served."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import Config
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.local.state import Neo4jAddress
from graph.session import Graph
from tests.app.conftest import AsRole
from tests.app.http.dicomweb.working import UpsClient
from tests.app.serving import ServedGateway, gateway_at
from tests.throw_away import renderers_of


@pytest.fixture
def app(config: Config, services: Wiring) -> Flask:
    """DICOMweb and its feed."""
    return web_app(services, ("dicomweb", "changefeed"))


@pytest.fixture(scope="module")
def served(
    graph: Graph,
    neo4j_address: Neo4jAddress,
    tmp_path_factory: pytest.TempPathFactory,
    run_folder: Path,
    renderers: None,
) -> Iterator[ServedGateway]:
    """A gateway of the module's own, with the renderers of the run."""
    address = str(renderers_of(run_folder) / "renderer.sock")
    with gateway_at(tmp_path_factory.mktemp("served"), neo4j_address, HILUM_RENDERER=address) as gateway:
        gateway.start()
        yield gateway


@pytest.fixture
def ups(client: FlaskClient, as_role: AsRole) -> UpsClient:
    """Somebody who works off the worklist and may do everything."""
    return UpsClient(client, as_role("superuser"))
