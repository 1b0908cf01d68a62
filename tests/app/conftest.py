"""A whole gateway for each test: real services on the real graph, in a tenant and a home of its own."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import Config
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.clock import now
from graph.session import Graph

AsRole = Callable[..., dict[str, str]]


@pytest.fixture
def config(tmp_path: Path, tenant: str) -> Config:
    """The defaults, but for where things are kept."""
    return Config.from_env({"HILUM_HOME": str(tmp_path / "home"), "HILUM_TENANT": tenant})


@pytest.fixture
def services(config: Config, graph: Graph) -> Iterator[Wiring]:
    """Everything wired, on the graph of the run."""
    wired = Wiring(config, graph)
    yield wired
    wired.close()


@pytest.fixture
def app(config: Config, services: Wiring) -> Flask:
    """The application, as the web server runs it."""
    return web_app(services)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()


@pytest.fixture
def as_role(services: Wiring) -> AsRole:
    """Headers of a demo user of a role, with whatever else is named."""

    @cache
    def token(role: str) -> str:
        return services.demo.token(role, now())

    def headers(role: str, **more: str) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {token(role)}", **named}

    return headers
