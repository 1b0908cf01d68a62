"""What every answer carries, what the log and the metrics say about it, and what they never say."""

import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from app.admission import Admission
from app.http.kit.compression import is_textual
from app.http.kit.guard import public
from app.http.kit.logging import configure_logging
from app.http.kit.metrics import exposition, forget_process
from app.http.kit.problems import Dialect
from app.http.kit.toolkit import install_toolkit, refuse_unguarded
from tests.app.http.kit.conftest import KeepingRecorder, authenticate, read_patient

CANARY = "Canary^Chulsoo"
REQUEST_ID = "0189f7e2-3b1c-7d4e-9a5b-6c7d8e9f0a1b"
PIXELS = bytes(5000)


@public
def large() -> dict[str, str]:
    return {"text": "x" * 5000}


@public
def small() -> dict[str, str]:
    return {"text": "x"}


@public
def pixels() -> Response:
    return Response(PIXELS, content_type="application/octet-stream")


@public
def page() -> str:
    return "<p>hello</p>"


@public
def stream() -> Response:
    def rows() -> Iterator[bytes]:
        yield from (b'{"row": %d}' % number for number in range(500))

    return Response(rows(), content_type="application/dicom+json")


@pytest.fixture
def app(recorder: KeepingRecorder) -> Flask:
    app = Flask("whole", static_folder=None)
    for view in (large, small, pixels, page, stream):
        app.add_url_rule(f"/{view.__name__}", view_func=view)
    app.add_url_rule("/fhir/Patient/<id>", view_func=read_patient)
    install_toolkit(
        app,
        base_url="https://hilum.example",
        admission=Admission(authenticate, recorder),
        dialects={"/fhir": Dialect.FHIR},
    )
    refuse_unguarded(app)
    return app


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    written = io.StringIO()
    configure_logging("info", written)
    yield written
    configure_logging("info", sys.stderr)


def test_an_app_with_a_bare_route_does_not_start(app: Flask) -> None:
    bare = Flask("bare", static_folder=None)
    bare.add_url_rule("/bare", view_func=lambda: "")
    with pytest.raises(RuntimeError, match="GET /bare"):
        refuse_unguarded(bare)


def test_data_answers_forbid_everything_to_a_browser(client: FlaskClient) -> None:
    headers = client.get("/small").headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].endswith("frame-ancestors 'none'; sandbox")
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_pages_may_load_our_own_files_only(client: FlaskClient) -> None:
    policy = client.get("/page").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_refusals_carry_the_headers_too(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/large", "/stream"])
def test_a_large_text_is_packed_when_asked_for(client: FlaskClient, path: str) -> None:
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 5
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize("path", ["/small", "/pixels"])
def test_small_answers_and_pixels_stay_as_they_are(client: FlaskClient, path: str) -> None:
    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip"}).headers


def test_json_of_all_kinds_is_textual_and_pictures_are_not() -> None:
    assert is_textual("application/fhir+json")
    assert is_textual("application/json")
    assert not is_textual("image/jpeg")
    assert not is_textual("multipart/related")


def test_a_request_is_logged_by_its_template_without_patient_data(
    client: FlaskClient, log: io.StringIO
) -> None:
    headers = {"Authorization": "Bearer clinician", "X-Request-Id": REQUEST_ID}
    client.get(f"/fhir/Patient/{CANARY}?name={CANARY}", headers=headers)
    client.get(f"/{CANARY}")
    first, second = (json.loads(line) for line in log.getvalue().splitlines())
    assert first.pop("ms") >= 0
    assert first.pop("timestamp")
    assert first == {
        "event": "request",
        "request_id": REQUEST_ID,
        "method": "GET",
        "route": "/fhir/Patient/<id>",
        "status": 200,
        "level": "info",
    }
    assert (second["route"], second["method"], second["status"]) == ("-", "-", 404)
    assert CANARY not in log.getvalue()


def test_requests_are_counted_by_template_without_patient_data(client: FlaskClient) -> None:
    client.get(f"/fhir/Patient/{CANARY}", headers={"Authorization": "Bearer clinician"})
    client.open(f"/{CANARY}", method="BREW")
    text, content_type = exposition()
    assert content_type.startswith("text/plain")
    assert b'hilum_requests_total{method="GET",route="/fhir/Patient/<id>",status="200"}' in text
    assert b'hilum_requests_total{method="-",route="-",status="405"}' in text or b'status="404"' in text
    assert b"hilum_requests_in_flight 0.0" in text
    assert CANARY.encode() not in text


COUNT_AND_SHOW = """
from app.http.kit.metrics import IN_FLIGHT, REQUESTS, exposition
REQUESTS.labels("GET", "/x", "200").inc()
IN_FLIGHT.inc()
print(exposition()[0].decode())
"""


def test_metrics_of_several_processes_add_up(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    shown = [
        subprocess.run(
            [sys.executable, "-c", COUNT_AND_SHOW],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for _ in range(2)
    ]
    assert 'hilum_requests_total{method="GET",route="/x",status="200"} 2.0' in shown[1]


def test_a_process_that_ended_has_nothing_in_flight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    (tmp_path / "gauge_livesum_4711.db").write_bytes(b"")
    forget_process(4711)
    assert list(tmp_path.iterdir()) == []
