"""A gateway that is really served: the web server as `hilum up` starts it, with a tenant and a home of its
own.

The graph is that of the run. Each gateway has the demo users, and `services` of the test's own beside it, for
planting rows and for the worker's chores.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPConnection
from pathlib import Path
from uuid import uuid4

import psutil
import requests

from app.config import Config
from app.processes.web_server import METRICS, answers, web_server_argv
from app.wiring import Wiring, graph_of
from graph.clock import now
from graph.local.process import wait_until
from graph.local.server import free_port
from graph.local.state import Neo4jAddress

START_SECONDS = 60.0
NOT_ALL_IS_THERE = ("/health/ready", "/dicom-web/subscribers")
"""How paths begin that are 503 where the web server runs alone, without worker and channels."""
_ROOT = Path(__file__).parents[2]


@dataclass
class ServedGateway:
    """A web server as a process of the test; `environment` holds the settings that it was started with."""

    config: Config
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self, **more: str) -> None:
        """Start it, with more settings for this once, and return when it answers with all its workers."""
        environment = {**os.environ, **self.environment, **more}
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                web_server_argv(self.config),
                cwd=_ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        assert wait_until(lambda: self.died or self._complete, START_SECONDS)
        assert not self.died, self.log

    def end(self) -> None:
        """Stop it as the supervisor does: what is in flight may finish."""
        if self.process and not self.died:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def kill(self) -> None:
        """End the master and the workers at once, as a power cut would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(60)

    def kill_a_worker(self, at: int) -> None:
        """End one of the workers at once; the master starts another."""
        if workers := self.workers:
            _kill(workers[at % len(workers)])

    @property
    def died(self) -> bool:
        """Whether the master has ended."""
        return self.process is not None and self.process.poll() is not None

    @property
    def _complete(self) -> bool:
        return answers(self.config) and len(self.workers) == self.config.processes

    @property
    def workers(self) -> list[int]:
        """The process numbers of the workers."""
        assert self.process is not None
        return sorted(child.pid for child in psutil.Process(self.process.pid).children())

    @property
    def resident(self) -> int:
        """The most bytes that one worker keeps in memory."""
        return max(psutil.Process(pid).memory_info().rss for pid in self.workers)

    @property
    def base(self) -> str:
        """The address without a path."""
        return self.config.base_url

    @property
    def dicomweb(self) -> str:
        """The address of DICOMweb."""
        return f"{self.base}/dicom-web"

    @property
    def log(self) -> str:
        """Everything that it has logged."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def _log(self) -> Path:
        return self.config.home / "web.log"

    @cached_property
    def services(self) -> Wiring:
        """Wiring of the test's own process, on the same graph and home."""
        return Wiring(self.config, graph_of(self.config))

    @cached_property
    def tokens(self) -> dict[str, str]:
        """A token per role."""
        return dict(self.services.demo.tokens(now()))

    def session(self, role: str = "superuser") -> requests.Session:
        """A client that keeps its connection."""
        client = requests.Session()
        client.trust_env = False
        client.headers["Authorization"] = f"Bearer {self.tokens[role]}"
        return client

    def connection(self, seconds: float = 60.0) -> HTTPConnection:
        """A bare connection, for requests that no client library would send."""
        return HTTPConnection(self.config.host, self.config.port, timeout=seconds)

    def close(self) -> None:
        """End the web server, of which nobody waits for anything any more, and the services."""
        if self.process and not self.died:
            self.kill()
        if "services" in vars(self):
            self.services.close()
            self.services.graph.close()


@contextmanager
def gateway_at(home: Path, address: Neo4jAddress, **settings: str) -> Iterator[ServedGateway]:
    """A gateway on a home folder, which is made, not yet started; `settings` are HILUM_* ones."""
    home.mkdir(parents=True, exist_ok=True)
    environment = {
        "HILUM_HOME": str(home),
        "HILUM_PORT": str(free_port()),
        "HILUM_TENANT": f"t{uuid4().hex[:12]}",
        "NEO4J_URI": address.uri,
        "NEO4J_USER": address.user,
        "NEO4J_PASSWORD": address.password,
        **settings,
    }
    metrics = home / METRICS
    metrics.mkdir(exist_ok=True)
    gateway = ServedGateway(
        Config.from_env(environment), {**environment, "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
    )
    try:
        yield gateway
    finally:
        gateway.close()


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:  # it ended by itself between two lines
        return
