"""Jobs of a tenant as those see them who ask for them: `(:Job {key: "t|-|job|id", state, dueAt, fence, …})`.

`dueAt` is the moment from which a worker may claim the job: its due time while it is queued, the end of the
lease while it runs, none once it has ended. All moments are of the database's clock, so that machines whose
clocks differ agree.
"""

from dataclasses import dataclass

from graph.errors import Conflict, NotFound
from graph.jobs.records import SECOND, Job, JobState, Wanted, dumped, job_of
from graph.keys import job_key
from graph.scope import AccessScope, scoped
from graph.session import Graph, Transaction

READ, CANCEL, WORK = "operations.read", "operations.cancel", "administration.manage"
NOW = "datetime.realtime().epochMillis * 1000"
_FORGET_AT_ONCE = 1_000

_ASK = f"""
WITH {NOW} AS now
MERGE (j:Job {{key: $key}})
ON CREATE SET j += $properties, j.askedAt = now, j.changedAt = now, j.dueAt = now + $delay
RETURN properties(j) AS job
"""
_FIND = "MATCH (j:Job {key: $key}) RETURN properties(j) AS job"
_PAGE = """
MATCH (j:Job)
WHERE j.tenant = $tenant AND j.askedAt <= $askedAt AND (j.askedAt < $askedAt OR j.id < $id)
  AND ($state IS NULL OR j.state = $state)
RETURN properties(j) AS job ORDER BY j.askedAt DESC, j.id DESC LIMIT $limit
"""
_LOCK = f"MATCH (j:Job {{key: $key}}) SET j.changedAt = {NOW} RETURN properties(j) AS job"
_CANCEL_QUEUED = f"""
MATCH (j:Job {{key: $key}})
SET j.state = 'cancelled', j.cancelWanted = true, j.finishedAt = {NOW}
REMOVE j.dueAt RETURN properties(j) AS job
"""
_CANCEL_RUNNING = "MATCH (j:Job {key: $key}) SET j.cancelWanted = true RETURN properties(j) AS job"
_FORGET = f"""
MATCH (j:Job) WHERE j.tenant = $tenant AND j.askedAt < {NOW} - $age AND j.finishedAt < {NOW} - $age
WITH j LIMIT $limit DETACH DELETE j RETURN count(*) AS count
"""
_UNFINISHED = """
MATCH (j:Job) WHERE j.tenant = $tenant AND j.dueAt IS NOT NULL AND j.kind = $kind AND j.askedBy = $subject
RETURN count(*) AS count
"""
_ASKED_FOR = """
MATCH (j:Job)
WHERE j.tenant = $tenant AND j.kind = $kind AND j.askedBy = $subject
  AND j.askedAt <= $askedAt AND (j.askedAt < $askedAt OR j.id < $id)
  AND ($state IS NULL OR j.state = $state)
RETURN properties(j) AS job ORDER BY j.askedAt DESC, j.id DESC LIMIT $limit
"""
_LAST = (2**63 - 1, "")


@dataclass(frozen=True, slots=True)
class JobWindow:
    """Which jobs: newest first, at most `limit`, in one `state`, after the job of `(asked_at, id)`."""

    limit: int
    state: JobState | None = None
    after: tuple[int, str] | None = None


