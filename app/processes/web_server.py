"""The role of the web server: the one place that knows which server it is and how it is told what to do.

Why gunicorn with a worker of our own, and how many processes and threads: docs/adr/0003-web-server.md.
"""

import sys
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

from app.config import Config
from app.processes.role import Role
from graph.commit.wire import address_of

DRAIN_SECONDS = 20  # requests in flight may finish; then they are cut
LIVE_PATH = "/health/live"
METRICS = "metrics"
SILENT_SECONDS = 60  # a process that does not even beat for so long is replaced


def web_server_argv(config: Config) -> tuple[str, ...]:
    """The command line of the web server."""
    host = f"[{config.host}]" if ":" in config.host else config.host
    return (
        sys.executable,
        "-m",
        "gunicorn",
        "wsgi:app",
        "--config=python:app.wiring.preloading",
        f"--bind={host}:{config.port}",
        f"--workers={config.processes}",
        f"--threads={config.threads}",
        "--worker-class=app.http.kit.server.GatewayWorker",
        f"--graceful-timeout={DRAIN_SECONDS}",
        f"--timeout={SILENT_SECONDS}",
        "--keep-alive=15",
        "--backlog=2048",
        "--limit-request-line=8190",  # the page that signs in carries on the request of an app
        "--no-control-socket",
        "--log-level=warning",
    )


def answers(config: Config) -> bool:
    """Whether the gateway serves requests."""
    connection = HTTPConnection(config.host, config.port, timeout=5)
    try:
        connection.request("GET", LIVE_PATH)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _environment(config: Config) -> Mapping[str, str]:
    """Its processes count metrics in files of a folder that each start empties, and share a committer."""
    return {
        "PROMETHEUS_MULTIPROC_DIR": str(config.home / METRICS),
        "HILUM_COMMITTER": str(address_of(config.home)),
    }


WEB = Role(
    name="web",
    title="the web server",
    argv=web_server_argv,
    grace=DRAIN_SECONDS + 5.0,
    environment=_environment,
    scratch=METRICS,
    answers=answers,
)
