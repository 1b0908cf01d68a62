"""The throw-away folder of one test run, and the end of runs that were killed."""

import json
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from graph.local.process import ProcessRecord, end, marked, started_mark
from graph.local.server import LocalNeo4j

PREFIX = "hilum-test-"
OWNER = "owner.json"
_RENDERERS = "renderers-"
# Java that is fast soon, and never very fast.
SHORT_LIVED = (  # with what a developer adds, as in `make relock-classes`
    "-XX:TieredStopAtLevel=1",
    "-XX:-UseParallelGC",
    "-XX:+UseSerialGC",
    *os.environ.get("HILUM_TEST_JAVA", "").split(),
)


def open_run(base: Path) -> Path:
    """Make the folder of a run that this process owns."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    owner = {"pid": os.getpid(), "started": started_mark(os.getpid())}
    (folder / OWNER).write_text(json.dumps(owner), encoding="utf-8")
    return folder


def renderers_of(folder: Path) -> Path:
    """The home of the renderers of this process, one of those of a run."""
    return folder / f"{_RENDERERS}{os.getpid()}"


def end_abandoned_runs(base: Path) -> None:
    """End the servers of runs whose owner was killed, and remove their data."""
    for folder in base.glob(f"{PREFIX}*"):
        with suppress(OSError, ValueError, TypeError, KeyError):  # another user's, or half made
            owner = ProcessRecord(**json.loads((folder / OWNER).read_text(encoding="utf-8")))
            if not owner.alive:
                LocalNeo4j(folder / "neo4j", ()).stop()
                for home in folder.glob(f"{_RENDERERS}*"):
                    for left in marked(f"renderer:{home}"):
                        end(left, 0)
                shutil.rmtree(folder, ignore_errors=True)
