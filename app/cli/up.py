"""`hilum up`: everything on one machine, until Ctrl-C or SIGTERM.

In this order: Neo4j (fetched once; none when `NEO4J_URI` is set), schema, sample data on the first start,
the roles of `app/processes/roles.py`. Whatever happens, what was started is stopped, in the other order.
"""

import os
from contextlib import ExitStack, suppress
from importlib import import_module
from pathlib import Path

import click

from app.cli.access import admitted
from app.cli.graph_access import connected, local_server, provisioned
from app.cli.screen import Screen
from app.cli.signals import Stopping, stopping
from app.config import Config
from app.processes.child import Command
from app.processes.role import Role, log_of, password_file
from app.processes.roles import ROLES
from app.processes.state import read_state
from app.processes.supervisor import Supervisor, only_one
from app.wiring import wired
from graph.accounts.accounts import MANAGE
from graph.clock import now
from graph.errors import Conflict, Unavailable
from graph.local.process import wait_until
from graph.local.server import LocalNeo4j, is_free
from graph.local.state import write_whole
from graph.schema.migrate import current_version, migrate

ADDRESSES = {
    "DICOMweb": "/dicom-web",
    "FHIR R4": "/fhir",
    "Cohorts": "/cohorts/query",
    "Health": "/health/ready",
}
START_SECONDS = 180.0  # six on a quiet machine, all of them together
LOADING, LOADED = "loading", "loaded"


@click.command()
@click.option("--no-samples", is_flag=True, help="Start with an empty graph.")
@click.option("--with-parent", is_flag=True, hidden=True, help="Stop when the starting process is gone.")
def up(*, no_samples: bool, with_parent: bool) -> None:
    """Run everything until Ctrl-C: graph, committer, workers and web server."""
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
        """Bring everything up, watch it until a signal, and stop it.

        Raises `Conflict` where the port is taken, `Unavailable` where a process does not start.
        """
        self._free_the_port()
        with ExitStack() as held:
            self._hand_password(held)
            held.callback(self._supervisor.stop)
            self._start_graph(held)
            self._prepare(samples=samples)
            self._start_roles()
            self._greet()
            wish.interrupting = False
            self._supervisor.watch(wish.event)

    def _hand_password(self, held: ExitStack) -> None:
        """Keep a password of our environment in a file while we run: the children's hold none."""
        if self._config.neo4j_password:
            path = password_file(self._config)
            write_whole(path, self._config.neo4j_password)
            held.callback(path.unlink, missing_ok=True)

    def _free_the_port(self) -> None:
        """End what a killed supervisor left, then make sure that nobody else listens."""
        for command in reversed(self._left_over()):
            command.stop()
        if not is_free(self._config.port, self._config.host):
            raise Conflict(f"port {self._config.port} is taken by another program; set HILUM_PORT")

    def _left_over(self) -> list[Command]:
        """What may run: the processes of each role, and those of an earlier start with other settings."""
        commands = [each for role in ROLES for each in role.commands(self._config)]
        known = {LocalNeo4j.name, *(command.name for command in commands)}
        state = read_state(self._config.home)
        earlier = [child.name for child in state.children if child.name not in known] if state else []
        grace = max(role.grace for role in ROLES)
        return [*commands, *(Command(name, (), self._config.home, grace) for name in earlier)]

    def _start_graph(self, held: ExitStack) -> None:
        """Start the local Neo4j, unless another is named."""
        if self._config.neo4j_uri:
            return
        server = local_server(self._config, provisioned(self._config, self._screen))
        held.enter_context(server.locked())
        held.callback(self._supervisor.stop)  # before the lock is released
        self._screen.step("Starting Neo4j")
        self._supervisor.start(server)
        server.wait()

    def _prepare(self, *, samples: bool) -> None:
        """Migrate, and load the sample data into a graph that Hilum has never used, or finish loading it."""
        with connected(self._config) as graph:
            fresh = current_version(graph) == 0
            migrate(graph)
        marker = self._config.home / "samples"
        if samples and (fresh or _reads(marker, LOADING)):
            write_whole(marker, LOADING)
            with wired(self._config) as wiring, self._screen.counting("Loading sample data") as advance:
                import_module("app.wiring.samples").sample_loader(wiring).load(advance)  # large, needed once
            write_whole(marker, LOADED)

    def _start_roles(self) -> None:
        """Start the processes of every role; then wait until each answers that can say so.

        None waits for those before it: who calls a role that is not there yet waits for it.
        """
        started = [(role, command) for role in ROLES for command in role.commands(self._config)]
        for role, command in started:
            self._screen.step(f"Starting {role.title}")
            self._supervisor.start(command)
        for role, command in started:
            if role.answers and not self._answers(role, command):
                where = log_of(self._config.home, command.name).relative_to(self._config.home)
                raise Unavailable(f"{role.title} did not start; its own words are in {where} of HILUM_HOME")

    def _answers(self, role: Role, command: Command) -> bool:
        def answers() -> bool:
            return role.answers is None or role.answers(self._config)

        wait_until(lambda: not command.running() or answers(), START_SECONDS)
        return command.running() and answers()

    def _greet(self) -> None:
        self._screen.addresses(self._config.base_url, ADDRESSES)
        if self._config.demo:
            with wired(self._config) as wiring, admitted(wiring, "up", "E", MANAGE, account="demo"):
                self._screen.tokens(wiring.demo.tokens(now()))
        self._screen.step("\nCtrl-C stops everything.")


def _reads(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
