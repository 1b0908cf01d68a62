"""Keys, issuers and accounts for the tests of sign-in, and a tenant for all tests of a module."""

import time
from itertools import count

import pytest

from app.admission.admission import Admission
from app.security.browser_sessions import SessionHandle
from app.security.consents import Consents
from app.security.keys import SigningKey, new_signing_key
from app.security.tokens import TokenIssuer
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.accounts.accounts import AccountStore
from graph.resources.consents import ConsentStore
from graph.scope import AccessScope
from graph.session import Graph
from tests.app.security.planting import Planter

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
def planter(gateway: Wiring) -> Planter:
    """Who plants rows in that tenant, and makes its callers, also of rights that no account has."""
    told: dict[str, AccessScope] = {}

    def rights(credentials: str | SessionHandle | None) -> AccessScope:
        name = credentials.secret if isinstance(credentials, SessionHandle) else credentials
        return told.get(name or "") or gateway.authenticator(credentials)

    hours = count(0, 2)  # no answer is older than it may be
    gateway.consents = Consents(ConsentStore(gateway.graph), lambda: time.time() + next(hours))
    gateway.admission = Admission(rights, gateway.recorder, gateway.consents.applied)
    return Planter(web_app(gateway), gateway, gateway.sites.own.tenant, told)
