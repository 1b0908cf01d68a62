"""One served gateway for all abuse, which must come out of it with the processes that it went in with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.local.state import Neo4jAddress
from graph.session import Graph
from tests.app.serving import ServedGateway, gateway_at

STALL_SECONDS = 2
QUESTION_SECONDS = 60  # so that what is refused is refused by its price, however busy the machine is
CANARY = "Kanarienvogel"


@pytest.fixture(scope="session")
def served(
    graph: Graph, neo4j_address: Neo4jAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedGateway]:
    """Two processes that lose patience soon. Afterwards they are the same, and their log names no patient."""
    home: Path = tmp_path_factory.mktemp("abused")
    times = {"HILUM_STALL_SECONDS": str(STALL_SECONDS), "HILUM_QUESTION_SECONDS": str(QUESTION_SECONDS)}
    with gateway_at(home, neo4j_address, **times) as gateway:
        gateway.start()
        workers = gateway.workers
        yield gateway
        assert gateway.workers == workers
        assert CANARY not in gateway.log
        assert '"unforeseen"' not in gateway.log
