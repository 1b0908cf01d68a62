"""What the audit is told of an access, whichever interface it came through."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFacts:
    """One access as its interface saw it.

    `received` is in µs since the epoch; `action` is the audit's C R U D E; `method` and `route` name what was
    called, `interaction` what it does, `entities` what the call itself names. The values of `query` stay
    behind: the recorder keeps a digest. `address` is the caller's, empty on the machine itself.
    """

    request_id: str
    received: int
    method: str
    route: str
    action: str
    interaction: str
    entities: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[str, ...] = ()
    query: bytes = b""
    address: str = ""


def job_facts(kind: str, job_id: str, action: str, *, request_id: str, received: int) -> AccessFacts:
    """The facts of a step of a job; `received` in µs, `action` one of C R U D E."""
    return AccessFacts(
        request_id=request_id,
        received=received,
        method="JOB",
        route=f"job {kind}",
        action=action,
        interaction=kind,
        entities={"job": job_id},
    )


def command_facts(
    command: str,
    action: str,
    *,
    request_id: str,
    received: int,
    entities: Mapping[str, str] | None = None,
) -> AccessFacts:
    """The facts of a command of the command line; `received` in µs, `action` one of C R U D E."""
    return AccessFacts(
        request_id=request_id,
        received=received,
        method="COMMAND",
        route=f"hilum {command}",
        action=action,
        interaction=command,
        entities=entities or {},
    )
