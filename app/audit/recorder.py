"""Begins an audit entry when a request is admitted or refused, and ends it before the answer leaves.

entry = recorder.begin(scope, facts)      # written at once, synced beside the work
entry.concerning("Patient/7")             # whom it turned out to be about
entry.close(200)                          # waits until the beginning is durable: no entry, no answer
"""

import hmac
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import orjson

from app.audit.entries import Entry, Outcome
from app.audit.spool import Spool, SpoolLimits, Ticket
from app.config import Config
from app.security.keys import signing_key
from graph.scope import AccessScope

if TYPE_CHECKING:
    from app.web.guard import RequestFacts

NOBODY = "-"
_PARAMETER = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_MOST_PARAMETERS = 50
_DIGEST = 16


class OpenEntry:
    """An entry that was begun."""

    def __init__(self, spool: Spool, entry: Entry, ticket: Ticket) -> None:
        self._spool, self._entry, self._ticket = spool, entry, ticket
        self._concerning: list[str] = []

    def concerning(self, *references: str) -> None:
        """Note whom the access is about, as `Patient/7`."""
        self._concerning.extend(references)

    def close(self, status: int) -> None:
        """Write the outcome, and wait until the beginning is durable; raises `Unavailable`."""
        entry = self._entry
        outcome = Outcome(entry.id, entry.tenant, status, tuple(dict.fromkeys(self._concerning)))
        self._spool.record(orjson.dumps(outcome.line()), awaited=False)
        self._ticket.wait()


class AuditRecorder:
    """Begins entries.

    `key` is the secret under which queries are digested, since a plain hash of few values tells.
    """

    def __init__(
        self,
        spool: Spool,
        key: bytes,
        tenant: str,
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self._spool = spool
        self._key = key
        self._tenant = tenant
        self._new_id = new_id

    def begin(self, scope: AccessScope | None, facts: "RequestFacts") -> OpenEntry:
        """Write the beginning of an access.

        `scope` None where nobody was recognised. Raises `Unavailable`.
        """
        entry = Entry(
            id=self._new_id(),
            at=facts.received,
            tenant=scope.tenant if scope else self._tenant,
            subject=scope.subject if scope else NOBODY,
            role=scope.role if scope else NOBODY,
            purpose=scope.purpose if scope else NOBODY,
            request_id=facts.request_id,
            method=facts.method,
            route=facts.route,
            action=facts.action,
            interaction=facts.interaction,
            entities=facts.entities,
            parameters=_plain(facts.parameters),
            query=self._digest(facts.query),
            address=facts.address,
        )
        return OpenEntry(self._spool, entry, self._spool.record(_dump(entry)))

    def close(self) -> None:
        """Sync and close the spool."""
        self._spool.close()

    def _digest(self, query: bytes) -> str:
        return hmac.digest(self._key, query, "sha256")[:_DIGEST].hex() if query else ""


def _dump(entry: Entry) -> bytes:
    # A path may hold what is no Unicode text; it is kept readable rather than refused.
    try:
        return orjson.dumps(entry.line())
    except TypeError:
        line = entry.line()
        line["entities"] = {name: ascii(value) for name, value in line["entities"].items()}
        return orjson.dumps(line)


def _plain(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of parameters that look like names: anything else may be a value in the wrong place."""
    return tuple(name for name in names if _PARAMETER.fullmatch(name))[:_MOST_PARAMETERS]


def open_recorder(config: Config, folder: Path) -> AuditRecorder:
    """The recorder of this process, with its spool in the folder."""
    spool = Spool(folder, SpoolLimits(config.audit_segment, config.audit_seconds))
    return AuditRecorder(spool, signing_key(config.home / "keys").derive("audit"), config.tenant)
