"""No connection leaves but through the gate, `app/outgoing.py`; every other socket stays on the machine."""

import ast
from collections.abc import Mapping

from tests.architecture.source import modules
from tests.architecture.test_boundaries import imported

CALLERS = frozenset(
    {
        "aiohttp",
        "authlib.integrations.flask_client",
        "authlib.integrations.httpx_client",
        "authlib.integrations.requests_client",
        "ftplib",
        "http.client",
        "httplib2",
        "httpx",
        "jgo",
        "poplib",
        "pycurl",
        "requests",
        "smtplib",
        "telnetlib",
        "urllib.request",
        "urllib3",
        "websockets",
        "xmlrpc",
    }
)
"""Packages that open connections to wherever they are told."""

ALLOWED: Mapping[str, str] = {
    "app/http/events/casting.py": "serves connections that come to it",
    "app/http/events/serving.py": "serves connections that come to it",
    "app/outgoing.py": "the gate",
    "app/processes/web_server.py": "asks the web server of this machine whether it lives",
    "graph/local/provision.py": "fetches the jars of the lock, before anything is served",
    "graph/local/reaching.py": "says why they could not be fetched",
}
SOCKETS: Mapping[str, str] = {
    "app/http/events/serving.py": "listens on a local socket",
    "app/http/kit/handover.py": "calls a local socket",
    "app/http/kit/server.py": "accepts",
    "app/imaging/render/pool.py": "listens on a local socket",
    "app/imaging/render/renderers.py": "calls a local socket",
    "app/imaging/render/wire.py": "reads a local socket",
    "app/outgoing.py": "the gate",
    "app/work/lanes.py": "the name of the machine",
    "graph/commit/listening.py": "listens on a local socket",
    "graph/commit/remote.py": "calls a local socket",
    "graph/commit/wire.py": "reads a local socket",
    "graph/local/reaching.py": "names failures",
    "graph/local/server.py": "looks for a free port",
    "graph/local/sockets.py": "local sockets",
}


def named(tree: ast.Module) -> set[str]:
    """The modules that a module imports, those that come by name out of a package too."""
    out_of = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
    return {*imported(tree), *out_of}


def calls_out(name: str) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in CALLERS)


def test_only_the_gate_calls_out_and_what_runs_before_anything_is_served() -> None:
    callers = {path for path, tree in modules() if any(map(calls_out, named(tree)))}

    assert callers == ALLOWED.keys()


def test_every_module_with_a_socket_is_known() -> None:
    holders = {path for path, tree in modules() if "socket" in imported(tree)}

    assert holders == SOCKETS.keys()


def test_local_sockets_are_made_for_the_machine_alone() -> None:
    families = {
        node.attr
        for path, tree in modules()
        if path == "graph/local/sockets.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr.startswith("AF_")
    }

    assert families == {"AF_UNIX"}
