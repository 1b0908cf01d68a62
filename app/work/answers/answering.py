"""The job that answers a request later, under the rights of who asked, with more time than a request has."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeAlias

import orjson

from app.security.standing import Standing
from app.work.answers.answers import TEXT, WHOSE
from app.work.answers.wishes import ANSWER, AnswerWish, mark_of
from app.work.bulk.files import BulkFiles
from app.work.kinds import Retry
from app.work.running import Running
from graph.budget import RequestBudget, begin_budget
from graph.scope import AccessNotes, AccessScope

SECONDS = 300.0
"""What the graph may work on one, where who waits for the answer gets ten seconds."""

Perform: TypeAlias = Callable[[AccessScope, AnswerWish], bytes]
"""Makes the JSON of the answer: a Bundle with the one response."""

OpenAccess: TypeAlias = Callable[[AccessScope, str], AbstractContextManager[AccessScope]]
"""Opens the audit entry of a job, of that id, under the rights of who asked."""


class _Heard:
    """Hears whom an access concerns, for those who fetch its answer, and passes it on."""

    def __init__(self, notes: AccessNotes | None) -> None:
        self._notes = notes
        self.whose: dict[str, None] = {}

    def concerning(self, *references: str) -> None:
        """Note whom the access is about."""
        self.whose.update(dict.fromkeys(references))
        if self._notes is not None:
            self._notes.concerning(*references)

    def counting(self, rows: int) -> None:
        """Note how many rows an answer counts."""
        if self._notes is not None:
            self._notes.counting(rows)


class AnswerJob:
    """The job of one request."""

    name = ANSWER
    retry = Retry()

    def __init__(self, perform: Perform, files: BulkFiles, standing: Standing, access: OpenAccess) -> None:
        self._perform = perform
        self._files = files
        self._standing = standing
        self._access = access

    def run(self, job: Running) -> Mapping[str, Any]:
        """Answer, and write the answer into a file; the summary holds whose rights it was made under."""
        wish = AnswerWish.of(job.parameters)
        standing = self._standing.scope(job.scope.tenant, wish.standing)
        begin_budget(RequestBudget(SECONDS))
        try:
            with self._access(standing, job.id) as scope:
                heard = _Heard(scope.notes)
                text = self._perform(scope.noted(heard), wish)
        finally:
            begin_budget(None)
        with self._files.held(job.id) as folder:
            folder.write(WHOSE, 0, orjson.dumps(list(heard.whose)))
            folder.write(TEXT, 0, text)
            folder.settle()
        job.step(None, 1, note="answered")
        return {"mark": mark_of(standing)}
