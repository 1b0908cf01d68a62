"""The use case that has resources imported, for any interface: asked for, watched, fetched and withdrawn."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from app.security.standing import standing_of
from app.work.bulk.files import BulkFiles
from app.work.bulk.withdrawing import withdrawn
from app.work.queue import JobQueue
from graph.errors import Forbidden, Invalid, NotFound, Throttled
from graph.jobs.jobs import JobStore
from graph.jobs.records import Job, JobState, Wanted
from graph.scope import AccessScope

IMPORT = "import"
SENT = "Sent-1.ndjson"
MOST_AT_ONCE = 4  # imports of one asker that have not ended
_RETRY_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportWish:
    """One import: the addresses that its lines come from, or none where they were sent."""

    request: str
    urls: tuple[str, ...] = ()
    standing: Mapping[str, Any] = field(default_factory=dict)

    def kept(self) -> Mapping[str, Any]:
        """It as JSON."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "ImportWish":
        """The wish that was kept."""
        return cls(request=kept["request"], urls=tuple(kept["urls"]), standing=kept["standing"])


@dataclass(frozen=True, slots=True)
class Imports:
    """Imports of a caller's own; who manages the gateway reaches those of others, too.

    `allows` says whether lines may be fetched from an address. Files are `kept` for so many seconds.
    """

    queue: JobQueue
    jobs: JobStore
    files: BulkFiles
    allows: Callable[[str], bool]
    kept: int

    def fetch(self, scope: AccessScope, request: str, urls: tuple[str, ...]) -> Job:
        """Ask for an import of what is behind addresses.

        Raises `Forbidden` for an address that is not allowed, `Throttled` beyond `MOST_AT_ONCE`.
        """
        self._require(scope)
        if not all(map(self.allows, urls)):
            raise Forbidden(
                "the address is none of HILUM_IMPORT_ORIGINS", location="input.url", code="forbidden"
            )
        return self._ask(scope, f"{IMPORT}-{uuid4().hex}", ImportWish(request=request, urls=urls))

    def take(self, scope: AccessScope, request: str, chunks: Iterable[bytes]) -> Job:
        """Ask for an import of lines that are sent: they are on the disk before it is asked for.

        Raises `Invalid` where there are none, `StorageFull` where there is no room for them, `Throttled`
        beyond `MOST_AT_ONCE`.
        """
        self._require(scope)
        job_id = f"{IMPORT}-{uuid4().hex}"
        try:
            with self.files.held(job_id) as folder:
                size = 0
                for chunk in chunks:
                    size = folder.write(SENT, size, chunk)
                if not size:
                    raise Invalid("there is nothing to import", location="body", code="required")
                folder.settle()
        except BaseException:
            self.files.remove(job_id)
            raise
        return self._ask(scope, job_id, ImportWish(request=request))

    def find(self, scope: AccessScope, import_id: str) -> Job:
        """An import; raises `NotFound` for one that is another's, was withdrawn, or has expired."""
        self._require(scope)
        job = self.jobs.own(scope, import_id)
        ready = job.state is not JobState.SUCCEEDED or self.files.exists(job.id)
        if job.kind != IMPORT or job.state is JobState.CANCELLED or job.cancel_wanted or not ready:
            raise NotFound("there is no such import")
        return job

    def file(self, scope: AccessScope, import_id: str, name: str) -> Path:
        """The path of a file of what was refused; raises `NotFound`."""
        job = self.find(scope, import_id)
        if name not in {each["name"] for each in job.result.get("error", ())}:
            raise NotFound("there is no such file")
        return self.files.path(job.id, name)

    def withdraw(self, scope: AccessScope, import_id: str) -> None:
        """End an import at its next step: what was written stays, its report goes. Raises `NotFound`."""
        if not withdrawn(self.jobs, self.files, scope, self.find(scope, import_id)):
            raise NotFound("there is no such import")

    def _require(self, scope: AccessScope) -> None:
        scope.require("fhir.bulk")
        scope.require("fhir.write")

    def _ask(self, scope: AccessScope, job_id: str, wish: ImportWish) -> Job:
        if self.jobs.unfinished(scope, IMPORT) >= MOST_AT_ONCE:
            self.files.remove(job_id)
            raise Throttled(f"{MOST_AT_ONCE} imports are under way", retry_after=_RETRY_SECONDS)
        kept = ImportWish(request=wish.request, urls=wish.urls, standing=standing_of(scope)).kept()
        return self.queue.ask(scope, Wanted(job_id, IMPORT, kept))
