"""What tests of studies share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.edition import Edition
from graph.local.state import Neo4jAddress
from graph.session import Graph
from tests.factories.graphs import NotedGraph


@pytest.fixture
def noted(neo4j_address: Neo4jAddress, graph: Graph, tmp_path: Path) -> Iterator[NotedGraph]:
    """A graph with an edition of its own, so that it does not hear of what other tests write meanwhile."""
    where = neo4j_address
    made = NotedGraph.connect(where.uri, where.user, where.password, edition=Edition(tmp_path))
    assert isinstance(made, NotedGraph)
    yield made
    made.close()
