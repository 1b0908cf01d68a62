"""Claims jobs and brings each to its end or its next try: whatever it does, it reaches a terminal state.

An unknown kind fails at once, a failure that trying again can mend is tried again up to the limit of its
kind, any other fails with its category. A job that ends its worker each time has no failure to show: its
claims are counted, and beyond the limit it fails as `abandoned`.
"""

import random
from collections.abc import Iterable
from threading import Event

import structlog

from app.work.kinds import TRANSIENT, JobKind
from app.work.running import Cancelled, Interrupted, Running
from graph.errors import HilumError
from graph.jobs.claims import ClaimStore
from graph.jobs.records import Claim, Ending, JobFailure, JobState, Superseded
from graph.scope import AccessScope

LEASE_SECONDS = 60.0
_CANCELLED = Ending(JobState.CANCELLED)
_log = structlog.get_logger("hilum.work")


class JobDoer:
    """Does the due jobs of one tenant, one after the other; `lease` is in seconds."""

    def __init__(
        self, claims: ClaimStore, kinds: Iterable[JobKind], scope: AccessScope, lease: float = LEASE_SECONDS
    ) -> None:
        self._claims = claims
        self._kinds = {kind.name: kind for kind in kinds}
        self._scope = scope
        self._lease = lease

    def do_due(self, worker: str, stop: Event) -> float | None:
        """Do every job that is due, until `stop` is set.

        Return the seconds until the next one may be claimed, None where none waits. Raises `Unavailable`.
        """
        while not stop.is_set():
            claim = self._claims.claim(self._scope, worker, self._lease)
            if claim is None:
                break
            try:
                self._do(claim, stop)
            except Superseded:
                _log.warning("job was taken over", job=claim.id, kind=claim.kind)
        return self._claims.next_due(self._scope)

    def _do(self, claim: Claim, stop: Event) -> None:
        kind = self._kinds.get(claim.kind)
        if claim.cancel_wanted:
            self._end(claim, _CANCELLED)
        elif kind is None:
            self._end(claim, _failed(JobFailure.UNKNOWN_KIND, "no worker knows this kind of job"))
        elif claim.attempts > kind.retry.attempts:
            self._end(claim, _failed(JobFailure.ABANDONED, "each worker that tried it ended before it did"))
        else:
            self._try(claim, kind, stop)

    def _try(self, claim: Claim, kind: JobKind, stop: Event) -> None:
        job = Running(self._claims, self._scope, claim, self._lease, stop)
        try:
            with job.beating(kind.retry.step_seconds):
                result = kind.run(job)
        except Cancelled:
            self._end(claim, _CANCELLED)
        except Interrupted:
            self._claims.release(self._scope, claim)
        except Superseded:
            raise
        except HilumError as error:
            self._fail(claim, kind, error.category, error.message, mends=error.category in TRANSIENT)
        except Exception as error:  # a job may raise anything, and must end all the same
            _log.error("job failed unforeseen", job=claim.id, kind=claim.kind, error=type(error).__name__)
            self._fail(claim, kind, JobFailure.UNFORESEEN, None, mends=True)
        else:
            self._end(claim, Ending(JobState.SUCCEEDED, result))

    def _fail(self, claim: Claim, kind: JobKind, error: str, message: str | None, *, mends: bool) -> None:
        """Queue the next try where there is one, else end it."""
        if not mends or claim.attempts >= kind.retry.attempts:
            self._end(claim, _failed(error, message))
            return
        pause = kind.retry.pause(claim.attempts, random.random())  # noqa: S311 - jitter, not a secret
        _log.info("job will be tried again", job=claim.id, kind=claim.kind, error=error, seconds=pause)
        self._claims.again(self._scope, claim, pause, error, message)

    def _end(self, claim: Claim, ending: Ending) -> None:
        self._claims.finish(self._scope, claim, ending)
        log = _log.warning if ending.state is JobState.FAILED else _log.info
        log("job ended", job=claim.id, kind=claim.kind, state=ending.state, error=ending.error)


def _failed(error: str, message: str | None) -> Ending:
    return Ending(JobState.FAILED, error=error, message=message)
