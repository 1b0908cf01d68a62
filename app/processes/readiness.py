"""Whether the gateway can do its work now: each part is asked, none may take long."""

from collections.abc import Callable
from typing import TypeAlias

from app.processes.state import children_down
from app.wiring import Services
from graph.errors import HilumError
from graph.schema.migrate import MIGRATIONS, check_version

Check: TypeAlias = dict[str, str]


def readiness(services: Services) -> dict[str, Check]:
    """The parts by name, each `pass` or `fail` with what is wrong in an operator's words."""
    checks: dict[str, Callable[[Services], None]] = {
        "graph": lambda each: each.graph.ping(),
        "schema": _schema,
        "blobs": lambda each: each.blobs.check_space(),
        "children": _children,
    }
    return {name: _asked(services, check) for name, check in checks.items()}


def _asked(services: Services, check: Callable[[Services], None]) -> Check:
    try:
        check(services)
    except HilumError as error:
        return {"status": "fail", "output": error.message}
    return {"status": "pass"}


def _schema(services: Services) -> None:
    services.graph.ping()  # reading waits for a graph that is away, and a probe must not
    if check_version(services.graph) < len(MIGRATIONS):
        raise HilumError("the graph is not migrated: `hilum graph migrate`")


def _children(services: Services) -> None:
    """The children of `hilum up`, where it started this process; alone, there are none to miss."""
    if down := children_down(services.config.home):
        raise HilumError(f"not running: {', '.join(down)}")
