"""The use case that has a request answered later: asked for, watched, fetched and withdrawn by who asked."""

from dataclasses import dataclass, replace
from uuid import uuid4

import orjson

from app.security.standing import standing_of
from app.work.answers.wishes import ANSWER, AnswerWish, mark_of
from app.work.bulk.files import BulkFiles, file_name
from app.work.bulk.withdrawing import withdrawn
from app.work.queue import JobQueue
from graph.errors import Gone, NotFound, Throttled, TooLarge
from graph.jobs.jobs import JobStore
from graph.jobs.records import Job, JobState, Wanted
from graph.keys import resource_key
from graph.scope import AccessScope

MOST_AT_ONCE = 4  # requests of one asker that are not answered yet
LONGEST_BODY = 1 << 20  # characters, as it is kept in the graph
TEXT, WHOSE = file_name(ANSWER, 0), file_name("whose", 0)
"""The files of an answer: its text, and whose records it tells."""
_RETRY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class LateAnswers:
    """Answers of a caller's own; nobody else reaches them."""

    queue: JobQueue
    jobs: JobStore
    files: BulkFiles

    def begin(self, scope: AccessScope, wish: AnswerWish) -> Job:
        """Ask for an answer; raises `Throttled` beyond `MOST_AT_ONCE`, `TooLarge` for a long body."""
        scope.require("fhir.read")
        if len(wish.body) > LONGEST_BODY:
            raise TooLarge(f"a body of at most {LONGEST_BODY} characters is answered later", location="body")
        if self.jobs.unfinished(scope, ANSWER) >= MOST_AT_ONCE:
            raise Throttled(f"{MOST_AT_ONCE} requests wait for their answer", retry_after=_RETRY_SECONDS)
        kept = replace(wish, standing=standing_of(scope)).kept()
        return self.queue.ask(scope, Wanted(f"{ANSWER}-{uuid4().hex}", ANSWER, kept))

    def find(self, scope: AccessScope, answer_id: str) -> Job:
        """A request of the caller's that waits, failed, or is answered.

        Raises `NotFound` for one that is another's, was withdrawn, or has expired.
        """
        scope.require("fhir.read")
        job = self.jobs.own(scope, answer_id)
        mine = job.kind == ANSWER and job.asked_by == scope.subject
        ready = job.state is not JobState.SUCCEEDED or self.files.exists(job.id)
        if not mine or job.state is JobState.CANCELLED or job.cancel_wanted or not ready:
            raise NotFound("there is no such request")
        return job

    def text(self, scope: AccessScope, job: Job) -> bytes:
        """The text of an answer, having noted whose record it tells.

        Raises `Gone` where the rows that the caller may see are not those of then: it is asked for anew.
        """
        if job.result.get("mark") != mark_of(scope):
            raise Gone("your rights have changed since this was answered: ask again", code="deleted")
        whose = orjson.loads(self.files.path(job.id, WHOSE).read_bytes())
        scope.concerns(resource_key(scope.tenant, *each.split("/")) for each in whose)
        return self.files.path(job.id, TEXT).read_bytes()

    def withdraw(self, scope: AccessScope, answer_id: str) -> None:
        """End a request and remove its answer; raises `NotFound`."""
        withdrawn(self.jobs, self.files, scope, self.find(scope, answer_id))
