"""The use case that has resources exported, for any interface: asked for, watched, fetched and withdrawn."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from app.records.read import RecordReader
from app.records.search import RecordSearch
from app.security.standing import is_standing_of, standing_of
from app.work.bulk.auditing import AUDIT
from app.work.bulk.exporting import filter_of
from app.work.bulk.files import BulkFiles
from app.work.bulk.members import members_of
from app.work.bulk.wishes import EXPORT, ExportWish
from app.work.bulk.withdrawing import withdrawn
from app.work.queue import JobQueue
from graph.errors import Gone, Invalid, NotFound, Throttled
from graph.jobs.jobs import JobStore
from graph.jobs.records import Job, JobState, Wanted
from graph.scope import AccessScope

MOST_AT_ONCE = 4  # exports of one asker that have not ended
_RETRY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Exports:
    """Exports of a caller's own; who manages the gateway reaches those of others, too.

    Files are `kept` for so many seconds.
    """

    queue: JobQueue
    jobs: JobStore
    reader: RecordReader
    search: RecordSearch
    files: BulkFiles
    kept: int

    def begin(self, scope: AccessScope, wish: ExportWish, group_id: str | None = None) -> Job:
        """Ask for an export; with a Group of its members, and of those among them whom the wish names.

        Raises `NotFound` for a Group or patient that there is none to see, `Invalid` for a filter that is no
        search, `Throttled` beyond `MOST_AT_ONCE`, `Forbidden` for the audit where they may not read it.
        """
        scope.require("fhir.bulk")
        scope.require("fhir.read")
        if AUDIT in wish.types:
            _require_audit(scope, wish)
        for kind, queries in wish.filters.items():
            filter_of(self.search, scope, kind, queries)
        wish = replace(wish, patients=self._patients(scope, wish, group_id), standing=standing_of(scope))
        if self.jobs.unfinished(scope, EXPORT) >= MOST_AT_ONCE:
            raise Throttled(f"{MOST_AT_ONCE} exports are under way", retry_after=_RETRY_SECONDS)
        return self.queue.ask(scope, Wanted(f"{EXPORT}-{uuid4().hex}", EXPORT, wish.kept()))

    def find(self, scope: AccessScope, export_id: str) -> Job:
        """An export that is under way, failed, or whose files are there.

        Raises `NotFound` for one that is another's, was asked for with other scopes, was withdrawn, or has
        expired.
        """
        scope.require("fhir.bulk")
        job = self.jobs.own(scope, export_id)
        ready = job.state is not JobState.SUCCEEDED or self.files.exists(job.id)
        narrower = scope.allowances is not None and not is_standing_of(scope, job.parameters["standing"])
        if (
            job.kind != EXPORT
            or job.state is JobState.CANCELLED
            or job.cancel_wanted
            or not ready
            or narrower
        ):
            raise NotFound("there is no such export")
        return job

    def file(self, scope: AccessScope, export_id: str, name: str) -> Path:
        """The path of a file of an export that is done; raises `NotFound`."""
        job = self.find(scope, export_id)
        listed = {each["name"] for section in job.result.values() for each in section}
        if name not in listed:
            raise NotFound("there is no such file")
        return self.files.path(job.id, name)

    def withdraw(self, scope: AccessScope, export_id: str) -> None:
        """End an export and remove what it has written; raises `NotFound`."""
        if not withdrawn(self.jobs, self.files, scope, self.find(scope, export_id)):
            raise NotFound("there is no such export")

    def _patients(self, scope: AccessScope, wish: ExportWish, group_id: str | None) -> tuple[str, ...] | None:
        named = wish.patients
        if named is not None:
            self._require_seen(scope, named)
        if group_id is None:
            return named
        members = members_of(self.reader.current(scope, "Group", group_id), scope.tenant)
        if named is None:
            return members
        if strangers := set(named) - set(members):
            raise Invalid(f"{len(strangers)} of the patients are no members of the Group", location="patient")
        return named

    def _require_seen(self, scope: AccessScope, patients: tuple[str, ...]) -> None:
        for key in patients:
            try:
                self.reader.current(scope, "Patient", key.rpartition("|")[2])
            except (NotFound, Gone):
                raise Invalid("there is no such patient", location="patient", code="not-found") from None


def _require_audit(scope: AccessScope, wish: ExportWish) -> None:
    """Require that the audit is exported whole, by who reads it; raises `Forbidden`, `Invalid`."""
    scope.require("audit.read")
    if wish.level != "system" or wish.filters.get(AUDIT):
        raise Invalid("the audit is exported by /$export, and not filtered", location="_type")


def files_listed(job: Job) -> Mapping[str, list[Mapping[str, object]]]:
    """What an export that is done has written, by the sections of its manifest."""
    return dict(job.result)
