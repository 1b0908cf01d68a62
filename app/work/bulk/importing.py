"""The job that imports: files one after the other, a batch of lines each step, under the rights of who asked.

What an address gives is fetched whole before its first line is written, so that a step which is done again
reads the same lines. What was written before a worker was killed is found to be stored, and left as it is.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeAlias

import orjson

from app.records.importing import LineOutcome, Lines, LineState, RecordImport
from app.records.importing.lines import batches
from app.security.standing import Standing
from app.work.bulk.exporting import StepAccess
from app.work.bulk.files import BulkFiles, BulkFolder, file_name
from app.work.bulk.imports import IMPORT, SENT, ImportWish
from app.work.kinds import Retry
from app.work.running import Cancelled, Running
from fhir_profiles.issues import ProfileError

ERRORS = file_name("OperationOutcome", 1)
FetchLines: TypeAlias = Callable[[str], Iterable[bytes]]
"""Gives the bytes behind an address; raises `Unavailable` or `Invalid` where they cannot be had."""


@dataclass(frozen=True, slots=True)
class ImportPlace:
    """How far an import is: the file in hand, the place in it and its line, the size of the file of errors.

    `fetched`: whether the file in hand is here; `counts` are of lines by what became of them.
    """

    file: int = 0
    fetched: bool = False
    at: int = 0
    line: int = 1
    errors: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """How many lines were read."""
        return sum(self.counts.values())


class BulkImport:
    """The job of one import; an asker whose rights were taken away ends it.

    `longest` is of a line, in bytes.
    """

    name = IMPORT
    retry = Retry()

    def __init__(
        self,
        *,
        records: RecordImport,
        files: BulkFiles,
        standing: Standing,
        access: StepAccess,
        fetch: FetchLines,
        longest: int,
    ) -> None:
        self._records = records
        self._files = files
        self._standing = standing
        self._access = access
        self._fetch = fetch
        self._longest = longest

    def run(self, job: Running) -> Mapping[str, Any]:
        """Write the lines; the summary counts them, and names the file of what was refused."""
        wish = ImportWish.of(job.parameters)
        place = ImportPlace(**job.cursor) if job.cursor else ImportPlace()
        names = [file_name("Fetched", number + 1) for number in range(len(wish.urls))] or [SENT]
        try:
            with self._files.held(job.id) as folder:
                while place.file < len(names):
                    place = self._file(job, wish, place, names[place.file], folder)
        except Cancelled:
            self._files.remove(job.id)
            raise
        refused = place.counts.get(LineState.REFUSED, 0)
        return {
            "count": dict(place.counts),
            "error": [{"name": ERRORS, "count": refused}] if refused else [],
        }

    def _file(
        self, job: Running, wish: ImportWish, place: ImportPlace, name: str, folder: BulkFolder
    ) -> ImportPlace:
        """Import the rest of one file; return the place at the beginning of the next one."""
        if wish.urls and not place.fetched:
            size = 0
            for chunk in self._fetch(wish.urls[place.file]):
                size = folder.write(name, size, chunk)
            folder.settle()
            place = self._kept(job, replace(place, fetched=True))
        with self._files.path(job.id, name).open("rb") as file:
            for lines in batches(file, self._longest, place.at, place.line):
                place = self._kept(job, self._step(job, wish, place, lines, folder))
        return self._kept(job, replace(place, file=place.file + 1, fetched=False, at=0, line=1))

    def _step(
        self, job: Running, wish: ImportWish, place: ImportPlace, lines: Lines, folder: BulkFolder
    ) -> ImportPlace:
        standing = self._standing.scope(job.scope.tenant, wish.standing)
        with self._access(standing, job.id) as scope:
            scope.require("fhir.bulk")
            numbered = list(lines.numbered())
            outcomes = self._records.write(
                scope, self._records.prepared(scope, (text for _, text in numbered))
            )
        errors = b"".join(_errors([number for number, _ in numbered], outcomes, place.file + 1))
        written = folder.write(ERRORS, place.errors, errors) if errors else place.errors
        folder.settle()
        return replace(
            place,
            at=lines.end,
            line=lines.first + len(lines.texts),
            errors=written,
            counts=dict(Counter(place.counts) + Counter(each.state.value for each in outcomes)),
        )

    def _kept(self, job: Running, place: ImportPlace) -> ImportPlace:
        job.step(asdict(place), place.done, note="lines read")
        return place


def _errors(numbers: Sequence[int], outcomes: Sequence[LineOutcome], file: int) -> Iterator[bytes]:
    """An OperationOutcome for each line that was refused, which says in which file and line it stands."""
    for number, outcome in zip(numbers, outcomes, strict=True):
        if outcome.failure is not None:
            where = {"url": "urn:hilum:import-line", "valueString": f"{file}:{number}"}
            issues = list(_issues(outcome))
            told = {"resourceType": "OperationOutcome", "extension": [where], "issue": issues}
            yield orjson.dumps(told) + b"\n"


def _issues(outcome: LineOutcome) -> Iterator[Mapping[str, Any]]:
    failure = outcome.failure
    if isinstance(failure, ProfileError):
        for each in failure.issues:
            place = {"expression": [each.expression]} if each.expression else {}
            yield {"severity": each.severity, "code": each.code, "diagnostics": each.diagnostics, **place}
    elif failure is not None:
        place = {"expression": [failure.location]} if failure.location else {}
        yield {
            "severity": "error",
            "code": failure.code or "processing",
            "diagnostics": failure.message,
            **place,
        }
