"""The app with the features of DICOM alone; for published clients, a gateway that is served."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.config import Config
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.local.state import Neo4jAddress
from graph.session import Graph
from tests.app.serving import ServedGateway, gateway_at


@pytest.fixture
def app(config: Config, services: Wiring) -> Flask:
    """DICOMweb and its feed."""
    return web_app(services, ("dicomweb", "changefeed"))


@pytest.fixture(scope="module")
def served(
    graph: Graph, neo4j_address: Neo4jAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedGateway]:
    """A gateway of the module's own."""
    with gateway_at(tmp_path_factory.mktemp("served"), neo4j_address) as gateway:
        gateway.start()
        yield gateway
