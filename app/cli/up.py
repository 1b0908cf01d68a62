"""`hilum up`: everything on one machine, until Ctrl-C or SIGTERM.

In this order: Neo4j (fetched once; none when `NEO4J_URI` is set), schema, sample data on the first start,
worker, web server. Whatever happens, what was started is stopped again, in the other order.
"""

import os
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from importlib import import_module
from pathlib import Path

import click

from app.cli.graph_access import connected, local_server, provisioned
from app.cli.screen import Screen
from app.cli.services import opened
from app.cli.signals import Stopping, stopping
from app.config import Config
from app.processes.job_worker import job_worker
from app.processes.supervisor import Supervisor, only_one
from app.processes.web_server import answers, web_server
from app.security.demo import demo_tokens
from graph.clock import now
from graph.errors import Conflict, Unavailable
from graph.local.process import wait_until
from graph.local.server import is_free
from graph.local.state import write_whole
from graph.schema.migrate import current_version, migrate

ADDRESSES = {
    "DICOMweb": "/dicom-web",
    "FHIR R4": "/fhir",
    "Cohorts": "/cohorts/query",
    "Health": "/health/ready",
}
WEB_SECONDS = 60.0
LOADING, LOADED = "loading", "loaded"


@click.command()
@click.option("--no-samples", is_flag=True, help="Start with an empty graph.")
@click.option("--with-parent", is_flag=True, hidden=True, help="Stop when the starting process is gone.")
def up(*, no_samples: bool, with_parent: bool) -> None:
    """Run everything: graph, web server and worker, until Ctrl-C."""
    config = Config.from_env(os.environ)
    with stopping(interrupting=True) as wish, only_one(config.home):
        if with_parent:
            wish.follow_parent()
        with suppress(KeyboardInterrupt):
            Gateway(config, Screen()).run(wish, samples=not no_samples)


class Gateway:
    """The parts of one machine, brought up one after the other."""

    def __init__(self, config: Config, screen: Screen) -> None:
        self._config = config
        self._screen = screen
        self._supervisor = Supervisor(config.home, lambda child, event: screen.warn(f"{child}: {event}"))

    def run(self, wish: Stopping, *, samples: bool) -> None:
        """Bring everything up, watch it until a signal, and stop it."""
        self._free_the_port()
        with ExitStack() as held:
            held.callback(self._supervisor.stop)
            environment = self._start_graph(held)
            self._prepare(samples=samples)
            self._supervisor.start(job_worker(self._config, environment))
            self._start_web(environment)
            self._greet()
            wish.interrupting = False
            self._supervisor.watch(wish.event)

    def _free_the_port(self) -> None:
        """End what a killed supervisor left, then make sure that nobody else listens."""
        for command in (web_server(self._config, {}), job_worker(self._config, {})):
            command.stop()
        if not is_free(self._config.port, self._config.host):
            raise Conflict(f"port {self._config.port} is taken by another program; set HILUM_PORT")

    def _start_graph(self, held: ExitStack) -> dict[str, str]:
        """Start the local Neo4j, unless another is named; gives what the children's environment adds."""
        if self._config.neo4j_uri:
            return {}
        server = local_server(self._config, provisioned(self._config, self._screen))
        held.enter_context(server.locked())
        held.callback(self._supervisor.stop)  # before the lock is released
        self._screen.step("Starting Neo4j")
        self._supervisor.start(server)
        server.wait()
        where = server.address
        return {"NEO4J_URI": where.uri, "NEO4J_USER": where.user, "NEO4J_PASSWORD": where.password}

    def _prepare(self, *, samples: bool) -> None:
        """Migrate, and load the sample data into a graph that Hilum has never used, or finish loading it."""
        with connected(self._config) as graph:
            fresh = current_version(graph) == 0
            migrate(graph)
        marker = self._config.home / "samples"
        if samples and (fresh or _reads(marker, LOADING)):
            write_whole(marker, LOADING)
            with opened(self._config) as services, self._screen.counting("Loading sample data") as advance:
                import_module("app.samples").load_samples(services, advance)  # large, and needed once
            write_whole(marker, LOADED)

    def _start_web(self, environment: Mapping[str, str]) -> None:
        self._screen.step("Starting the web server")
        web = web_server(self._config, environment)
        self._supervisor.start(web)
        wait_until(lambda: not web.running() or answers(self._config), WEB_SECONDS)
        if not (web.running() and answers(self._config)):
            raise Unavailable("the web server did not start; its own words are in logs/web.log of HILUM_HOME")

    def _greet(self) -> None:
        self._screen.addresses(self._config.base_url, ADDRESSES)
        if self._config.demo:
            with opened(self._config) as services:
                self._screen.tokens(demo_tokens(services, now()))
        self._screen.step("\nCtrl-C stops everything.")


def _reads(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
