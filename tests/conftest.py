"""Fixtures for every test: a real Neo4j, started once per run on throw-away data, and a tenant per test.

`NEO4J_URI` (with `NEO4J_USER`, `NEO4J_PASSWORD`) names an existing server instead. The first test that needs
the graph starts it, whichever worker runs it; the process that started the run ends it. With
`--without-graph` the tests that need it are left out, and in those that are left no Neo4j can start.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from graph.edition import Edition
from graph.jobs.claims import ClaimStore
from graph.jobs.jobs import JobStore
from graph.local.class_archive import make_archive
from graph.local.folders import cache_folder
from graph.local.locks import awaited
from graph.local.provision import provision
from graph.local.server import LocalNeo4j
from graph.local.settings import GraphMemory
from graph.local.state import Neo4jAddress
from graph.schema.migrate import migrate
from graph.session import Graph
from tests.collection import Stopwatch, longest_first, needs_graph
from tests.throw_away import SHORT_LIVED, end_abandoned_runs, open_run

RUN_FOLDER = "HILUM_TEST_RUN"
WITHOUT_GRAPH = "--without-graph"
MEASURE = "--measure-files"
NOWHERE = "http://127.0.0.1:9"  # nothing listens there


def pytest_addoption(parser: pytest.Parser) -> None:
    """Two ways of running the tests that pytest does not know."""
    parser.addoption(WITHOUT_GRAPH, action="store_true", help="leave out the tests that need Neo4j")
    parser.addoption(MEASURE, action="store_true", help="write what each test file took to its table")


def pytest_configure(config: pytest.Config) -> None:
    """Open the folder of this run in the process that starts it; workers inherit its name."""
    if RUN_FOLDER in os.environ:
        return
    end_abandoned_runs(Path(tempfile.gettempdir()))
    os.environ[RUN_FOLDER] = str(open_run(Path(tempfile.gettempdir())))
    config.add_cleanup(_close_run)
    if config.getoption(MEASURE):
        config.pluginmanager.register(Stopwatch())
    if config.getoption(WITHOUT_GRAPH):
        _withhold_graph()


def _withhold_graph() -> None:
    """Leave this process and its children without an address, without jars and without a place to get any."""
    os.environ.pop("NEO4J_URI", None)
    os.environ["HILUM_CACHE"] = str(Path(os.environ[RUN_FOLDER]) / "empty")
    os.environ["HILUM_MAVEN_MIRROR"] = NOWHERE


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs the graph where there is none, and put the long files first."""
    if config.getoption(WITHOUT_GRAPH):
        config.hook.pytest_deselected(items=[item for item in items if needs_graph(item)])
        items[:] = [item for item in items if not needs_graph(item)]
    items[:] = longest_first(items)


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
def run_folder() -> Path:
    """The folder of this run, which its workers share."""
    return Path(os.environ[RUN_FOLDER])


@pytest.fixture(scope="session")
def neo4j_jars(request: pytest.FixtureRequest) -> tuple[Path, ...]:
    """The jars of Neo4j and the archive of their classes, from the cache that all runs share."""
    _refuse_without_graph(request)
    jars = provision(cache_folder(os.environ), repository=os.environ.get("HILUM_MAVEN_MIRROR"))
    make_archive(jars)
    return jars


@pytest.fixture(scope="session")
def neo4j_address(request: pytest.FixtureRequest, run_folder: Path) -> Neo4jAddress:
    """Where the Neo4j of this run listens."""
    _refuse_without_graph(request)
    if uri := os.environ.get("NEO4J_URI"):
        user = os.environ.get("NEO4J_USER", "neo4j")
        return Neo4jAddress(uri, user, os.environ.get("NEO4J_PASSWORD", ""))
    jars = request.getfixturevalue("neo4j_jars")
    memory = GraphMemory(heap="768m", page_cache="128m")
    server = LocalNeo4j(run_folder / "neo4j", jars, memory=memory, java=SHORT_LIVED)
    with awaited(run_folder / "start.lock"):
        server.start()  # the second worker finds the first one's server in the state file, and adopts it
        server.wait()
    return server.address


def _refuse_without_graph(request: pytest.FixtureRequest) -> None:
    if request.config.getoption(WITHOUT_GRAPH):
        pytest.fail("asks for Neo4j after all, by getfixturevalue: name the fixture as an argument")


@pytest.fixture(scope="session")
def graph(neo4j_address: Neo4jAddress, run_folder: Path) -> Iterator[Graph]:
    """The graph of this run, on the newest schema; it remembers answers, as that of a local gateway does."""
    where = neo4j_address
    connected = Graph.connect(where.uri, where.user, where.password, edition=Edition(run_folder))
    with awaited(run_folder / "migrate.lock"):
        migrate(connected)
    yield connected
    connected.close()


@pytest.fixture
def tenant() -> str:
    """A tenant of its own for each test, so that tests share one database and see nothing of each other."""
    return f"t{uuid4().hex[:12]}"


@pytest.fixture
def jobs(graph: Graph) -> JobStore:
    """Jobs of the graph of this run."""
    return JobStore(graph)


@pytest.fixture
def claims(graph: Graph) -> ClaimStore:
    """Claims of those jobs, as workers make them."""
    return ClaimStore(graph)
