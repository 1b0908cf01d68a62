"""A caller who asks too often is refused by every process, in the words of the API; others are not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.local.state import Neo4jAddress
from graph.session import Graph
from tests.app.serving import ServedGateway, gateway_at

STOCK = 60  # a minute of one request a second


@pytest.fixture(scope="module")
def limited(
    graph: Graph, neo4j_address: Neo4jAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedGateway]:
    """Two processes that let each caller read once a second, and four of an address."""
    home: Path = tmp_path_factory.mktemp("limited")
    with gateway_at(home, neo4j_address, HILUM_RATES="reads=1,open=1") as gateway:
        gateway.start()
        yield gateway


@pytest.mark.parametrize(
    ("role", "path", "word"),
    [
        ("clinician", "/fhir/Patient?_summary=count", '"throttled"'),
        ("superuser", "/dicom-web/studies?limit=1", '"Too many requests"'),
    ],
)
def test_a_caller_is_refused_beyond_the_limit_whichever_process_answers(
    limited: ServedGateway, role: str, path: str, word: str
) -> None:
    statuses = []
    for _ in range(STOCK * 2):
        with limited.session(role) as client:  # a connection of its own each time, so that both are asked
            answer = client.get(limited.base + path)
        statuses.append(answer.status_code)
        if answer.status_code == 429:
            break

    assert set(statuses) <= {200, 204, 429}
    assert STOCK <= statuses.index(429) <= STOCK + 30  # what the limit gave back meanwhile
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Cache-Control"] == "no-store"
    assert word in answer.text


def test_what_watches_the_gateway_is_never_limited_and_counts_without_names(limited: ServedGateway) -> None:
    with limited.session() as client:
        del client.headers["Authorization"]
        asked = [client.get(f"{limited.base}/nowhere").status_code for _ in range(STOCK * 2)]
        assert {404, 429} == set(asked)
        for path in ("/health/live", "/health/ready", "/metrics"):
            assert {client.get(limited.base + path).status_code for _ in range(STOCK)} == {200}
        metrics = client.get(f"{limited.base}/metrics").text

    counted = [line for line in metrics.splitlines() if line.startswith("hilum_throttled_total")]
    assert any('counted_by="caller",rate="reads"' in line for line in counted)
    assert any('counted_by="address",rate="open"' in line for line in counted)
    assert not any("demo-" in line or "127.0.0.1" in line for line in counted)


def test_a_refused_caller_leaves_an_entry_of_the_audit(limited: ServedGateway) -> None:
    files = [each for each in (limited.config.home / "audit").rglob("*") if each.is_file()]

    assert any('"status":429' in each.read_text(encoding="utf-8") for each in files)
