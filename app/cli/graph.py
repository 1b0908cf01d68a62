"""`hilum graph`: the local Neo4j by itself, the schema, and a prompt."""

import os

import click

from app.cli.cypher_prompt import run_prompt
from app.cli.graph_access import connected, local_server, provisioned
from app.cli.screen import Screen
from app.config import Config
from app.processes.state import read_state
from app.wiring import graph_address
from graph.errors import HilumError
from graph.schema.migrate import current_version
from graph.schema.migrate import migrate as migrate_schema


@click.group()
def graph() -> None:
    """Start, stop, migrate or query the graph."""


@graph.command()
def start() -> None:
    """Start the local Neo4j and leave it running; `hilum up` takes it over."""
    config, screen = Config.from_env(os.environ), Screen()
    server = local_server(config, provisioned(config, screen))
    with server.locked():
        screen.step("Starting Neo4j")
        server.start()
        server.wait()
    screen.step(f"Neo4j answers at {server.address.uri}")


@graph.command()
def stop() -> None:
    """Stop the local Neo4j."""
    server = local_server(Config.from_env(os.environ))
    with server.locked():
        server.stop()
    Screen().step("Neo4j is stopped")


@graph.command()
def status() -> None:
    """Say whether the graph answers, its schema, and what is supervised; exit status 1 when it does not."""
    config, screen = Config.from_env(os.environ), Screen()
    supervised = read_state(config.home)
    for child in supervised.children if supervised else ():
        running = "runs" if child.alive else "is down"
        screen.step(f"{child.name} {running}, started again {child.restarts} times")
    try:
        with connected(config) as reached:
            screen.step(f"Neo4j answers at {graph_address(config).uri}, schema {current_version(reached)}")
    except HilumError as failure:
        raise click.ClickException(str(failure)) from failure


@graph.command()
def migrate() -> None:
    """Bring the schema to this release."""
    with connected(Config.from_env(os.environ)) as reached:
        Screen().step(f"The schema is at {migrate_schema(reached)}")


@graph.command()
def shell() -> None:
    """Type Cypher; an empty line or Ctrl-D ends."""
    with connected(Config.from_env(os.environ)) as reached:
        run_prompt(reached, Screen().console)
