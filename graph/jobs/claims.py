"""Jobs as workers see them: a claim with a lease and a fencing number, and writes that carry it.

A claim takes the lock of the node before it looks at it again, in a statement of its own, so that of two that
reach for a job one gets it. A worker that lost its lease may still be at work and not know it: its number is
older than that of the next claim, and its writes are refused as `Superseded`.
"""

from typing import Any

from graph.jobs.jobs import NOW, WORK
from graph.jobs.records import SECOND, Claim, Ending, Progress, Superseded, claim_of, dumped
from graph.keys import job_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Transaction

_REACH = f"""
MATCH (j:Job) WHERE j.tenant = $tenant AND j.dueAt <= {NOW}
WITH j ORDER BY j.dueAt LIMIT 1
SET j.changedAt = {NOW} RETURN j.key AS key
"""
_CLAIM = f"""
MATCH (j:Job {{key: $key}}) WHERE j.dueAt <= {NOW}
SET j.state = 'running', j.fence = j.fence + 1, j.attempts = j.attempts + 1, j.claimedBy = $worker,
  j.startedAt = coalesce(j.startedAt, {NOW}), j.dueAt = {NOW} + $lease
RETURN properties(j) AS job
"""
_NEXT = f"""
MATCH (j:Job) WHERE j.tenant = $tenant AND j.dueAt IS NOT NULL
RETURN j.dueAt - {NOW} AS wait ORDER BY j.dueAt LIMIT 1
"""
_HELD = f"""
MATCH (j:Job {{key: $key}}) SET j.changedAt = {NOW}
WITH j WHERE j.fence = $fence AND j.state = 'running'
"""
_STEP = f"""{_HELD}
SET j.cursor = $cursor, j.done = $done, j.total = $total, j.note = $note, j.dueAt = {NOW} + $lease
RETURN j.cancelWanted AS cancelWanted
"""
_RENEW = f"{_HELD} SET j.dueAt = {NOW} + $lease RETURN j.cancelWanted AS cancelWanted"
_RELEASE = f"""{_HELD}
SET j.state = 'queued', j.dueAt = {NOW}, j.attempts = j.attempts - 1
RETURN j.cancelWanted AS cancelWanted
"""
_AGAIN = f"""{_HELD}
SET j.state = 'queued', j.dueAt = {NOW} + CASE WHEN j.cancelWanted THEN 0 ELSE $delay END,
  j.error = $error, j.message = $message
RETURN j.cancelWanted AS cancelWanted
"""
_FINISH = f"""{_HELD}
SET j.state = $state, j.result = $result, j.error = $error, j.message = $message, j.finishedAt = {NOW}
REMOVE j.dueAt RETURN j.cancelWanted AS cancelWanted
"""


@scoped
class ClaimStore:
    """Claims jobs of a tenant and writes what became of them; a lease is in seconds."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def claim(self, scope: AccessScope, worker: str, lease: float) -> Claim | None:
        """Claim the job that has been due for longest, for `lease` seconds; None where none is due."""
        scope.require(WORK)

        def work(transaction: Transaction) -> tuple[bool, Claim | None]:
            reached = transaction.run(_REACH, tenant=scope.tenant)
            if not reached:
                return False, None
            values = {"worker": worker, "lease": int(lease * SECOND)}
            rows = transaction.run(_CLAIM, key=reached[0]["key"], **values)
            return True, claim_of(rows[0]["job"]) if rows else None

        while True:
            found, claim = self._graph.write_aside(work)
            if claim is not None or not found:
                return claim

    def next_due(self, scope: AccessScope) -> float | None:
        """Seconds until a job may be claimed, negative where one is overdue; None where none waits."""
        rows = self._graph.read(_NEXT, tenant=scope.tenant)
        return rows[0]["wait"] / SECOND if rows else None

    def step(self, scope: AccessScope, claim: Claim, cursor: Any, progress: Progress, lease: float) -> bool:
        """Keep how far the job is, and the lease; return whether its end is wished for.

        Raises `Superseded`.
        """
        values = {"cursor": dumped(cursor), "lease": int(lease * SECOND)}
        progressed = {"done": progress.done, "total": progress.total, "note": progress.note}
        return self._write(scope, claim, _STEP, **values, **progressed)

    def renew(self, scope: AccessScope, claim: Claim, lease: float) -> bool:
        """Keep the lease within a long step; return whether the end is wished for. Raises `Superseded`."""
        return self._write(scope, claim, _RENEW, lease=int(lease * SECOND))

    def release(self, scope: AccessScope, claim: Claim) -> None:
        """Give the job back to the next worker, without counting the try; raises `Superseded`."""
        self._write(scope, claim, _RELEASE)

    def again(self, scope: AccessScope, claim: Claim, delay: float, error: str, message: str | None) -> None:
        """Queue the job for another try after `delay` seconds, at once where its end is wished for.

        Raises `Superseded`.
        """
        values = {"delay": int(delay * SECOND), "error": error, "message": message}
        self._write(scope, claim, _AGAIN, **values)

    def finish(self, scope: AccessScope, claim: Claim, ending: Ending) -> None:
        """End the job for good; raises `Superseded`."""
        values = {"state": ending.state, "result": dumped(ending.result)}
        self._write(scope, claim, _FINISH, **values, error=ending.error, message=ending.message)

    def _write(self, scope: AccessScope, claim: Claim, text: str, **values: Any) -> bool:
        scope.require(WORK)
        key = job_key(scope.tenant, claim.id)

        def work(transaction: Transaction) -> bool:
            rows = transaction.run(text, key=key, fence=claim.fence, **values)
            if not rows:
                raise Superseded("another worker has claimed this job since")
            return bool(rows[0]["cancelWanted"])

        return self._graph.write_aside(work)
