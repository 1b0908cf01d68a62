"""The command of the web server: one place that knows which server it is and how it is told what to do."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.supervision.child import Command

DRAIN_SECONDS = 20  # requests in flight may finish; then they are cut
LOOPBACK = "127.0.0.1"
DEFAULT_PORT = 8042


@dataclass(frozen=True, slots=True)
class WebServer:
    """Where the gateway listens, with how many processes and how many threads in each."""

    host: str = LOOPBACK
    port: int = DEFAULT_PORT
    workers: int = 2
    threads: int = 4

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "WebServer":
        """Read `HILUM_HOST`, `HILUM_PORT`, `HILUM_WEB_WORKERS` and `HILUM_WEB_THREADS`."""
        return cls(
            host=environment.get("HILUM_HOST") or LOOPBACK,
            port=int(environment.get("HILUM_PORT") or DEFAULT_PORT),
            workers=int(environment.get("HILUM_WEB_WORKERS") or 2),
            threads=int(environment.get("HILUM_WEB_THREADS") or 4),
        )

    @property
    def url(self) -> str:
        """The address to print for a person on this machine."""
        return f"http://{self.host}:{self.port}"

    @property
    def argv(self) -> tuple[str, ...]:
        """The command line."""
        return (
            sys.executable,
            "-m",
            "gunicorn",
            "wsgi:app",
            f"--bind={self.host}:{self.port}",
            f"--workers={self.workers}",
            f"--threads={self.threads}",
            "--worker-class=app.web.server.GatewayWorker",
            f"--graceful-timeout={DRAIN_SECONDS}",
            "--timeout=60",
            "--log-level=warning",
        )

    def child(self, home: Path, environment: Mapping[str, str]) -> Command:
        """The web server as a child of the supervisor."""
        return Command("web", self.argv, home, DRAIN_SECONDS + 5.0, environment)
