"""How a command is admitted: as an access of whoever sits at the machine, with an entry in the audit."""

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from app.admission import command_facts
from app.config import Config
from app.security.scopes import system_scope
from app.wiring import Wiring, wired
from graph.clock import now
from graph.scope import AccessScope


@contextmanager
def admitted(
    wiring: Wiring, command: str, action: str, permission: str, **entities: str | None
) -> Iterator[AccessScope]:
    """Run a block as one access of the command line, and close its entry with what became of it.

    `action` is one of C R U D E; `entities` is what the command names. Raises `Unavailable` where the audit
    cannot be written, and what the block raises.
    """
    named = {name: value for name, value in entities.items() if value}
    facts = command_facts(
        command, action, request_id=uuid4().hex, received=now(), entities={"operator": _operator(), **named}
    )
    caller = system_scope(wiring.sites.own.tenant, "command line")
    with wiring.admission.access(caller, facts, (permission,)) as scope:
        yield scope


@contextmanager
def commanded(
    command: str, action: str, permission: str, **entities: str | None
) -> Iterator[tuple[Wiring, AccessScope]]:
    """Run a block with the parts of the gateway, as one access of the command line; raises as `admitted`."""
    with (
        wired(Config.from_env(os.environ)) as wiring,
        admitted(wiring, command, action, permission, **entities) as scope,
    ):
        yield wiring, scope


def _operator() -> str:
    """The account of the machine that runs the command, by its number where it has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
