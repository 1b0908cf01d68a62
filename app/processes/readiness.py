"""Whether the gateway can do its work now: each part is asked, none may take long."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from app.blobs import BlobStore
from app.processes.state import children_down
from graph.errors import HilumError
from graph.schema.migrate import MIGRATIONS, check_version
from graph.session import Graph

Health: TypeAlias = dict[str, str]


class Readiness:
    """Asks the graph, its schema, the blobs, and the children of `hilum up` where there are any."""

    def __init__(self, graph: Graph, blobs: BlobStore, home: Path) -> None:
        self._graph = graph
        self._blobs = blobs
        self._home = home
        self._checks: Mapping[str, Callable[[], None]] = {
            "graph": graph.ping,
            "schema": self._schema,
            "blobs": self._space,
            "children": self._children,
        }

    def checks(self) -> dict[str, Health]:
        """The parts by name, each `pass` or `fail` with what is wrong in an operator's words."""
        return {name: _asked(check) for name, check in self._checks.items()}

    def _schema(self) -> None:
        self._graph.ping()  # reading waits for a graph that is away, and a probe must not
        if check_version(self._graph) < len(MIGRATIONS):
            raise HilumError("the graph is not migrated: `hilum graph migrate`")

    def _space(self) -> None:
        self._blobs.check_space()

    def _children(self) -> None:
        """Alone, without `hilum up`, there are no children to miss."""
        if down := children_down(self._home):
            raise HilumError(f"not running: {', '.join(down)}")


def _asked(check: Callable[[], None]) -> Health:
    try:
        check()
    except HilumError as error:
        return {"status": "fail", "output": error.message}
    return {"status": "pass"}
