"""A whole gateway for each test: real services on the real graph, in a tenant and a home of its own."""

import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import Config
from app.processes.renderer import RENDERER, renderer_address
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.clock import now
from graph.local.sockets import listens
from graph.session import Graph
from tests.factories.keys import keyed
from tests.throw_away import renderers_of

AsRole = Callable[..., dict[str, str]]


@pytest.fixture
def config(tmp_path: Path, tenant: str, run_folder: Path) -> Config:
    """The defaults, but for where things are kept; the key of id tokens is there already."""
    return Config.from_env(
        {
            "HILUM_HOME": str(keyed(tmp_path / "home")),
            "HILUM_TENANT": tenant,
            "HILUM_RENDERER": str(renderers_of(run_folder) / "renderer.sock"),
        }
    )


@pytest.fixture(scope="session")
def renderers(run_folder: Path) -> Iterator[None]:
    """The renderers that the gateways of this process ask."""
    home = renderers_of(run_folder)
    own = Config.from_env({"HILUM_HOME": str(home)})
    (command,) = RENDERER.commands(own)
    command.environment = {**command.environment, "HILUM_HOME": str(home)}
    command.start()
    while not listens(renderer_address(own)):
        assert command.running()
        time.sleep(0.02)
    yield
    command.stop()


@pytest.fixture(scope="module")
def more_settings() -> dict[str, str]:
    """What the gateway of a room is set to beside; rooms say it in a fixture of this name."""
    return {}


@pytest.fixture(scope="module")
def gateway(
    graph: Graph,
    tmp_path_factory: pytest.TempPathFactory,
    run_folder: Path,
    renderers: None,
    more_settings: dict[str, str],
) -> Iterator[Wiring]:
    """Everything wired, for a tenant of the module's own."""
    settings = {
        "HILUM_HOME": str(keyed(tmp_path_factory.mktemp("home"))),
        "HILUM_TENANT": f"t{uuid4().hex[:12]}",
        "HILUM_RENDERER": str(renderers_of(run_folder) / "renderer.sock"),
        **more_settings,
    }
    wired = Wiring(Config.from_env(settings), graph)
    yield wired
    wired.close()


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


def signing_in(services: Wiring) -> AsRole:
    """Headers of a demo user of a role of these services, with whatever else is named."""

    @cache
    def token(role: str) -> str:
        return services.demo.token(role, now())

    def headers(role: str, **more: str) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {token(role)}", **named}

    return headers


@pytest.fixture
def noted(services: Wiring) -> Callable[[], None]:
    """Brings what was noted so far into the graph, as the worker does."""

    def move() -> None:
        services.recorder.close()
        services.audit_mover.move()

    return move


@pytest.fixture
def as_role(services: Wiring) -> AsRole:
    """Headers of a demo user of a role, with whatever else is named."""
    return signing_in(services)
