"""What the commands are told: a home of their own, a tenant of its own, the graph of this run."""

from pathlib import Path

import pytest

from graph.local.state import Neo4jAddress
from graph.session import Graph


@pytest.fixture
def settings(tmp_path: Path, neo4j_address: Neo4jAddress, graph: Graph, tenant: str) -> dict[str, str]:
    """The environment of a command, with a screen wide enough for its tables."""
    return {
        "HILUM_HOME": str(tmp_path),
        "HILUM_TENANT": tenant,
        "NEO4J_URI": neo4j_address.uri,
        "NEO4J_USER": neo4j_address.user,
        "NEO4J_PASSWORD": neo4j_address.password,
        "COLUMNS": "200",
    }
