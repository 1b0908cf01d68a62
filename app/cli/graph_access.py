"""How the commands reach the graph: the local one, or the Neo4j that `NEO4J_URI` names."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.cli.screen import Screen
from app.config import Config
from app.settings import MIB
from app.wiring import graph_address, graph_of
from graph.errors import Conflict, Unavailable
from graph.local.class_archive import make_archive
from graph.local.folders import cache_folder, graph_folder
from graph.local.provision import DownloadProgress, provision
from graph.local.server import LocalNeo4j, listens
from graph.local.settings import GraphMemory
from graph.session import Graph


def provisioned(config: Config, screen: Screen) -> tuple[Path, ...]:
    """The jars of Neo4j, fetched under a progress bar when they are not there yet.

    Raises `Conflict` when another Neo4j is named, which needs none.
    """
    _refuse_another(config)
    cache = config.cache or cache_folder(os.environ)
    with screen.downloading("Fetching Neo4j") as advance:

        def show(progress: DownloadProgress) -> None:
            advance(progress.done, progress.total)

        jars = provision(cache, repository=config.maven_mirror, progress=show)
    make_archive(jars, begin=lambda: screen.step("Preparing Neo4j for fast starts (once)"))
    return jars


def local_server(config: Config, jars: tuple[Path, ...] = ()) -> LocalNeo4j:
    """The Neo4j of the home folder (stopping needs no jars); raises `Conflict` when another one is named."""
    _refuse_another(config)
    memory = GraphMemory(f"{config.graph_heap // MIB}m", f"{config.graph_page_cache // MIB}m")
    return LocalNeo4j(graph_folder(config.home), jars, memory=memory)


def _refuse_another(config: Config) -> None:
    if config.neo4j_uri:
        raise Conflict("NEO4J_URI names a Neo4j that Hilum does not run; unset it to use the local one")


@contextmanager
def connected(config: Config) -> Iterator[Graph]:
    """The graph of this configuration; raises `Unavailable` when it does not answer."""
    if not config.neo4j_uri and not listens(graph_address(config)):
        raise Unavailable("the local graph does not run: `hilum graph start` or `hilum up` starts it")
    graph = graph_of(config)
    try:
        graph.ping()
        yield graph
    finally:
        graph.close()
