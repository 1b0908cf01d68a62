"""What an operator asks: does it live, is it ready, what has it done."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.config import Config
from app.wiring import Wiring
from graph.errors import StorageFull
from tests.app.conftest import AsRole


def test_it_lives(client: FlaskClient) -> None:
    assert client.get("/health/live").json == {"status": "live"}


def test_it_is_ready_when_each_part_is(client: FlaskClient) -> None:
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json is not None
    assert {part["status"] for part in answer.json["checks"].values()} == {"pass"}


def test_a_full_disk_is_told_without_a_path(
    client: FlaskClient, services: Wiring, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise StorageFull("there is no room for pictures")

    monkeypatch.setattr(services.blobs, "check_space", full)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["checks"]["blobs"] == {"status": "fail", "output": "there is no room for pictures"}
    assert str(Path(config.home)) not in answer.text


def test_metrics_count_requests_by_route_and_not_by_value(client: FlaskClient, as_role: AsRole) -> None:
    client.get("/fhir/Patient/Kanarienvogel", headers=as_role("clinician"))
    metrics = client.get("/metrics").text
    assert 'route="/fhir/<' in metrics
    assert "Kanarienvogel" not in metrics
