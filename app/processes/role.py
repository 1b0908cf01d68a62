"""What a process role is: a row that says how its processes start, what they wire, how they stop."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.config import Config
from app.processes.child import Command

LOGS = "logs"


def one(_config: Config) -> int:
    """How many: always one."""
    return 1


def nothing(_config: Config) -> Mapping[str, str]:
    """No environment beside our own."""
    return {}


def password_file(config: Config) -> Path:
    """Where processes find the password of a Neo4j that is not ours: a file of our user alone."""
    return config.neo4j_password_file or config.home / "neo4j-password"


def handed_password(config: Config) -> Mapping[str, str | None]:
    """What a process is told of that password: where it is, since others may read its environment."""
    named = str(password_file(config)) if config.neo4j_password or config.neo4j_password_file else None
    return {"NEO4J_PASSWORD": None, "NEO4J_PASSWORD_FILE": named}


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One kind of process of the gateway; times are in seconds.

    `argv` is its command, which wires what the role needs and no more (`app/wiring/roles.py`); `copies` says
    how many there are, 0 where it is off; `scratch` is a folder of the home that each start empties;
    `answers` tells whether it is ready (None: when it runs).
    """

    name: str
    title: str
    argv: Callable[[Config], tuple[str, ...]]
    grace: float
    environment: Callable[[Config], Mapping[str, str]] = nothing
    scratch: str | None = None
    copies: Callable[[Config], int] = one
    answers: Callable[[Config], bool] | None = None

    def commands(self, config: Config) -> tuple[Command, ...]:
        """The processes of this role as children of a supervisor."""
        return tuple(
            self._command(config, self.name if number == 1 else f"{self.name}-{number}")
            for number in range(1, self.copies(config) + 1)
        )

    def _command(self, config: Config, name: str) -> Command:
        return Command(
            name,
            self.argv(config),
            config.home,
            self.grace,
            {**self.environment(config), **handed_password(config)},
            log=log_of(config.home, name),
            scratch=config.home / self.scratch if self.scratch else None,
        )


def log_of(home: Path, child: str) -> Path:
    """Where a child writes what it has to say."""
    return home / LOGS / f"{child}.log"
