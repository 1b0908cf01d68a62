"""Keys, issuers and accounts for the tests of sign-in, and a tenant for all tests of a module."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from app.config import Config
from app.security.keys import SigningKey, new_signing_key
from app.security.tokens import TokenIssuer
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.accounts.accounts import AccountStore
from graph.session import Graph
from tests.app.security.planting import Planter
from tests.throw_away import renderers_of

BASE = "http://127.0.0.1:8042"
NOW = 1_700_000_000


@pytest.fixture(scope="session")
def key() -> SigningKey:
    return new_signing_key()


@pytest.fixture
def issuer(key: SigningKey) -> TokenIssuer:
    return TokenIssuer(key, BASE, 3600)


@pytest.fixture
def accounts(graph: Graph) -> AccountStore:
    return AccountStore(graph)


@pytest.fixture(scope="module")
def gateway(
    graph: Graph, tmp_path_factory: pytest.TempPathFactory, run_folder: Path, renderers: None
) -> Iterator[Wiring]:
    """Everything wired, for a tenant of the module's own."""
    settings = {
        "HILUM_HOME": str(tmp_path_factory.mktemp("home")),
        "HILUM_TENANT": f"t{uuid4().hex[:12]}",
        "HILUM_RENDERER": str(renderers_of(run_folder) / "renderer.sock"),
    }
    wired = Wiring(Config.from_env(settings), graph)
    yield wired
    wired.close()


@pytest.fixture(scope="module")
def planter(gateway: Wiring) -> Planter:
    """Who plants rows in that tenant, and makes its callers."""
    return Planter(web_app(gateway), gateway, gateway.sites.own.tenant)
