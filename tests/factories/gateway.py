"""A whole gateway, as `hilum up` runs it, on a home folder and a port of its own."""

import os
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from app.config import Config
from app.processes.state import read_state
from app.wiring import wired
from graph.local.process import marked, wait_until
from graph.local.server import free_port

START_SECONDS = 300.0  # twenty on a quiet machine
BETWEEN_LOOKS = 0.5
GREETING = "Ctrl-C stops everything."
CHILDREN = ("neo4j", "committer", "renderer", "events", "worker", "web")


class RunningGateway:
    """`hilum up` as a process; the home folder stays when it is started again."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home = home
        self.port = free_port()
        self.environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0

    def launch(self, *arguments: str) -> None:
        """Start it, and return at once."""
        self.home.mkdir(parents=True, exist_ok=True)
        self._starts += 1
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "up", "--with-parent", *arguments],
                env=self._settings,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start(self, *arguments: str) -> None:
        """Start it, and return when it greets."""
        self.launch(*arguments)
        ready = wait_until(lambda: GREETING in self.output or self.exit_status is not None, START_SECONDS)
        assert ready, self.output
        assert self.exit_status is None, self.output

    def cleans_up(self) -> bool:
        """Start it with a short grace: whether its worker removes what crashes left, so `check` is clean."""
        self.environment["HILUM_ORPHAN_SECONDS"] = "1"
        self.start("--no-samples")
        with wired(Config.from_env(self._settings)) as services:  # a process for each look costs seconds

            def is_clean() -> bool:
                time.sleep(BETWEEN_LOOKS)
                return not list(services.checks.run())

            cleaned = wait_until(is_clean, START_SECONDS)
        return cleaned and self.check() == (0, "")

    def check(self) -> tuple[int, str]:
        """The exit status of `hilum check` beside it, and what it found."""
        command = [sys.executable, "-m", "app.cli", "check"]
        ended = subprocess.run(command, env=self._settings, capture_output=True, text=True, check=False)
        return ended.returncode, ended.stderr

    @property
    def _settings(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("NEO4J_")}
        own = {"HILUM_HOME": str(self.home), "HILUM_PORT": str(self.port)}
        return {**inherited, **own, **self.environment}

    @property
    def base(self) -> str:
        """The address without a path."""
        return f"http://127.0.0.1:{self.port}"

    def token(self, role: str) -> str:
        """The token of a role, from the greeting."""
        return next(line.split()[1] for line in self.output.splitlines() if line.split()[:1] == [role])

    @property
    def output(self) -> str:
        """What it has printed since its last start."""
        return self._log.read_text(encoding="utf-8")

    @property
    def exit_status(self) -> int | None:
        """None while it runs."""
        assert self._process is not None
        return self._process.poll()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the supervisor."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill_child(self, name: str) -> None:
        """End one child as the kernel's memory killer would."""
        os.kill(self.pid_of(name), signal.SIGKILL)

    def pid_of(self, name: str) -> int:
        """The process number of a child, as the supervisor wrote it."""
        state = read_state(self.home)
        assert state is not None
        found = {child.name: child.process for child in state.children}[name]
        assert found is not None
        return found.pid

    def runs(self, name: str) -> bool:
        """Whether the supervisor has written that a child runs."""
        state = read_state(self.home)
        return state is not None and any(child.name == name for child in state.children)

    def ended(self, seconds: float = 60.0) -> bool:
        """Whether it ends within the time."""
        return wait_until(lambda: self.exit_status is not None, seconds)

    def ready(self) -> bool:
        """Whether `/health/ready` says so."""
        return self.get("/health/ready") == 200

    def becomes_ready(self) -> bool:
        """Whether it is ready before long."""
        return wait_until(self.ready, START_SECONDS)

    def get(self, path: str) -> int:
        """The status of an answer; 0 when there is none."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()

    def left_over(self) -> list[int]:
        """The processes that run under its home folder, the supervisor's aside."""
        marks = [f"neo4j:{self.home / 'neo4j'}", *(f"{name}:{self.home}" for name in CHILDREN[1:])]
        return [pid for mark in marks for record in marked(mark) for pid in record.members]

    @property
    def _log(self) -> Path:
        return self.home / f"up-{self.port}-{self._starts}.log"  # a second one on the home has another port
