"""A client that closes its connection is waited upon no longer, neither here nor in the graph."""

import socket
import time
from collections.abc import Iterator

import pytest

from app.security.scopes import system_scope
from graph.local.process import wait_until
from graph.session import Graph
from tests.app.abuse.hostile import STEP
from tests.app.serving import ServedGateway
from tests.factories.fhir import bundle, encode, entry, observation, reference

CROWD = 100  # each names each: as many ways as their third power lead nowhere
QUESTION = f"/fhir/Observation?{STEP * 3}value-string:missing=false"
SOON = 20.0  # before the time of the question is over, and after that of what other tests ask meanwhile
_ASKED = (
    "SHOW TRANSACTIONS YIELD metaData WHERE metaData.asked_by IS NOT NULL RETURN metaData.asked_by AS name"
)


@pytest.fixture(scope="module")
def crowd(served: ServedGateway) -> ServedGateway:
    """The gateway with Observations that all have one another as members."""
    members = [reference(f"Observation/m{each}") for each in range(CROWD)]
    written = [observation("Patient/m", id=f"m{each}", hasMember=members) for each in range(CROWD)]
    entries = [entry(each, "PUT", f"Observation/{each['id']}") for each in written]
    scope = system_scope(served.config.tenant)
    served.services.bundle_writer.transaction(scope, encode(bundle(*entries)))
    return served


@pytest.fixture
def line(crowd: ServedGateway) -> Iterator[socket.socket]:
    """A connection on which a question was asked that takes the graph long."""
    config = crowd.config
    with socket.create_connection((config.host, config.port), timeout=60) as made:
        token = crowd.tokens["superuser"]
        lines = (f"GET {QUESTION} HTTP/1.1", f"Host: {config.host}", f"Authorization: Bearer {token}", "", "")
        made.sendall("\r\n".join(lines).encode())
        yield made


def asked(graph: Graph) -> set[str]:
    """The requests that the graph works on, those of tests beside this one too."""
    return {row["name"] for row in graph.read(_ASKED)}


def lasting(graph: Graph) -> set[str]:
    """Those of them that it works on for a second."""
    before = asked(graph)
    time.sleep(1)
    return before & asked(graph)


def test_the_graph_stops_soon_after_a_client_has_closed_its_connection(
    crowd: ServedGateway, graph: Graph, line: socket.socket
) -> None:
    assert wait_until(lambda: bool(lasting(graph)), 30)
    slow = lasting(graph)
    assert slow, "the question is not slow enough to be left"

    line.close()

    assert wait_until(lambda: not slow & asked(graph), SOON)
    with crowd.session() as other:
        assert other.get(f"{crowd.base}/fhir/Observation/m1", timeout=60).status_code == 200
