"""`hilum client` on a real graph: what it registers is there, and its secret is shown once."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from joserfc.jwk import ECKey

from app.cli import main
from app.security.client_secrets import is_secret_of
from app.security.scopes import system_scope
from graph.authorization.clients import ClientStore
from graph.session import Graph

Hilum = Callable[..., Result]


@pytest.fixture
def hilum(settings: dict[str, str]) -> Hilum:
    return lambda *arguments: CliRunner().invoke(main, ["client", *arguments], env=settings)


def test_an_app_is_registered_listed_and_removed(hilum: Hilum, graph: Graph, tenant: str) -> None:
    made = hilum("add", "app", "--method", "client_secret_basic", "--redirect-uri", "https://app.example/")
    assert made.exit_code == 0, made.output

    found = ClientStore(graph).find(system_scope(tenant), "app")
    assert found is not None
    assert is_secret_of(found.secret_hash, made.output.split()[-1])
    assert "https://app.example/" in hilum("list").output
    assert hilum("remove", "app").exit_code == 0
    assert hilum("remove", "app").exit_code == 1


def test_a_name_that_turns_its_writing_around_is_refused(hilum: Hilum) -> None:
    refused = hilum("add", "app", "--name", "A \u202e app", "--redirect-uri", "https://app.example/")

    assert (refused.exit_code, "control characters" in refused.output) == (1, True)


def test_a_service_is_registered_with_its_keys(
    hilum: Hilum, settings: dict[str, str], graph: Graph, tenant: str, tmp_path: Path
) -> None:
    CliRunner().invoke(main, ["user", "add", "archive", "--role", "service"], env=settings)
    key = ECKey.generate_key("P-384", {"kid": "k"}, private=True)
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
    as_service = ("--method", "private_key_jwt", "--account", "archive")

    assert hilum("add", "etl", *as_service, "--jwks", str(keys)).exit_code == 0
    found = ClientStore(graph).find(system_scope(tenant), "etl")
    assert found is not None
    assert (found.account, found.scope) == ("archive", "system/*.rs")

    keys.write_text("no JSON")
    refused = hilum("add", "other", *as_service, "--jwks", str(keys))
    assert (refused.exit_code, "JSON" in refused.output) == (1, True)
