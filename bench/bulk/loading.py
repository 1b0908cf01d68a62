"""From a number of people to a home folder with their graph: stage, import, index."""

import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.config import Config
from app.site import sites_of
from bench.bulk.importing import import_files, index
from bench.bulk.staging import Population, stage
from graph.clock import now
from graph.local.server import LocalNeo4j

Say = Callable[[str], None]


def load(config: Config, server: LocalNeo4j, people: int, seed: int, say: Say) -> None:
    """Fill the graph of a home folder with so many people of a seed; what it held is gone.

    The server is that of the folder, and does not run afterwards. Raises `ImportFailed`.
    """
    config.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="staged-", dir=config.home) as folder:
        staged = stage(Path(folder), Population(people, seed, sites_of(config).own, now()), say)
        _empty(server)
        with server.locked():
            began = time.perf_counter()
            told = import_files(config, server, staged)
            say(f"imported in {time.perf_counter() - began:.0f} s: {' '.join(told.split())}")
    with server.locked():
        server.start()
        server.wait()
        try:
            index(config, say)
        finally:
            server.stop()


def _empty(server: LocalNeo4j) -> None:
    """Leave the folder of a server with an empty store, with settings and a password."""
    if server.folder.exists():
        with server.locked():
            server.stop()
        shutil.rmtree(server.folder)
    with server.locked():
        server.start()
        server.wait()
        server.stop()
