"""Begins an audit entry when an access is admitted or refused, and ends it before the answer leaves.

entry = recorder.begin(scope, facts)      # written at once, and synced while the access goes on
entry.concerning("Patient/7")             # whom it turned out to be about; use cases by `scope.concerns`
entry.close(200)                          # waits until the beginning is durable: no entry, no answer
"""

import hmac
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

from app.admission.facts import AccessFacts
from app.audit.entries import AccessOutcome, Entry, entry_key, properties
from app.audit.spool import Spool, SpoolLimits
from app.config import Config
from app.security.keys import audit_key, signing_key
from graph.scope import AccessScope

NOBODY = "-"
_PARAMETER = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_MOST_PARAMETERS = 50
_DIGEST = 16
_PERSONS = ("Practitioner/", "PractitionerRole/", "RelatedPerson/")


class SpooledEntry:
    """An entry that was begun."""

    def __init__(self, spool: Spool, entry: Entry) -> None:
        self._spool, self._entry = spool, entry
        self._concerning: dict[str, None] = {}
        self._counted: int | None = None
        self._client: str | None = None
        self._begun = spool.record(_dump(entry.line()), soon=True)
        self.witness: Mapping[str, Any] | None = _witness(entry) if entry.changes else None

    def concerning(self, *references: str) -> None:
        """Note whom the access is about, as `Patient/7`."""
        self._concerning.update(dict.fromkeys(references))

    def counting(self, rows: int) -> None:
        """Note how many rows an answer counts."""
        self._counted = (self._counted or 0) + rows

    def claimed_by(self, client: str) -> None:
        """Note who says to be asking, where nobody was recognised before."""
        self._client = client.encode("ascii", "backslashreplace").decode()

    def __reduce__(self) -> tuple[type["_Elsewhere"], tuple[()]]:
        """A unit of work takes its caller's rights to the committer, and leaves the entry here."""
        return _Elsewhere, ()

    def close(self, status: int) -> None:
        """Write the outcome, and wait until the beginning is durable; raises `Unavailable`.

        The outcome, and whom the access was about, are written before the answer leaves, so that they outlive
        this process, and are on the disk within a second, or with the next entry that is waited for.
        """
        outcome = AccessOutcome(status, tuple(self._concerning), self._counted, self._client)
        for line in outcome.lines():
            self._spool.record(_dump({**_named(self._entry), **line}))
        self._begun.wait()


class _Elsewhere:
    """An entry as another process knows it: what is noted there is noted nowhere."""

    def concerning(self, *references: str) -> None:
        """Note nothing."""

    def counting(self, rows: int) -> None:
        """Note nothing."""


def _witness(entry: Entry) -> Mapping[str, Any]:
    return {"key": entry_key(entry.tenant, entry.id), "properties": properties(entry.line())}


def _named(entry: Entry) -> dict[str, str]:
    return {"id": entry.id, "tenant": entry.tenant}


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

    def begin(self, scope: AccessScope | None, facts: AccessFacts) -> SpooledEntry:
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
            client=scope.client if scope else "",
            token=scope.token if scope else "",
            person=_person(scope) if scope else "",
        )
        return SpooledEntry(self._spool, entry)

    def close(self) -> None:
        """Sync and close the spool."""
        self._spool.close()

    def _digest(self, query: bytes) -> str:
        return hmac.digest(self._key, query, "sha256")[:_DIGEST].hex() if query else ""


def _person(scope: AccessScope) -> str:
    """The resource that an account stands for; empty where that is a patient, or nobody said so.

    That an account is the Practitioner of its name is said in consents alone.
    """
    bound = scope.actors - {f"Practitioner/{scope.subject}"}
    return min((each for each in bound if each.startswith(_PERSONS)), default="")


def _dump(line: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(line)
    except TypeError:  # a path may hold what is no Unicode text: kept readable, and with it the entry
        entities = {name: ascii(value) for name, value in line["entities"].items()}
        return orjson.dumps(line | {"entities": entities})


def _plain(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of parameters that look like names: anything else may be a value in the wrong place."""
    return tuple(name for name in names if _PARAMETER.fullmatch(name))[:_MOST_PARAMETERS]


def open_recorder(
    config: Config, folder: Path, tenant: str, closed: Callable[[], None] = lambda: None
) -> AuditRecorder:
    """The recorder of this process, its spool in the folder; who is not recognised is of the tenant.

    `closed` is called when the spool closes a file.
    """
    keys = config.home / "keys"
    limits = SpoolLimits(config.audit_segment, config.audit_seconds)
    spool = Spool(folder, limits, closed=closed, key=audit_key(keys))
    return AuditRecorder(spool, signing_key(keys).derive("audit"), tenant)
