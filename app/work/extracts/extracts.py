"""The use case that hands a cohort over, for any interface: asked for, watched, fetched and withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

from app.security.standing import is_standing_of, standing_of
from app.work.extracts.destinations import ExtractDestination
from app.work.extracts.extracting import PERMISSION, require_export
from app.work.extracts.files import ERRORS, FILES, ExtractFiles
from app.work.extracts.forms import read_form, wish_of
from app.work.extracts.sources import QuestionOf, QuestionSource
from app.work.extracts.wishes import EXTRACT, DestinationType, ExtractWish
from app.work.queue import JobQueue
from graph.errors import Conflict, Invalid, NotFound, Throttled
from graph.jobs.jobs import JobStore, JobWindow
from graph.jobs.records import Job, JobState, Wanted
from graph.scope import AccessScope

__all__ = ["ExtractPage", "Extracts", "JobWindow"]
MOST_AT_ONCE = 4  # extracts of one asker that have not ended
_RETRY_SECONDS = 60
_NONE = "there is no such export"


@dataclass(frozen=True, slots=True)
class ExtractPage:
    """Extracts, the last that was asked for first; `following` is where the next page begins, or None."""

    jobs: Sequence[Job]
    following: tuple[int, str] | None


@dataclass(frozen=True, slots=True)
class Extracts:
    """Extracts of a caller's own; who manages the gateway reaches those of others, too.

    `saved` gives the questions of saved cohorts. Files are `kept` for so many seconds.
    """

    queue: JobQueue
    jobs: JobStore
    files: ExtractFiles
    source: QuestionSource
    destinations: Mapping[DestinationType, ExtractDestination]
    saved: QuestionOf
    kept: int

    def begin(self, scope: AccessScope, raw: Any, now: int) -> Job:
        """Ask for an extract by the JSON of a request; `now` in µs since the epoch.

        Raises `Invalid` and `TooLarge` with the JSONPath of what is wrong, `Forbidden` for what the caller
        may not take, `Conflict` for a folder that is there, `Throttled` beyond `MOST_AT_ONCE`.
        """
        scope.require(PERMISSION)
        form = read_form(raw)
        wish = wish_of(form, self._question(scope, form), now)
        require_export(scope, wish)
        self.source.check(scope, wish.question, now, "$.cohort" if "cohort" in form else "$.question")
        self.destinations[wish.destination].check(wish)
        if self.jobs.unfinished(scope, EXTRACT) >= MOST_AT_ONCE:
            raise Throttled(f"{MOST_AT_ONCE} exports are under way", retry_after=_RETRY_SECONDS)
        kept = replace(wish, standing=standing_of(scope)).kept()
        return self.queue.ask(scope, Wanted(f"{EXTRACT}-{uuid4().hex}", EXTRACT, kept))

    def page(self, scope: AccessScope, window: JobWindow) -> ExtractPage:
        """The caller's own extracts of a window."""
        scope.require(PERMISSION)
        found = self.jobs.asked_for(scope, EXTRACT, replace(window, limit=window.limit + 1))
        shown = found[: window.limit]
        more = len(found) > window.limit
        return ExtractPage(shown, (shown[-1].asked_at, shown[-1].id) if more else None)

    def find(self, scope: AccessScope, extract_id: str) -> Job:
        """An extract that is under way, failed, or whose files are there.

        Raises `NotFound` for one that is another's, was asked for with other scopes, was withdrawn, or has
        expired.
        """
        scope.require(PERMISSION)
        job = self.jobs.own(scope, extract_id)
        ready = job.state is not JobState.SUCCEEDED or self.files.exists(job.id)
        gone = job.state is JobState.CANCELLED or job.cancel_wanted
        if job.kind != EXTRACT or gone or not ready or not is_standing_of(scope, job.parameters["standing"]):
            raise NotFound(_NONE)
        require_export(scope, ExtractWish.of(job.parameters))
        return job

    def listed(self, scope: AccessScope, extract_id: str) -> list[dict[str, Any]]:
        """The files of an extract that is done: path, size in bytes, SHA-256; raises `NotFound`."""
        return self._lines(self._done(scope, extract_id), FILES)

    def errors(self, scope: AccessScope, extract_id: str) -> list[dict[str, Any]]:
        """What could not be handed over, each with its reason; raises `NotFound`."""
        return self._lines(self.find(scope, extract_id), ERRORS)

    def file(self, scope: AccessScope, extract_id: str, name: str) -> Path:
        """The path of a file of an extract that is done and waits to be fetched; raises `NotFound`."""
        job = self._done(scope, extract_id)
        if all(each["path"] != name for each in self._lines(job, FILES)):
            raise NotFound("there is no such file")
        return self.files.path(job.id, name)

    def withdraw(self, scope: AccessScope, extract_id: str) -> None:
        """End an extract and remove its files; what was put into a folder stays. Raises `NotFound`."""
        job = self.find(scope, extract_id)
        if job.state.ended:
            self.files.remove(job.id)
            return
        try:
            runs = not self.jobs.withdraw(scope, job.id).state.ended  # whoever does it removes its files
        except Conflict:  # it ended in this very moment
            runs = False
        if not runs:
            self.files.remove(job.id)

    def _done(self, scope: AccessScope, extract_id: str) -> Job:
        job = self.find(scope, extract_id)
        if job.state is not JobState.SUCCEEDED:
            raise NotFound("the export is not done")
        return job

    def _lines(self, job: Job, name: str) -> list[dict[str, Any]]:
        text = self.files.read(job.id, name) or b""
        return [orjson.loads(line) for line in text.splitlines()]

    def _question(self, scope: AccessScope, form: Mapping[str, Any]) -> Mapping[str, Any]:
        """The question of the cohort that is named."""
        if "question" in form:
            return dict(form["question"])
        named = form["cohort"]
        try:
            return self.saved(scope, named["id"], named.get("version"))
        except NotFound as error:
            raise Invalid(error.wording.template, location="$.cohort") from error
