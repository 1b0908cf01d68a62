"""What is remembered of a local Neo4j between starts: its port, its process, its password.

`state.json` is replaced as a whole (temporary file, then rename): a kill leaves the old or the new one.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.local.process import ProcessRecord


@dataclass(frozen=True, slots=True)
class Neo4jAddress:
    """How a driver reaches a Neo4j."""

    uri: str
    user: str
    password: str

    def __repr__(self) -> str:
        """Leave the password out of logs and test reports."""
        return f"Neo4jAddress({self.uri!r}, {self.user!r})"


@dataclass(frozen=True, slots=True)
class ServerState:
    """`prepared`: the password is set. `digest`: of the settings under which `process` was started."""

    port: int
    prepared: bool = False
    digest: str = ""
    process: ProcessRecord | None = None


def read_state(folder: Path) -> ServerState | None:
    """The state kept in `folder`; None before the first start."""
    path = folder / "state.json"
    if not path.exists():
        return None
    kept = json.loads(path.read_text(encoding="utf-8"))
    process = kept.pop("process")
    return ServerState(**kept, process=ProcessRecord(**process) if process else None)


def write_state(folder: Path, state: ServerState) -> None:
    """Keep `state` in `folder`."""
    write_whole(folder / "state.json", json.dumps(asdict(state)))


def write_whole(path: Path, content: str | bytes, mode: int = 0o600) -> None:
    """Replace a file at once, durably, readable by its owner only."""
    temporary = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def password(folder: Path) -> str:
    """The password of the server in `folder`; made at random on first use.

    Neo4j's tool takes one that begins with a dash for an option, so no server was ever given such a one.
    """
    path = folder / "password"
    if not path.exists() or path.read_text(encoding="utf-8").startswith("-"):
        write_whole(path, secrets.token_hex(24))
    return path.read_text(encoding="utf-8")


def local_address(folder: Path) -> Neo4jAddress | None:
    """Where the server of `folder` listens; None when none has been started there."""
    state = read_state(folder)
    if state is None:
        return None
    return Neo4jAddress(f"bolt://127.0.0.1:{state.port}", "neo4j", password(folder))
