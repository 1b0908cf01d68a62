"""What keeps a download from arriving is said, with what to do about it."""

import gc
import socket
import warnings
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
import requests

from graph.local.provision import ProvisioningFailed, provision
from graph.local.reaching import why_unfetched
from tests.factories.authority import authority
from tests.factories.repository import Repository, locked_jar, serving

CONTENT = b"jar" * 100_000
JAR = locked_jar("alpha", CONTENT)


@pytest.fixture
def repository() -> Iterator[Repository]:
    with serving({"alpha": CONTENT}) as served:
        yield served


def failing(cache: Path, url: str) -> str:
    """What a fetch that fails says; jgo leaves the connection of a broken download to the collector."""
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        with pytest.raises(ProvisioningFailed) as failed:
            provision(cache, jars=(JAR,), repository=url)
        said = str(failed.value)
        del failed
        gc.collect()
    return said


def test_a_name_that_is_not_found(tmp_path: Path) -> None:
    assert "the name nowhere.invalid is not found; ask for DNS" in failing(
        tmp_path, "http://nowhere.invalid/m2"
    )


def test_a_connection_that_is_refused(tmp_path: Path) -> None:
    assert "127.0.0.1:1 refuses the connection" in failing(tmp_path, "http://127.0.0.1:1/m2")


def test_a_server_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.local.reaching.TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/m2"
        assert "does not answer in time" in why_unfetched(url, requests.ConnectTimeout())


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (HTTPStatus.FORBIDDEN, "answers 403: it, or a filter before it, forbids the download"),
        (HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, "HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"),
        (HTTPStatus.NOT_FOUND, "does not have them"),
        (HTTPStatus.BAD_GATEWAY, "answers 502"),
    ],
)
def test_a_status_is_told(tmp_path: Path, repository: Repository, status: HTTPStatus, said: str) -> None:
    repository.refusal = status
    assert said in failing(tmp_path, repository.url)


def test_a_download_that_is_always_cut_off(tmp_path: Path, repository: Repository) -> None:
    repository.cut["alpha"] = 99
    assert "was cut off; a filter may stop large files" in failing(tmp_path, repository.url)


def test_a_certificate_that_is_not_trusted_is_told_with_its_issuer(tmp_path: Path) -> None:
    site = authority(tmp_path)
    with serving({"alpha": CONTENT}, site.tls) as served:
        said = failing(tmp_path, served.url)

    assert f"issued by CN={site.name}, is not trusted" in said
    assert "SSL_CERT_FILE" in said


def test_a_proxy_that_is_away_is_named_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://someone:secret@127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://someone:secret@127.0.0.1:1")

    said = failing(tmp_path, "http://repository.example/m2")

    assert "the proxy 127.0.0.1:1 does not let repository.example through" in said
    assert "secret" not in said
