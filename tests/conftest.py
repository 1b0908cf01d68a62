"""Fixtures for every test: a real Neo4j, started once per run on throw-away data, and a tenant per test.

`NEO4J_URI` (with `NEO4J_USER`, `NEO4J_PASSWORD`) names an existing server instead. The first test that needs
the graph starts it, whichever worker runs it; the process that started the run ends it.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from graph.local.folders import cache_folder
from graph.local.locks import awaited
from graph.local.provision import provision
from graph.local.server import LocalNeo4j
from graph.local.settings import Memory
from graph.local.state import Neo4jAddress
from graph.schema.migrate import migrate
from graph.session import Graph
from tests.throw_away import end_abandoned_runs, open_run

RUN_FOLDER = "HILUM_TEST_RUN"


def pytest_configure(config: pytest.Config) -> None:
    """Open the folder of this run in the process that starts it; workers inherit its name."""
    if RUN_FOLDER not in os.environ:
        end_abandoned_runs(Path(tempfile.gettempdir()))
        os.environ[RUN_FOLDER] = str(open_run(Path(tempfile.gettempdir())))
        config.add_cleanup(_close_run)


def _close_run() -> None:
    folder = Path(os.environ.pop(RUN_FOLDER))
    LocalNeo4j(folder / "neo4j", ()).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped a test where none may be skipped (`.ci/run`)."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and reporter.stats.get("skipped") and os.environ.get("NO_SKIPPED_TESTS"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def neo4j_jars() -> tuple[Path, ...]:
    """The jars of Neo4j, from the cache that all runs share."""
    return provision(cache_folder(os.environ), repository=os.environ.get("HILUM_MAVEN_MIRROR"))


@pytest.fixture(scope="session")
def neo4j_address(request: pytest.FixtureRequest) -> Neo4jAddress:
    """Where the Neo4j of this run listens."""
    if uri := os.environ.get("NEO4J_URI"):
        user = os.environ.get("NEO4J_USER", "neo4j")
        return Neo4jAddress(uri, user, os.environ.get("NEO4J_PASSWORD", ""))
    folder = Path(os.environ[RUN_FOLDER])
    jars = request.getfixturevalue("neo4j_jars")
    server = LocalNeo4j(folder / "neo4j", jars, memory=Memory(heap="768m", page_cache="128m"))
    with awaited(folder / "start.lock"):
        server.start()  # the second worker finds the first one's server in the state file, and adopts it
        server.wait()
    return server.address


@pytest.fixture(scope="session")
def graph(neo4j_address: Neo4jAddress) -> Iterator[Graph]:
    """The graph of this run, on the newest schema."""
    connected = Graph.connect(neo4j_address.uri, neo4j_address.user, neo4j_address.password)
    with awaited(Path(os.environ[RUN_FOLDER]) / "migrate.lock"):
        migrate(connected)
    yield connected
    connected.close()


@pytest.fixture
def tenant() -> str:
    """A tenant of its own for each test, so that tests share one database and see nothing of each other."""
    return f"t{uuid4().hex[:12]}"