@scoped
class JobStore:
    """Asks for jobs, shows and cancels them. Who may have which kind of job is its use case's say."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def ask(self, scope: AccessScope, wanted: Wanted) -> Job:
        """Queue a job and return it; where one of that id is there, return that one as it is."""
        properties = {
            "tenant": scope.tenant,
            "id": wanted.id,
            "kind": wanted.kind,
            "parameters": dumped(wanted.parameters),
            "state": JobState.QUEUED.value,
            "askedBy": scope.subject,
            "done": 0,
            "note": "",
            "attempts": 0,
            "fence": 0,
            "cancelWanted": False,
        }
        values = {"properties": properties, "delay": int(wanted.delay * SECOND)}
        key = job_key(scope.tenant, wanted.id)
        return self._graph.write_aside(lambda tx: job_of(tx.run(_ASK, key=key, **values)[0]["job"]))

    def find(self, scope: AccessScope, job_id: str) -> Job:
        """The job of that id; raises `NotFound`."""
        scope.require(READ)
        rows = self._graph.read(_FIND, key=job_key(scope.tenant, job_id))
        if not rows:
            raise _no_such_job()
        return job_of(rows[0]["job"])

    def own(self, scope: AccessScope, job_id: str) -> Job:
        """The job of that id, which the caller asked for or may manage; raises `NotFound`."""
        rows = self._graph.read(_FIND, key=job_key(scope.tenant, job_id))
        if not rows or not _is_of(scope, job_of(rows[0]["job"])):
            raise _no_such_job()
        return job_of(rows[0]["job"])

    def unfinished(self, scope: AccessScope, kind: str) -> int:
        """How many jobs of a kind that the caller asked for have not ended."""
        values = {"tenant": scope.tenant, "kind": kind, "subject": scope.subject}
        return int(self._graph.read(_UNFINISHED, **values)[0]["count"])

    def page(self, scope: AccessScope, window: JobWindow) -> list[Job]:
        """The jobs of a window, the last that was asked for first."""
        scope.require(READ)
        asked_at, job_id = window.after or _LAST
        values = {"askedAt": asked_at, "id": job_id, "state": window.state, "limit": window.limit}
        return [job_of(row["job"]) for row in self._graph.read(_PAGE, tenant=scope.tenant, **values)]

    def asked_for(self, scope: AccessScope, kind: str, window: JobWindow) -> list[Job]:
        """The jobs of a kind that the caller asked for, in a window, the last one first."""
        asked_at, job_id = window.after or _LAST
        values = {"askedAt": asked_at, "id": job_id, "state": window.state, "limit": window.limit}
        mine = {"tenant": scope.tenant, "kind": kind, "subject": scope.subject}
        return [job_of(row["job"]) for row in self._graph.read(_ASKED_FOR, **mine, **values)]

    def cancel(self, scope: AccessScope, job_id: str) -> Job:
        """End a queued job, or wish for the end of a running one at its next step; return it as it is then.

        Cancelling twice is cancelling once. Raises `NotFound`, and `Conflict` where it ended otherwise.
        """
        scope.require(CANCEL)
        return self._cancel(scope, job_id)

    def withdraw(self, scope: AccessScope, job_id: str) -> Job:
        """Cancel a job that the caller asked for or may manage, as `cancel` does.

        Raises `NotFound`, and `Conflict` where it ended otherwise.
        """
        self.own(scope, job_id)
        return self._cancel(scope, job_id)

    def _cancel(self, scope: AccessScope, job_id: str) -> Job:
        key = job_key(scope.tenant, job_id)

        def work(transaction: Transaction) -> Job:
            rows = transaction.run(_LOCK, key=key)
            if not rows:
                raise _no_such_job()
            job = job_of(rows[0]["job"])
            if job.state is JobState.CANCELLED:
                return job
            if job.state.ended:
                raise Conflict("the job has ended already: %(state)s", state=job.state)
            text = _CANCEL_QUEUED if job.state is JobState.QUEUED else _CANCEL_RUNNING
            return job_of(transaction.run(text, key=key)[0]["job"])

        return self._graph.write_aside(work)

    def forget(self, scope: AccessScope, age: float) -> int:
        """Remove jobs that ended more than `age` seconds ago; return how many, a thousand at most."""
        scope.require(WORK)
        values = {"tenant": scope.tenant, "age": int(age * SECOND), "limit": _FORGET_AT_ONCE}
        return self._graph.write_aside(lambda tx: int(tx.run(_FORGET, **values)[0]["count"]))


def _is_of(scope: AccessScope, job: Job) -> bool:
    manages = WORK in scope.permissions and scope.sees_all  # what a job has made may be anybody's rows
    return job.asked_by == scope.subject or manages


def _no_such_job() -> NotFound:
    return NotFound("there is no such job")
