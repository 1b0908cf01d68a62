"""Pages from elsewhere (CORS): whose scripts may ask and read, and whose may not."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.config import Config
from app.settings import ConfigError
from tests.app.conftest import AsRole

VIEWER = "https://viewer.example"
PATH = "/dicom-web/studies"


@pytest.fixture
def config(tmp_path: Path, tenant: str) -> Config:
    """Settings that name the origin of a viewer."""
    return Config.from_env(
        {
            "HILUM_HOME": str(tmp_path / "home"),
            "HILUM_TENANT": tenant,
            "HILUM_CORS_ORIGINS": f"http://localhost:3000, {VIEWER}",
        }
    )


def test_a_page_of_an_origin_that_is_named_may_ask_and_read(client: FlaskClient, as_role: AsRole) -> None:
    before = client.options(PATH, headers={"Origin": VIEWER, "Access-Control-Request-Method": "GET"})
    answer = client.get(PATH, headers=as_role("clinician", Origin=VIEWER))
    refused = client.get(PATH, headers={"Origin": VIEWER})

    assert before.status_code == 200
    assert "GET" in before.headers["Access-Control-Allow-Methods"]
    assert {"Authorization", "Range"} < set(before.headers["Access-Control-Allow-Headers"].split(", "))
    for each in (before, answer, refused):
        assert each.headers["Access-Control-Allow-Origin"] == VIEWER
        assert "Content-Range" in each.headers["Access-Control-Expose-Headers"]
        assert "Origin" in each.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in each.headers
    assert refused.status_code == 401


def test_other_pages_may_not(client: FlaskClient, as_role: AsRole) -> None:
    for origin in ("https://viewer.example.evil", "null", "http://viewer.example", ""):
        asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        for answer in (
            client.options(PATH, headers=asked),
            client.get(PATH, headers=as_role("clinician", Origin=origin)),
        ):
            assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
            assert "Origin" in answer.headers["Vary"]  # what is kept of it is not for the page that may


@pytest.mark.parametrize(
    "origins", ["*", "null", "viewer.example", "https://viewer.example/app", "https://*"]
)
def test_what_is_no_origin_is_refused_at_the_start(origins: str) -> None:
    with pytest.raises(ConfigError, match="HILUM_CORS_ORIGINS"):
        Config.from_env({"HILUM_CORS_ORIGINS": origins})
